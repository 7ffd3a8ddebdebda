package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Interpolation;
import io.tilebrew.engine.problem.Interpolation.Coordinates;
import io.tilebrew.engine.problem.Interpolation.Method;
import io.tilebrew.engine.problem.Interpolation.Rounding;
import io.tilebrew.engine.problem.Resampling;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Resize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Resize and its forerunner Upsample: sizes, scales and parts become explicit for each axis. */
final class ResizeImport {
  private ResizeImport() {}

  /** Upsample, and Resize of opset 10: the first elements lie on each other. */
  static Value upsample(NodeImport n) {
    Interpolation how =
        new Interpolation(method(n), Coordinates.ASYMMETRIC, Rounding.FLOOR, -0.75f, false, false);
    double[] scales = n.opset() < 9 ? n.attributes().few("scales") : scales(n, 1);
    int rank = n.shape(0).rank();
    return build(n, how, byScales(n, all(rank), scales, whole(rank)), 0);
  }

  static Value resize(NodeImport n) {
    if (n.opset() < 11) {
      return upsample(n);
    }
    Attributes a = n.attributes();
    Interpolation how =
        new Interpolation(
            method(n),
            coordinates(a.text("coordinate_transformation_mode", "half_pixel")),
            rounding(a.text("nearest_mode", "round_prefer_floor")),
            a.real("cubic_coeff_a", -0.75f),
            a.flag("exclude_outside"),
            a.flag("antialias"));
    int rank = n.shape(0).rank();
    long[] given = a.longs("axes");
    int[] axes = given == null ? all(rank) : axes(given, rank);
    double[] roi =
        how.coordinates() == Coordinates.TF_CROP_AND_RESIZE
            ? roi(n, axes.length)
            : whole(axes.length);
    boolean bySizes = n.has(3) && n.constant(3, "sizes").size() > 0;
    List<Resampling> resamplings =
        bySizes ? bySizes(n, axes, roi) : byScales(n, axes, scales(n, 2), roi);
    return build(n, how, resamplings, a.real("extrapolation_value", 0));
  }

  private static Value build(
      NodeImport n, Interpolation how, List<Resampling> axes, float extrapolation) {
    return n.result(new Resize(how, axes, extrapolation), n.input(0));
  }

  private static int[] all(int rank) {
    return IntStream.range(0, rank).toArray();
  }

  /** The starts, then the ends, of all of each axis. */
  private static double[] whole(int count) {
    double[] roi = new double[2 * count];
    Arrays.fill(roi, count, 2 * count, 1);
    return roi;
  }

  private static int[] axes(long[] given, int rank) {
    Check.that(
        ShapeImport.axes(given, rank).size() == given.length, "axes %s", Arrays.toString(given));
    return Arrays.stream(given).mapToInt(axis -> ShapeImport.axis(axis, rank)).toArray();
  }

  private static List<Resampling> byScales(
      NodeImport n, int[] axes, double[] scales, double[] roi) {
    Check.that(
        scales.length == axes.length,
        "has %d scales, expected one for each of %d axes",
        scales.length,
        axes.length);
    List<Resampling> resamplings = unchanged(n.shape(0));
    for (int i = 0; i < axes.length; i++) {
      int size = n.shape(0).dim(axes[i]);
      double part = roi[axes.length + i] - roi[i];
      double to = Math.floor(size * part * scales[i]);
      Check.that(
          to >= 0 && to <= Integer.MAX_VALUE,
          "a scale of %s makes %s elements of %d",
          scales[i],
          to,
          size);
      resamplings.set(
          axes[i], new Resampling(size, (int) to, scales[i], roi[i], roi[axes.length + i]));
    }
    return resamplings;
  }

