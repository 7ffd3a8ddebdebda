package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Shaping.Concat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Operators without weights on tensors of 8 bits, of domain com.microsoft: functions of float32
 * whose last step rounds. The numbers are those of ONNX Runtime but where a result is as good as
 * halfway between two integers.
 */
final class QuantizedMapImport {
  private QuantizedMapImport() {}

  /** {@code A + B}: with both brought to the scale of B, so that only their sum is scaled. */
  static Value add(NodeImport n) {
    Value a = Quantities.centered(n, 0, 2, "A").step();
    Value b = Quantities.centered(n, 3, 5, "B").step();
    Value aScale = Quantities.scale(n, 1, "A");
    Value bScale = Quantities.scale(n, 4, "B");
    return isOfConvolution(n, b) ? add(n, b, bScale, a, aScale) : add(n, a, aScale, b, bScale);
  }

  /** The sum, as what may be done to {@code a} in the epilogue of its convolution. */
  private static Value add(NodeImport n, Value a, Value aScale, Value b, Value bScale) {
    Value ratio = n.step(Arithmetic.DIV, aScale, bScale);
    QuantizedChain sum =
        new QuantizedChain(n, a).then(Arithmetic.MUL, ratio).then(Arithmetic.ADD, b);
    return rescaled(n, sum, bScale, 6);
  }

  /** Whether {@code x} is an elementwise function of the sums of a convolution. */
  private static boolean isOfConvolution(NodeImport n, Value x) {
    Node function = n.producer(x);
    Node sums =
        function == null || function.inputs().isEmpty() ? null : n.producer(function.input(0));
    return sums != null && sums.operator() instanceof Convolution;
  }

  /** {@code A * B}. */
  static Value mul(NodeImport n) {
    QuantizedChain a = Quantities.centered(n, 0, 2, "A");
    Value b = Quantities.centered(n, 3, 5, "B").step();
    Value scale = n.step(Arithmetic.MUL, Quantities.scale(n, 1, "A"), Quantities.scale(n, 4, "B"));
    return rescaled(n, a.then(Arithmetic.MUL, b), scale, 6);
  }

  static Value averagePool(NodeImport n) {
    checkChannelsFirst(n);
    Value x = Quantities.centered(n, 0, 2, "the input").step();
    QuantizedChain means = new QuantizedChain(n, WindowImport.averages(n, x));
    return rescaled(n, means, Quantities.scale(n, 1, "the input"), 3);
  }

  static Value globalAveragePool(NodeImport n) {
    checkChannelsFirst(n);
    Value x = Quantities.centered(n, 0, 2, "the input").step();
    QuantizedChain means = new QuantizedChain(n, WindowImport.means(n, x));
    return rescaled(n, means, Quantities.scale(n, 1, "the input"), 3);
  }

  private static void checkChannelsFirst(NodeImport n) {
    Check.that(
        !n.attributes().flag("channels_last"),
        "channels_last is 1, expected 0: channels in dimension 1");
  }

  static Value sigmoid(NodeImport n) {
    return activate(n, new Activation.Sigmoid());
  }

  static Value leakyRelu(NodeImport n) {
    return activate(n, new Activation.LeakyRelu(n.attributes().real("alpha", 0.01f)));
  }

  private static Value activate(NodeImport n, Activation activation) {
    QuantizedChain y =
        Quantities.centered(n, 0, 2, "the input")
            .then(Arithmetic.MUL, Quantities.scale(n, 1, "the input"))
            .then(activation)
            .then(Arithmetic.DIV, Quantities.scale(n, 3, "the output"));
    return quantized(n, y, 4);
  }

  /** The concatenation of tensors, each of which is brought to the scale of the output. */
  static Value concat(NodeImport n) {
    int count = (n.inputs() - 2) / 3;
    Check.that(
        n.inputs() == 2 + 3 * count,
        "has %d inputs, expected 2 and 3 for each of the tensors",
        n.inputs());
    Value scale = Quantities.scale(n, 0, "the output");
    DataType type = Quantities.bytes(n, 1, "the zero point of the output").type().element();
    Value zero = Quantities.zero(n, 1, type, "the output");
    Value[] parts = new Value[count];
    float shift = 0;
    for (int i = 0; i < count; i++) {
      Shifted part = part(n, 2 + 3 * i, scale, Objects.requireNonNull(zero), type);
      parts[i] = part.value();
      shift = part.shift();
    }
    int axis = ShapeImport.axis(n.attributes().integer("axis"), n.shape(2).rank());
    return n.narrow(0, type, new Shifted(n.step(new Concat(axis), parts), shift));
  }

  private static Shifted part(NodeImport n, int index, Value scale, Value zero, DataType type) {
    QuantizedChain x = Quantities.centered(n, index, index + 2, "a tensor");
    Value from = Quantities.scale(n, index + 1, "a tensor");
    Float shift = n.number(zero);
    boolean sameScale = n.number(from) != null && Objects.equals(n.number(from), n.number(scale));
    boolean same =
        sameScale
            && shift != null
            && n.has(index + 2)
            && n.input(index).type().element() == type
            && shift.equals(n.number(n.input(index + 2)));
    if (same) {
      return new Shifted(x.step(), Objects.requireNonNull(shift));
    }
    if (!sameScale) {
      x.then(Arithmetic.MUL, from).then(Arithmetic.DIV, scale);
    }
    return x.shifted(zero, type);
  }

  /** {@code x} times {@code from} over the scale at {@code to}, the zero point behind it. */
  private static Value rescaled(NodeImport n, QuantizedChain x, Value from, int to) {
    Value factor = n.step(Arithmetic.DIV, from, Quantities.scale(n, to, "the output"));
    return quantized(n, x.then(Arithmetic.MUL, factor), to + 1);
  }

  private static Value quantized(NodeImport n, QuantizedChain y, int zeroIndex) {
    DataType type = Quantities.type(n, zeroIndex, n.input(0).type().element());
    @Nullable Value zero = Quantities.zero(n, zeroIndex, type, "the output");
    return y.quantized(zero, type);
  }
}
