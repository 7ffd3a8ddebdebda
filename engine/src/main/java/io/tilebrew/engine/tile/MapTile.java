package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Pointwise;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pointwise function of feature maps, into another map; the identity is a copy.
 *
 * @param lanes the floats in a vector
 * @param function the function
 * @param operands how its inputs are read, the value itself, {@code r0}, first
 */
record MapTile(int lanes, Epilogue function, Operands operands) implements Tile {
  /** The sizes; {@code channels} is the length of a run of consecutive floats. */
  private static final List<String> SIZES =
      List.of("y", "yImage", "yRow", "yColumn", "images", "rows", "columns", "channels");

  private static final int MOST_VECTORS = 4;

  @Override
  public List<String> sizes() {
    return operands.sizesBehind(SIZES);
  }

  /** The same tile with the bounds of clips read from the weights. */
  @Override
  public MapTile generic() {
    return new MapTile(lanes, function.generic(), operands);
  }

  @Override
  public Program program(Sizes sizes) {
    List<String> names = sizes();
    List<String> parameters = sizes.parameters(names);
    Code code = new Code(parameters);
    List<String> maps = Stream.concat(Stream.of("y"), operands.maps().stream()).toList();
    Places start = Places.start(sizes, maps);
    start.eachRow(
        code,
        (perRow, row) ->
            row.each(perRow, "c", "columns", "Column", (inner, pixel) -> run(inner, sizes, pixel)));
    Procedure main = new Procedure("map", parameters, code.statements());
    String kind = function.function().equals(Pointwise.NONE) ? "copy" : "elementwise";
    return new Program("%s, %d lanes".formatted(kind, lanes), lanes, names, main, List.of());
  }

  private void run(Code code, Sizes sizes, Places pixel) {
    int most = Epilogue.isLong(function.function()) ? 1 : MOST_VECTORS;
    Vectors.each(
        code,
        sizes.get("channels"),
        lanes,
        most,
        (inner, offset, vectors, last) -> {
          for (int v = 0; v < vectors; v++) {
            Index at = offset.plus(v * lanes);
            Epilogue.Inputs inputs = operands.at(sizes, pixel::of, Index.of(0), at);
            Vec.Ref value = inner.let("a" + v, inputs.read(0));
            Vec result = function.write(inner, value, inputs);
            inner.store(pixel.of("y").plus(at), result, v == vectors - 1 ? last : Index.of(lanes));
          }
        });
  }
}
