package io.tilebrew.graph.interpret;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.reference.ConvReference;
import io.tilebrew.engine.reference.ConvTransposeReference;
import io.tilebrew.engine.reference.ElementwiseReference;
import io.tilebrew.engine.reference.IndexingReference;
import io.tilebrew.engine.reference.LinearReference;
import io.tilebrew.engine.reference.NormalizationReference;
import io.tilebrew.engine.reference.PoolReference;
import io.tilebrew.engine.reference.ReductionReference;
import io.tilebrew.engine.reference.ReferenceKernel;
import io.tilebrew.engine.reference.ResizeReference;
import io.tilebrew.engine.reference.ShapingReference;
import io.tilebrew.engine.reference.ShapingReference.Padding;
import io.tilebrew.engine.reference.WinogradReference;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Fused;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Elementwise.Where;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Indexing.GatherElements;
import io.tilebrew.graph.op.Indexing.GatherNd;
import io.tilebrew.graph.op.Indexing.ScatterElements;
import io.tilebrew.graph.op.Indexing.ScatterNd;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Linear.MatMul;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Normalization.Standardization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.LpPool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reduction.ArgExtreme;
import io.tilebrew.graph.op.Reduction.CumSum;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Reduction.TopK;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Pad;
import io.tilebrew.graph.op.Shaping.Reshape;
import io.tilebrew.graph.op.Shaping.Slice;
import io.tilebrew.graph.op.Shaping.Transpose;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reference of each operator: its meaning, over row-major tensors. */
public final class References {
  private References() {}

  /**
   * The reference of {@code operator}. It wants inputs that the operator accepts and outputs of the
   * types that it infers, layout aside.
   */
  public static ReferenceKernel of(Operator operator) {
    return switch (operator) {
      case Constant constant -> (x, y) -> ShapingReference.copy(constant.tensor(), y[0]);
      case Reorder _ -> (x, y) -> ShapingReference.copy(x[0], y[0]);
      case Convolution convolution -> convolution(convolution);
      case Pooling pooling -> pooling(pooling);
      case Elementwise elementwise -> elementwise(elementwise);
      case Resize(var how, var axes, float extrapolation) ->
          (x, y) -> ResizeReference.resize(how, axes, extrapolation, x[0], y[0]);
      case Shaping shaping -> shaping(shaping);
      case Indexing indexing -> indexing(indexing);
      case Linear linear -> linear(linear);
      case Reduction reduction -> reduction(reduction);
      case Normalization normalization -> normalization(normalization);
    };
  }

  private static ReferenceKernel convolution(Convolution operator) {
    return switch (operator) {
      case Conv conv -> (x, y) -> conv(conv, x, y[0]);
      case ConvTranspose(var window, int group, int _, int _, var epilogue) ->
          (x, y) -> {
            Tensor bias = x.length >= 3 ? x[2] : null;
            ConvTransposeReference.run(window, group, x[0], x[1], bias, y[0]);
            epilogue(epilogue, x, y[0]);
          };
    };
  }

  private static void conv(Conv conv, Tensor[] x, Tensor y) {
    ConvProblem p = conv.problem(x[0].shape(), x[1].shape().dim(0));
    float[] bias = x.length >= 3 ? x[2].floats() : null;
    Shape shape = Shape.of(p.batch(), p.outputChannels(), p.convHeight(), p.convWidth());
    Tensor maps = p.pool() == null ? y : Tensor.zeros(DataType.FLOAT32, shape);
    switch (p.algorithm()) {
      case DIRECT -> ConvReference.run(p, x[0].floats(), x[1].floats(), bias, maps.floats());
      case WINOGRAD_2, WINOGRAD_4, WINOGRAD_6, WINOGRAD_2K5, WINOGRAD_4K5 ->
          WinogradReference.run(p, x[0].floats(), x[1].floats(), bias, maps.floats());
    }
    epilogue(p.epilogue(), x, maps);
    if (p.pool() != null) {
      PoolReference.run(p.pool(), maps, y);
    }
  }

  /** Applies the epilogue of a convolution of {@code x} to its sums. */
  private static void epilogue(Pointwise epilogue, Tensor[] x, Tensor sums) {
    if (!epilogue.equals(Pointwise.NONE)) {
      List<Tensor> inputs = new ArrayList<>(List.of(sums));
      inputs.addAll(Conv.epilogueInputs(List.of(x)));
      ElementwiseReference.pointwise(epilogue, inputs.toArray(Tensor[]::new), sums);
    }
  }

  private static ReferenceKernel pooling(Pooling operator) {
    return switch (operator) {
      case MaxPool pool -> (x, y) -> PoolReference.max(pool.window(), x[0], y[0]);
      case AveragePool pool ->
          (x, y) -> PoolReference.average(pool.window(), pool.countPadding(), x[0], y[0]);
      case LpPool pool -> (x, y) -> PoolReference.norm(pool.window(), pool.p(), x[0], y[0]);
    };
  }

