package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.graph.op.Resize;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Resize: by scales where each is a float that gives the size, else by sizes. */
final class ResizeExport {
  private ResizeExport() {}

  static void resize(NodeExport n, Resize resize) {
    int[] all = IntStream.range(0, resize.axes().size()).toArray();
    int[] some = IntStream.of(all).filter(i -> !isUnchanged(resize.axes().get(i))).toArray();
    int[] axes = some.length == 0 ? all : some;
    List<Resampling> changed = IntStream.of(axes).mapToObj(resize.axes()::get).toList();
    Interpolation how = resize.how();
    boolean crops = how.coordinates() == Interpolation.Coordinates.TF_CROP_AND_RESIZE;
    String roi = crops ? roi(n, changed) : "";
    NodeWriter node;
    if (changed.stream().allMatch(ResizeExport::isByScale)) {
      node = n.node("Resize", n.in(0), roi, scales(n, changed));
    } else if (changed.stream().allMatch(ResizeExport::isBySize)) {
      long[] sizes = changed.stream().mapToLong(Resampling::to).toArray();
      node = n.node("Resize", n.in(0), roi, "", n.longs("sizes", sizes));
    } else {
      throw n.fault(
          "its scales %s do not follow from sizes, nor are they floats".formatted(changed));
    }
    node.ints("axes", axes)
        .text("mode", mode(how.method()))
        .text("coordinate_transformation_mode", coordinates(how.coordinates()))
        .text("nearest_mode", rounding(how.rounding()))
        .real("cubic_coeff_a", how.cubic())
        .flag("exclude_outside", how.excludeOutside())
        .flag("antialias", how.antialias())
        .real("extrapolation_value", resize.extrapolation())
        .to(n.out());
  }

  private static boolean isUnchanged(Resampling axis) {
    return axis.equals(new Resampling(axis.from(), axis.from(), 1));
  }

  private static boolean isByScale(Resampling axis) {
    double part = axis.end() - axis.start();
    return axis.scale() == (float) axis.scale()
        && Math.floor(axis.from() * part * axis.scale()) == axis.to();
  }

  private static boolean isBySize(Resampling axis) {
    return axis.to() == 0 || axis.scale() == (double) axis.to() / axis.from();
  }

  private static String scales(NodeExport n, List<Resampling> axes) {
    return floats(n, "scales", axes.stream().map(Resampling::scale).toList());
  }

  private static String roi(NodeExport n, List<Resampling> axes) {
    List<Double> starts = axes.stream().map(Resampling::start).toList();
    List<Double> ends = axes.stream().map(Resampling::end).toList();
    return floats(n, "roi", Stream.concat(starts.stream(), ends.stream()).toList());
  }

  private static String floats(NodeExport n, String what, List<Double> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) (double) values.get(i);
    }
    return n.constant(what, Tensor.of(Shape.of(array.length), array));
  }

  private static String mode(Interpolation.Method method) {
    return switch (method) {
      case NEAREST -> "nearest";
      case LINEAR -> "linear";
      case CUBIC -> "cubic";
    };
  }

  private static String coordinates(Interpolation.Coordinates coordinates) {
    return switch (coordinates) {
      case HALF_PIXEL -> "half_pixel";
      case PYTORCH_HALF_PIXEL -> "pytorch_half_pixel";
      case HALF_PIXEL_SYMMETRIC -> "half_pixel_symmetric";
      case TF_HALF_PIXEL_FOR_NN -> "tf_half_pixel_for_nn";
      case ASYMMETRIC -> "asymmetric";
      case ALIGN_CORNERS -> "align_corners";
      case TF_CROP_AND_RESIZE -> "tf_crop_and_resize";
    };
  }

  private static String rounding(Interpolation.Rounding rounding) {
    return switch (rounding) {
      case ROUND_PREFER_FLOOR -> "round_prefer_floor";
      case ROUND_PREFER_CEIL -> "round_prefer_ceil";
      case FLOOR -> "floor";
      case CEIL -> "ceil";
    };
  }
}