  private static List<Resampling> bySizes(NodeImport n, int[] axes, double[] roi) {
    long[] sizes = n.longs(3, "sizes");
    Shape x = n.shape(0);
    Check.that(
        sizes.length == axes.length,
        "has %d sizes, expected one for each of %d axes",
        sizes.length,
        axes.length);
    String policy = n.attributes().text("keep_aspect_ratio_policy", "stretch");
    double common = commonScale(policy, x, axes, sizes);
    List<Resampling> resamplings = unchanged(x);
    for (int i = 0; i < axes.length; i++) {
      int size = x.dim(axes[i]);
      long to = policy.equals("stretch") ? sizes[i] : (long) Math.floor(common * size + 0.5);
      Check.that(to >= 0 && to <= Integer.MAX_VALUE, "size %d is out of range", to);
      double scale = policy.equals("stretch") ? (double) to / size : common;
      // Without elements there is no place to compute, so any scale will do.
      double positive = to == 0 ? 1 : scale;
      resamplings.set(
          axes[i], new Resampling(size, (int) to, positive, roi[i], roi[axes.length + i]));
    }
    return resamplings;
  }

  private static double commonScale(String policy, Shape x, int[] axes, long[] sizes) {
    var ratios =
        IntStream.range(0, axes.length).mapToDouble(i -> (double) sizes[i] / x.dim(axes[i]));
    return switch (policy) {
      case "stretch" -> 1;
      case "not_larger" -> ratios.min().orElse(1);
      case "not_smaller" -> ratios.max().orElse(1);
      default ->
          throw new IllegalArgumentException(
              "keep_aspect_ratio_policy is '%s', expected stretch, not_larger or not_smaller"
                  .formatted(ModelException.shorten(policy)));
    };
  }

  private static List<Resampling> unchanged(Shape x) {
    List<Resampling> axes = new ArrayList<>();
    for (int size : x.dims()) {
      axes.add(new Resampling(size, size, 1));
    }
    return axes;
  }

  private static double[] scales(NodeImport n, int index) {
    return floats(n, index, "scales");
  }

  private static double[] roi(NodeImport n, int axes) {
    double[] roi = floats(n, 1, "roi");
    Check.that(roi.length == 2 * axes, "roi has %d values, expected %d", roi.length, 2 * axes);
    return roi;
  }

  private static double[] floats(NodeImport n, int index, String what) {
    Tensor tensor = n.constant(index, what);
    Check.that(
        tensor.type().isFloat() && tensor.shape().rank() == 1 && tensor.size() <= 64,
        "%s is %s, expected a short list of %s",
        what,
        tensor,
        DataType.FLOAT32);
    return IntStream.range(0, tensor.size()).mapToDouble(tensor::doubleAt).toArray();
  }

  private static Method method(NodeImport n) {
    String mode = n.attributes().text("mode", "nearest");
    return switch (mode) {
      case "nearest" -> Method.NEAREST;
      case "linear", "bilinear" -> Method.LINEAR;
      case "cubic" -> Method.CUBIC;
      default -> throw unknown("mode", mode);
    };
  }

  private static Coordinates coordinates(String mode) {
    return switch (mode) {
      case "half_pixel" -> Coordinates.HALF_PIXEL;
      case "pytorch_half_pixel" -> Coordinates.PYTORCH_HALF_PIXEL;
      case "half_pixel_symmetric" -> Coordinates.HALF_PIXEL_SYMMETRIC;
      case "tf_half_pixel_for_nn" -> Coordinates.TF_HALF_PIXEL_FOR_NN;
      case "asymmetric" -> Coordinates.ASYMMETRIC;
      case "align_corners" -> Coordinates.ALIGN_CORNERS;
      case "tf_crop_and_resize" -> Coordinates.TF_CROP_AND_RESIZE;
      default -> throw unknown("coordinate_transformation_mode", mode);
    };
  }

  private static Rounding rounding(String mode) {
    return switch (mode) {
      case "round_prefer_floor" -> Rounding.ROUND_PREFER_FLOOR;
      case "round_prefer_ceil" -> Rounding.ROUND_PREFER_CEIL;
      case "floor" -> Rounding.FLOOR;
      case "ceil" -> Rounding.CEIL;
      default -> throw unknown("nearest_mode", mode);
    };
  }

  private static IllegalArgumentException unknown(String attribute, String value) {
    return new Unsupported(
        "attribute '%s' is '%s', which is not supported"
            .formatted(attribute, ModelException.shorten(value)));
  }
}
