package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.List;

/** Writes loops over the pixels of two feature maps of one size. */
final class Pixels {
  /** The sizes. */
  static final List<String> SIZES =
      List.of(
          "x",
          "y",
          "images",
          "xImage",
          "yImage",
          "rows",
          "columns",
          "channels",
          "xRow",
          "xPixel",
          "yRow",
          "yPixel");

  private Pixels() {}

  /** The pixels of {@code y}, and the way from one to the next in both maps. */
  static KernelSpec.Arguments arguments(FeatureMap x, FeatureMap y) {
    return arguments(new KernelSpec.Arguments().map("x", x, 0, 0).map("y", y, 0, 0), x, y);
  }

  /** The same of maps that may be blocked, and the ways to the next vector of channels. */
  static KernelSpec.Arguments arguments(FeatureMap x, FeatureMap y, int lanes) {
    KernelSpec.Arguments places =
        new KernelSpec.Arguments().map("x", x, 0, 0, lanes).map("y", y, 0, 0, lanes);
    return arguments(places, x, y);
  }

  private static KernelSpec.Arguments arguments(
      KernelSpec.Arguments places, FeatureMap x, FeatureMap y) {
    return places
        .set("images", new Argument.Batch())
        .set("rows", y.height())
        .set("columns", y.width())
        .set("channels", y.channels())
        .set("xRow", x.rowStride())
        .set("xPixel", x.pixelStride())
        .set("yRow", y.rowStride())
        .set("yPixel", y.pixelStride());
  }

  /** What happens to the pixel at {@code x} of one map and at {@code y} of the other. */
  interface Body {
    void write(Code code, Index x, Index y);
  }

  /** Visits images, rows and columns. */
  static void each(Code code, Sizes sizes, Body body) {
    code.loop(
        "n",
        sizes.get("images"),
        (image, n) -> {
          Index xn = image.define("xn", sizes.get("x").plus(n.times(sizes.get("xImage"))));
          Index yn = image.define("yn", sizes.get("y").plus(n.times(sizes.get("yImage"))));
          image.loop(
              "r",
              sizes.get("rows"),
              (row, r) -> {
                Index xr = row.define("xr", xn.plus(r.times(sizes.get("xRow"))));
                Index yr = row.define("yr", yn.plus(r.times(sizes.get("yRow"))));
                row.loop(
                    "c",
                    sizes.get("columns"),
                    (pixel, c) ->
                        body.write(
                            pixel,
                            pixel.define("xc", xr.plus(c.times(sizes.get("xPixel")))),
                            pixel.define("yc", yr.plus(c.times(sizes.get("yPixel"))))));
              });
        });
  }
}
