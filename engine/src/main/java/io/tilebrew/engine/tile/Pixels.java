package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

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

  private static final List<String> PLACES = List.of("x", "y");

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

  /** A procedure for the pixel at {@code x} and {@code y}, which knows the sizes it needs. */
  static Procedure procedure(String name, Sizes sizes, List<String> needed, Consumer<Code> body) {
    List<String> parameters = new ArrayList<>(PLACES);
    parameters.addAll(sizes.parameters(needed));
    Code code = new Code(parameters);
    body.accept(code);
    return new Procedure(name, parameters, code.statements());
  }

  /** Calls such a procedure. */
  static void call(Code code, Procedure procedure, Sizes sizes, Index x, Index y) {
    List<Index> arguments = new ArrayList<>(List.of(x, y));
    procedure.parameters().stream().skip(PLACES.size()).map(sizes::get).forEach(arguments::add);
    code.call(procedure.name(), arguments);
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