  private static ReferenceKernel elementwise(Elementwise operator) {
    return switch (operator) {
      case Activate activate ->
          (x, y) -> ElementwiseReference.activate(activate.activation(), x[0], y[0]);
      case Binary binary ->
          (x, y) -> ElementwiseReference.binary(binary.function(), x[0], x[1], y[0]);
      case Fused(var function) -> (x, y) -> ElementwiseReference.pointwise(function, x, y[0]);
      case Unary(var function) -> (x, y) -> ElementwiseReference.unary(function, x[0], y[0]);
      case Compare(var relation) ->
          (x, y) -> ElementwiseReference.compare(relation, x[0], x[1], y[0]);
      case Where _ -> (x, y) -> ElementwiseReference.where(x[0], x[1], x[2], y[0]);
      case Cast _ -> (x, y) -> ElementwiseReference.cast(x[0], y[0]);
    };
  }

  private static ReferenceKernel shaping(Shaping operator) {
    return switch (operator) {
      case Reshape _ -> (x, y) -> ShapingReference.copy(x[0], y[0]);
      case Transpose transpose ->
          (x, y) -> ShapingReference.transpose(transpose.permutation(), x[0], y[0]);
      case Concat concat -> (x, y) -> ShapingReference.concat(concat.axis(), x, y[0]);
      case Expand _ -> (x, y) -> ShapingReference.expand(x[0], y[0]);
      case Slice slice ->
          (x, y) -> ShapingReference.slice(slice.starts(), slice.steps(), x[0], y[0]);
      case Pad(var before, var _, var mode) -> {
        Padding padding = padding(mode);
        yield (x, y) ->
            ShapingReference.pad(padding, before, x[0], x.length == 2 ? x[1] : null, y[0]);
      }
      case Gather gather -> (x, y) -> ShapingReference.gather(gather.axis(), x[0], x[1], y[0]);
    };
  }

  /** What a padding puts beyond the edges. */
  public static Padding padding(Pad.Mode mode) {
    return switch (mode) {
      case CONSTANT -> Padding.CONSTANT;
      case REFLECT -> Padding.REFLECT;
      case EDGE -> Padding.EDGE;
      case WRAP -> Padding.WRAP;
    };
  }

  private static ReferenceKernel linear(Linear operator) {
    return switch (operator) {
      case MatMul _ -> (x, y) -> LinearReference.matMul(x[0], x[1], y[0]);
      case Gemm(boolean transA, boolean transB, float alpha, float beta) ->
          (x, y) -> {
            Tensor c = x.length == 3 ? x[2] : null;
            LinearReference.gemm(transA, transB, alpha, beta, x[0], x[1], c, y[0]);
          };
    };
  }

  private static ReferenceKernel normalization(Normalization operator) {
    return switch (operator) {
      case BatchNormalization(float epsilon) ->
          (x, y) ->
              NormalizationReference.batchNormalization(
                  epsilon, x[0], x[1], x[2], x[3], x[4], y[0]);
      case Softmax(int axis) -> (x, y) -> NormalizationReference.softmax(axis, x[0], y[0]);
      case Standardization(var axes, float epsilon) ->
          (x, y) -> NormalizationReference.standardize(axes, epsilon, x[0], y[0]);
      case LocalResponse(int size, float alpha, float beta, float bias) ->
          (x, y) -> NormalizationReference.localResponse(size, alpha, beta, bias, x[0], y[0]);
    };
  }

  private static ReferenceKernel reduction(Reduction operator) {
    return switch (operator) {
      case Reduce(var function, var axes, boolean _) -> {
        boolean mean = function == Reduce.Function.MEAN;
        yield (x, y) -> ReductionReference.reduce(arithmetic(function), mean, axes, x[0], y[0]);
      }
      case ArgExtreme(boolean greatest, int axis, boolean _, boolean last) ->
          (x, y) -> ReductionReference.argExtreme(greatest, last, axis, x[0], y[0]);
      case TopK(int axis, int _, boolean greatest) ->
          (x, y) -> ReductionReference.topK(greatest, axis, x[0], y[0], y[1]);
      case CumSum(int axis, boolean exclusive, boolean reverse) ->
          (x, y) -> ReductionReference.cumSum(axis, exclusive, reverse, x[0], y[0]);
    };
  }

  private static Arithmetic arithmetic(Reduce.Function function) {
    return switch (function) {
      case SUM, MEAN -> Arithmetic.ADD;
      case PROD -> Arithmetic.MUL;
      case MIN -> Arithmetic.MIN;
      case MAX -> Arithmetic.MAX;
    };
  }

  private static ReferenceKernel indexing(Indexing operator) {
    return switch (operator) {
      case GatherElements(int axis) ->
          (x, y) -> IndexingReference.gatherElements(axis, x[0], x[1], y[0]);
      case GatherNd(int batchDims) ->
          (x, y) -> IndexingReference.gatherNd(batchDims, x[0], x[1], y[0]);
      case ScatterElements(int axis, var update) -> {
        Arithmetic f = arithmetic(update);
        yield (x, y) -> IndexingReference.scatterElements(f, axis, x[0], x[1], x[2], y[0]);
      }
      case ScatterNd(var update) -> {
        Arithmetic f = arithmetic(update);
        yield (x, y) -> IndexingReference.scatterNd(f, x[0], x[1], x[2], y[0]);
      }
    };
  }

  private static @Nullable Arithmetic arithmetic(Indexing.Update update) {
    return switch (update) {
      case REPLACE -> null;
      case ADD -> Arithmetic.ADD;
      case MUL -> Arithmetic.MUL;
      case MIN -> Arithmetic.MIN;
      case MAX -> Arithmetic.MAX;
    };
  }
}
