package io.tilebrew.graph.op;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that reduce a window of each feature map to one number. */
public sealed interface Pooling extends Operator {
  /** Kernel, stride, dilation, padding. */
  Window window();

  /** Whether a last window that reaches beyond the padded input counts, too. */
  boolean ceilMode();

  /** What becomes of a window, as kernels say it, or null where they cannot. */
  default @Nullable Pool pool() {
    return switch (this) {
      case MaxPool _ -> Pool.max(window());
      case AveragePool(Window window, boolean _, boolean countPadding) ->
          new Pool(countPadding ? Pool.Kind.AVERAGE_PADDED : Pool.Kind.AVERAGE, window);
      case LpPool(Window window, boolean _, int p) ->
          p > 2 ? null : new Pool(p == 1 ? Pool.Kind.L1 : Pool.Kind.L2, window);
    };
  }

  /**
   * The same over maps of this size without rounding up: the end is padded as far as the last
   * windows reach. Null where kernels have none, or where that padding would count.
   */
  default @Nullable Pool pool(int height, int width) {
    Pool pool = pool();
    Window w = window();
    int rows = (outputHeight(height) - 1) * w.strideHeight() + w.spanHeight();
    int columns = (outputWidth(width) - 1) * w.strideWidth() + w.spanWidth();
    int bottom = Math.max(w.padBottom(), rows - w.padTop() - height);
    int right = Math.max(w.padRight(), columns - w.padLeft() - width);
    Window reaching = w.withPadding(w.padTop(), w.padLeft(), bottom, right);
    boolean counts = pool != null && pool.kind() == Pool.Kind.AVERAGE_PADDED;
    return pool == null || (counts && !reaching.equals(w)) ? null : new Pool(pool.kind(), reaching);
  }

  /**
   * The greatest element of each window of [N,C,H,W]; padding never wins.
   *
   * @param window kernel, stride, dilation, padding
   * @param ceilMode whether a last window that reaches beyond the padded input counts, too
   */
  record MaxPool(Window window, boolean ceilMode) implements Pooling {
    @Override
    public String toString() {
      return "MaxPool[%s%s]".formatted(window, ceilMode ? " ceil" : "");
    }
  }

  /**
   * The mean of each window of [N,C,H,W].
   *
   * @param window kernel, stride, dilation, padding
   * @param ceilMode whether a last window that reaches beyond the padded input counts, too
   * @param countPadding whether padding counts as elements of value 0
   */
  record AveragePool(Window window, boolean ceilMode, boolean countPadding) implements Pooling {
    @Override
    public String toString() {
      return "AveragePool[%s%s%s]"
          .formatted(window, ceilMode ? " ceil" : "", countPadding ? " count padding" : "");
    }
  }

  /**
   * The p-norm of each window of [N,C,H,W]; padding counts for nothing.
   *
   * @param window kernel, stride, dilation, padding
   * @param ceilMode whether a last window that reaches beyond the padded input counts, too
   * @param p the power, at least 1
   */
  record LpPool(Window window, boolean ceilMode, int p) implements Pooling {
    /** Checks the power. */
    public LpPool {
      Check.that(p >= 1, "p is %d, expected at least 1", p);
    }

    @Override
    public String toString() {
      return "LpPool[%s%s p%d]".formatted(window, ceilMode ? " ceil" : "", p);
    }
  }

  @Override
  default List<TensorType> infer(List<TensorType> inputs) {
    Check.arity(inputs, 1, 1);
    TensorType x = inputs.getFirst();
    Check.element("the input", x, DataType.FLOAT32);
    Check.rank("the input", x, 4);
    Window w = window();
    Check.that(
        w.padTop() < w.spanHeight()
            && w.padBottom() < w.spanHeight()
            && w.padLeft() < w.spanWidth()
            && w.padRight() < w.spanWidth(),
        "the padding of %s is not smaller than its kernel",
        w);
    int height = outputHeight(x.shape().dim(2));
    int width = outputWidth(x.shape().dim(3));
    Check.that(height > 0 && width > 0, "the window %s does not fit the input %s", w, x);
    return List.of(TensorType.f32(x.shape().dim(0), x.shape().dim(1), height, width));
  }

  /** Rows of the output over {@code height} rows. */
  default int outputHeight(int height) {
    Window w = window();
    int floor = w.outputHeight(height);
    // A last window that starts in the end padding is dropped, as PyTorch and ONNX Runtime do.
    boolean more =
        ceilMode()
            && floor > 0
            && (long) (floor - 1) * w.strideHeight() + w.spanHeight()
                < (long) height + w.padTop() + w.padBottom()
            && (long) floor * w.strideHeight() < (long) height + w.padTop();
    return more ? floor + 1 : floor;
  }

  /** Columns of the output over {@code width} columns. */
  default int outputWidth(int width) {
    Window w = window();
    int floor = w.outputWidth(width);
    boolean more =
        ceilMode()
            && floor > 0
            && (long) (floor - 1) * w.strideWidth() + w.spanWidth()
                < (long) width + w.padLeft() + w.padRight()
            && (long) floor * w.strideWidth() < (long) width + w.padLeft();
    return more ? floor + 1 : floor;
  }
}
