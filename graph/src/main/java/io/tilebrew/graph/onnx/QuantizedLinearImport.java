package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions and matrix products of integers of 8 bits, as those of float32.
 *
 * <p>A zero point is taken off before, which leaves padding at 0; scales are taken in after, so
 * that what is summed up are products of integers. Up to 2^24 in magnitude the sums are exact.
 * Beyond, which takes 258 products of the greatest integers, each addition may round by 2^-24 of
 * the sum: a result may differ by 1 where it is halfway between two integers. Where the sum itself
 * is the result, {@link IntegerSums} keeps it exact.
 */
final class QuantizedLinearImport {
  private QuantizedLinearImport() {}

  /** x, its scale and zero point, w, its scales and zero points, those of the output, the bias. */
  static Value conv(NodeImport n) {
    Value x = Quantities.centered(n, 0, 2, "the input").step();
    Value w = weight(n, 3, 5);
    int maps = w.type().shape().dim(0);
    Value bias = n.has(8) ? bias(n, 8) : null;
    Value sums = WindowImport.sums(n, x, w, bias);
    Value scales = Quantities.scales(n, 4, "the weight");
    int after = n.shape(0).rank() - 2;
    Value perMap = Quantities.along(n, scales, maps, after, "the scale of the weight");
    return quantized(n, sums, Quantities.scale(n, 1, "the input"), perMap, 6);
  }

  /** The sums of products as int32. */
  static Value convInteger(NodeImport n) {
    Value x = Quantities.centered(n, 0, 2, "the input").step();
    WindowImport.spatialRank(x);
    Value w = weight(n, 1, 3);
    int group = n.attributes().integer("group", 1);
    IntegerSums sums = new IntegerSums(n, 0, 2, 1, 3);
    Shape weight = w.type().shape();
    return sums.of(
        x,
        w,
        new IntegerSums.Axes(1, 1, weight.size(2, weight.rank()), group == 1),
        (a, b) -> WindowImport.sums(n, a, b, null));
  }

  /** A weight [M,C,...] less its zero point, which is one number or one for each of M. */
  private static Value weight(NodeImport n, int index, int zeroIndex) {
    Value w = Quantities.bytes(n, index, "the weight");
    int rank = w.type().rank();
    Check.that(rank >= 3, "the weight is %s, expected rank 3 or more", w.type());
    Value zeros = Quantities.zeros(n, zeroIndex, w.type().element(), "the weight");
    int maps = w.type().shape().dim(0);
    Value zero =
        zeros == null
            ? null
            : Quantities.along(n, zeros, maps, rank - 1, "the zero point of the weight");
    return QuantizedChain.centered(n, w, zero).step();
  }

  private static Value bias(NodeImport n, int index) {
    Value bias = n.input(index);
    Check.that(
        bias.type().element() == DataType.INT32, "the bias is %s, expected i32", bias.type());
    return n.wide(bias);
  }

  /** a, its scale and zero point, b likewise, the scale and zero point of the output. */
  static Value matMul(NodeImport n) {
    Value a = rows(n, 0, 2);
    Value b = columns(n, 3, 5, false);
    Value sums = n.step(new MatMul(), a, b);
    Value aScale = ofRows(n, Quantities.scales(n, 1, "A"), n.shape(0), "the scale of A");
    Value bScale = ofColumns(n, Quantities.scales(n, 4, "B"), n.shape(3), "the scale of B");
    return quantized(n, sums, aScale, bScale, 6);
  }

  static Value matMulInteger(NodeImport n) {
    Value a = rows(n, 0, 2);
    Value b = columns(n, 1, 3, false);
    int left = a.type().rank() - 1;
    int right = Math.max(0, b.type().rank() - 2);
    IntegerSums sums = new IntegerSums(n, 0, 2, 1, 3);
    return sums.of(
        a, b, new IntegerSums.Axes(left, right, 1, true), (x, y) -> n.step(new MatMul(), x, y));
  }

