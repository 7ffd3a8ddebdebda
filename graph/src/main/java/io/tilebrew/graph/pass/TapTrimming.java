package io.tilebrew.graph.pass;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.WeightFormat;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import org.jspecify.annotations.Nullable;

/**
 * Drops the outer rows and columns of a convolution's kernel that meet padding alone, as most taps
 * of a large dilation do, or those of a kernel over a map of one pixel. Their products are zeros
 * unless a weight is infinite or NaN, in which case they stay.
 */
final class TapTrimming {
  private TapTrimming() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, TapTrimming::trim);
  }

  /**
   * The taps of an axis that stay.
   *
   * @param first the first of them
   * @param end the one behind the last
   */
  private record Kept(int first, int end) {
    /**
     * Those of {@code taps}, {@code dilation} apart, that meet one of {@code size} inputs.
     *
     * @param before the padding before the first input
     * @param after the padding behind the last one
     * @param lastStart how far the last window begins behind the first one
     */
    static Kept of(int taps, int dilation, int before, int after, int size, long lastStart) {
      int first = 0;
      while (first < taps - 1
          && (first + 1L) * dilation <= before
          && (long) first * dilation - before + lastStart < 0) {
        first++;
      }
      int end = taps;
      while (end > first + 1
          && (long) (taps - end + 1) * dilation <= after
          && (end - 1L) * dilation - before >= size) {
        end--;
      }
      return new Kept(first, end);
    }

    int count() {
      return end - first;
    }
  }

  private static @Nullable Value trim(Rewriter rewriter, Node node) {
    if (!(node.operator() instanceof Conv conv)
        || conv.algorithm() != Algorithm.DIRECT
        || conv.weights() != WeightFormat.FLOAT32) {
      return null;
    }
    Tensor w = rewriter.constant(rewriter.input(node, 1));
    if (w == null) {
      return null;
    }
    Window all = conv.window();
    Shape x = node.input(0).type().shape();
    long lastRow = (all.outputHeight(x.dim(2)) - 1L) * all.strideHeight();
    long lastColumn = (all.outputWidth(x.dim(3)) - 1L) * all.strideWidth();
    Kept rows =
        Kept.of(
            all.kernelHeight(),
            all.dilationHeight(),
            all.padTop(),
            all.padBottom(),
            x.dim(2),
            lastRow);
    Kept columns =
        Kept.of(
            all.kernelWidth(),
            all.dilationWidth(),
            all.padLeft(),
            all.padRight(),
            x.dim(3),
            lastColumn);
    if (rows.count() * columns.count() == all.taps()) {
      return null;
    }
    Tensor kept = kept(w, rows, columns);
    if (kept == null) {
      return null;
    }
    Value[] inputs = node.inputs().stream().map(rewriter::now).toArray(Value[]::new);
    inputs[1] = rewriter.constant(node.name() + ".taps", kept);
    Conv trimmed = new Conv(window(all, rows, columns), conv.group(), conv.epilogue(), conv.pool());
    return rewriter.replace(node, trimmed, inputs);
  }

  private static Window window(Window all, Kept rows, Kept columns) {
    return new Window(
        rows.count(),
        columns.count(),
        all.strideHeight(),
        all.strideWidth(),
        rows.count() == 1 ? 1 : all.dilationHeight(),
        columns.count() == 1 ? 1 : all.dilationWidth(),
        all.padTop() - rows.first * all.dilationHeight(),
        all.padLeft() - columns.first * all.dilationWidth(),
        all.padBottom() - (all.kernelHeight() - rows.end) * all.dilationHeight(),
        all.padRight() - (all.kernelWidth() - columns.end) * all.dilationWidth());
  }

  /** The weights that stay, or null if one of the others is not finite. */
  private static @Nullable Tensor kept(Tensor w, Kept rows, Kept columns) {
    int height = w.shape().dim(2);
    int width = w.shape().dim(3);
    float[] all = w.floats();
    float[] kept = new float[all.length / (height * width) * rows.count() * columns.count()];
    int at = 0;
    for (int i = 0; i < all.length; i++) {
      int row = i / width % height;
      int column = i % width;
      if (row >= rows.first && row < rows.end && column >= columns.first && column < columns.end) {
        kept[at++] = all[i];
      } else if (!Float.isFinite(all[i])) {
        return null;
      }
    }
    assert at == kept.length : at;
    return Tensor.of(w.shape().with(2, rows.count()).with(3, columns.count()), kept);
  }
}
