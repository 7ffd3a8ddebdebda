package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.ConvTranspose;
import java.util.Arrays;

/** ConvTranspose: paddings, {@code output_padding} and {@code output_shape} become one size. */
final class ConvTransposeImport {
  private ConvTransposeImport() {}

  static Value convTranspose(NodeImport n) {
    int rank = WindowImport.spatialRank(n.input(0));
    Shape w = n.shape(1);
    Check.that(w.rank() == rank + 2, "the weight has shape %s, expected rank %d", w, rank + 2);
    int[] kernel = n.attributes().ints("kernel_shape");
    int[] actual = Arrays.copyOfRange(w.dims(), 2, rank + 2);
    Check.that(
        kernel == null || Arrays.equals(kernel, actual),
        "kernel_shape is %s, but the weight has shape %s",
        Arrays.toString(kernel),
        w);
    Window window = WindowImport.unpadded(n, actual);
    Axis columns = axis(n, rank - 1, rank, window.strideWidth(), window.spanWidth());
    Axis rows =
        rank == 1 ? new Axis(0, 1) : axis(n, 0, rank, window.strideHeight(), window.spanHeight());
    Window shifted = window.withPadding(rows.before, columns.before, 0, 0);
    int group = n.attributes().integer("group", 1);
    ConvTranspose operator = new ConvTranspose(shifted, group, rows.size, columns.size);
    return WindowImport.result(n, rank, operator, WindowImport.images(n));
  }

  /**
   * One axis of the output.
   *
   * @param before the padding before the first element
   * @param size the elements
   */
  private record Axis(int before, int size) {}

  private static Axis axis(NodeImport n, int axis, int rank, int stride, int span) {
    Attributes a = n.attributes();
    int extra = a.ints("output_padding", rank, 0)[axis];
    int input = n.shape(0).dim(2 + axis);
    Check.that(extra >= 0 && input > 0, "output_padding %d or the input is below range", extra);
    long full = (long) stride * (input - 1) + span + extra;
    String mode = a.text("auto_pad", "NOTSET");
    int[] sizes = a.ints("output_shape");
    if (sizes != null) {
      Check.that(
          sizes.length == rank || sizes.length == rank + 2,
          "output_shape %s does not fit %d axes",
          Arrays.toString(sizes),
          rank);
      return padded(mode, full, sizes[sizes.length - rank + axis]);
    }
    return switch (mode) {
      case "NOTSET", "" -> {
        int[] pads = a.ints("pads", 2 * rank, 0);
        Check.that(pads[axis] >= 0 && pads[rank + axis] >= 0, "pads %s", Arrays.toString(pads));
        long size = full - pads[axis] - pads[rank + axis];
        yield new Axis(pads[axis], Math.toIntExact(size));
      }
      case "VALID" -> new Axis(0, Math.toIntExact(full));
      case "SAME_UPPER", "SAME_LOWER" -> padded(mode, full, Math.multiplyExact(input, stride));
      default ->
          throw new IllegalArgumentException(
              "auto_pad is '%s', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER"
                  .formatted(ModelException.shorten(mode)));
    };
  }

  /** The axis of {@code size} elements; a total padding below 0 adds elements at the end. */
  private static Axis padded(String mode, long full, int size) {
    long total = Math.max(full - size, 0);
    long before = mode.equals("SAME_UPPER") ? total / 2 : total - total / 2;
    return new Axis(Math.toIntExact(before), size);
  }
}