  /** {@code alpha * A * B + C}, with C of the scale of the product; without a scale, as float32. */
  static Value gemm(NodeImport n) {
    Attributes of = n.attributes();
    Gemm gemm = new Gemm(of.flag("transA"), of.flag("transB"), 1, 1);
    Value a = Quantities.centered(n, 0, 2, "A").step();
    Value b = columns(n, 3, 5, gemm.transB());
    Value sums = n.has(6) ? n.step(gemm, a, b, bias(n, 6)) : n.step(gemm, a, b);
    Value aScale = Quantities.scale(n, 1, "A");
    Value alpha = n.step(Arithmetic.MUL, n.scalar(aScale, of.real("alpha", 1)), aScale);
    Value scales = Quantities.scales(n, 4, "B");
    int columns = sums.type().shape().dim(1);
    Value bScale = Quantities.along(n, scales, columns, 0, "the scale of B");
    if (!n.has(7)) {
      Value scale = n.step(Arithmetic.MUL, alpha, bScale);
      return new QuantizedChain(n, sums).then(Arithmetic.MUL, scale).result();
    }
    return quantized(n, sums, alpha, bScale, 7);
  }

  /** The matrix at {@code index} less its zero point, which may have a number for each row. */
  private static Value rows(NodeImport n, int index, int zeroIndex) {
    Value a = Quantities.bytes(n, index, "A");
    Check.that(a.type().rank() > 0, "A is %s, expected a matrix", a.type());
    Value zeros = Quantities.zeros(n, zeroIndex, a.type().element(), "A");
    Value zero = zeros == null ? null : ofRows(n, zeros, n.shape(index), "the zero point of A");
    return checked(n, index, QuantizedChain.centered(n, a, zero).step());
  }

  /** The matrix at {@code index} less its zero point, which may have a number for each column. */
  private static Value columns(NodeImport n, int index, int zeroIndex, boolean transposed) {
    Value b = Quantities.bytes(n, index, "B");
    Check.that(b.type().rank() > 0, "B is %s, expected a matrix", b.type());
    Value zeros = Quantities.zeros(n, zeroIndex, b.type().element(), "B");
    Shape shape = n.shape(index);
    String what = "the zero point of B";
    Value zero =
        zeros == null
            ? null
            : transposed ? ofRows(n, zeros, shape, what) : ofColumns(n, zeros, shape, what);
    return checked(n, index, QuantizedChain.centered(n, b, zero).step());
  }

  /** One number, a list with one for each row, or [...,M,1]. */
  private static Value ofRows(NodeImport n, Value value, Shape matrix, String what) {
    return value.type().rank() > 1 && matrix.rank() > 1
        ? like(value, matrix, matrix.rank() - 1, what)
        : Quantities.along(n, value, matrix.rank() > 1 ? matrix.dim(-2) : 1, 1, what);
  }

  /** One number, a list with one for each column, or [...,1,N]. */
  private static Value ofColumns(NodeImport n, Value value, Shape matrix, String what) {
    return value.type().rank() > 1 && matrix.rank() > 1
        ? like(value, matrix, matrix.rank() - 2, what)
        : Quantities.along(n, value, matrix.rank() > 1 ? matrix.dim(-1) : 1, 0, what);
  }

  private static Value like(Value value, Shape matrix, int axis, String what) {
    int[] dims = matrix.dims();
    dims[axis] = 1;
    Check.that(
        value.type().shape().equals(Shape.of(dims)),
        "%s is %s, expected one number, a list or %s",
        what,
        value.type(),
        Arrays.toString(dims));
    return value;
  }

  /** {@code centered}, which must be as large as input {@code index}. */
  private static Value checked(NodeImport n, int index, Value centered) {
    Check.that(
        centered.type().shape().equals(n.shape(index)),
        "a zero point does not fit input %d, %s",
        index,
        n.input(index).type());
    return centered;
  }

  /** {@code sums} times the scales, over the scale at {@code index}, the zero point behind it. */
  private static Value quantized(NodeImport n, Value sums, Value x, Value w, int index) {
    Value product = n.step(Arithmetic.MUL, x, w);
    Value factor = n.step(Arithmetic.DIV, product, Quantities.scale(n, index, "the output"));
    DataType type = Quantities.type(n, index + 1, n.input(0).type().element());
    @Nullable Value zero = Quantities.zero(n, index + 1, type, "the output");
    return new QuantizedChain(n, sums).then(Arithmetic.MUL, factor).quantized(zero, type);
  }
}
