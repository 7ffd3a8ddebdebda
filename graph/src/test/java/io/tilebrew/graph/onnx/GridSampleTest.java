package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static io.tilebrew.graph.onnx.TestModel.string;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** GridSample against its definition, place by place. */
class GridSampleTest {
  private static final List<String> MODES = List.of("nearest", "linear", "cubic");
  private static final List<String> PADDINGS = List.of("zeros", "border", "reflection");

  /** The element of an output, from the input of one map. */
  private record Definition(List<Integer> sizes, String mode, String padding, boolean aligns) {
    double at(float[] map, double[] coordinates) {
      return at(map, coordinates, 0, 0);
    }

    private double at(float[] map, double[] coordinates, int axis, int before) {
      if (axis == sizes.size()) {
        return map[before];
      }
      int size = sizes.get(axis);
      double coordinate = coordinates[sizes.size() - 1 - axis];
      double place = aligns ? (coordinate + 1) / 2 * (size - 1) : ((coordinate + 1) * size - 1) / 2;
      double near = inside(mode.equals("nearest") ? Math.rint(place) : place, size);
      double sum = 0;
      for (int i = (int) Math.floor(near) - 1; i <= Math.floor(near) + 2; i++) {
        double weight = weight(Math.abs(near - i));
        int index = (int) Math.clamp(inside(i, size), 0, size - 1);
        boolean counts = !padding.equals("zeros") || (i >= 0 && i < size);
        if (weight != 0 && counts) {
          sum += weight * at(map, coordinates, axis + 1, before * size + index);
        }
      }
      return sum;
    }

    private double inside(double place, int size) {
      double low = aligns ? 0 : -0.5;
      double high = aligns ? size - 1 : size - 0.5;
      return switch (padding) {
        case "zeros" -> place;
        case "border" -> Math.clamp(place, 0, size - 1);
        default -> reflected(place, low, high);
      };
    }

    private static double reflected(double place, double low, double high) {
      double inside = low == high ? low : place;
      while (inside < low || inside > high) {
        inside = inside < low ? 2 * low - inside : 2 * high - inside;
      }
      return inside;
    }

    private double weight(double d) {
      return switch (mode) {
        case "nearest" -> d == 0 ? 1 : 0;
        case "linear" -> Math.max(0, 1 - d);
        default ->
            d <= 1
                ? 1.25 * d * d * d - 2.25 * d * d + 1
                : d < 2 ? -0.75 * d * d * d + 3.75 * d * d - 6 * d + 3 : 0;
      };
    }
  }

  private static TestModel sample(Definition definition, int opset, Object[] x, Object[] grid) {
    Proto node =
        node("GridSample", "x", "g")
            .message(5, string("mode", definition.mode))
            .message(5, string("padding_mode", definition.padding))
            .message(5, integer("align_corners", definition.aligns ? 1 : 0));
    return model(opset, node, x).input("g", 1, grid);
  }

  private static Object[] boxed(int... dims) {
    return Arrays.stream(dims).boxed().toArray();
  }

  private static int[] sizes(Random random, int first, int second, int count) {
    int[] dims = new int[count];
    Arrays.setAll(dims, i -> i == 0 ? first : i == 1 ? second : 1 + random.nextInt(5));
    return dims;
  }

  /** Coordinates are sixteenths, so that no place is rounded. */
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void isItsDefinition(@ForAll long seed) {
    Random random = new Random(seed);
    String mode = MODES.get(random.nextInt(3));
    int axes = mode.equals("cubic") || random.nextBoolean() ? 2 : 3;
    int images = 1 + random.nextInt(2);
    int maps = 1 + random.nextInt(2);
    int[] dims = sizes(random, images, maps, axes + 2);
    int[] outputs = sizes(random, images, maps, axes + 2);
    int[] grid = Arrays.copyOf(outputs, axes + 2);
    System.arraycopy(outputs, 2, grid, 1, axes);
    grid[axes + 1] = axes;
    Definition definition =
        new Definition(
            Arrays.stream(dims).skip(2).boxed().toList(),
            mode,
            PADDINGS.get(random.nextInt(3)),
            random.nextBoolean());
    Tensor x = Tensor.zeros(DataType.FLOAT32, Shape.of(dims));
    Tensor g = Tensor.zeros(DataType.FLOAT32, Shape.of(grid));
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < g.size(); i++) {
      g.floats()[i] = (random.nextInt(81) - 40) / 16f;
    }
    TestModel model = sample(definition, 22, boxed(dims), boxed(grid));
    Tensor y = Interpreter.run(model.graph(), List.of(x, g)).getFirst();
    assertEquals(Shape.of(outputs), y.shape());
    int size = x.size() / images / maps;
    int count = y.size() / images / maps;
    double[] coordinates = new double[axes];
    for (int i = 0; i < y.size(); i++) {
      int image = i / count / maps;
      for (int axis = 0; axis < axes; axis++) {
        coordinates[axis] = g.floats()[(image * count + i % count) * axes + axis];
      }
      int map = i / count * size;
      float[] elements = Arrays.copyOfRange(x.floats(), map, map + size);
      int at = i;
      assertEquals(
          definition.at(elements, coordinates),
          y.floats()[i],
          1e-5,
          () -> "element %d of %s, seed %d".formatted(at, definition, seed));
    }
  }

  @Test
  void anyPlaceIsSafe() {
    for (String mode : MODES) {
      for (String padding : PADDINGS) {
        Definition definition = new Definition(List.of(2, 3), mode, padding, false);
        TestModel model = sample(definition, 16, boxed(1, 1, 2, 3), boxed(1, 1, 4, 2));
        float infinity = Float.POSITIVE_INFINITY;
        float huge = Float.MAX_VALUE;
        float[] places = {Float.NaN, infinity, -infinity, huge, -huge, 1e30f, 0, Float.NaN};
        Tensor g = Tensor.of(Shape.of(1, 1, 4, 2), places);
        Tensor x = Tensor.of(Shape.of(1, 1, 2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        assertEquals(4, Interpreter.run(model.graph(), List.of(x, g)).getFirst().size());
      }
    }
  }

  @Test
  void aNetworkTakesTheMeansOfNeighbours() {
    Definition definition = new Definition(List.of(2, 2), "linear", "zeros", true);
    TestModel model = sample(definition, 16, boxed(1, 1, 2, 2), boxed(1, 1, 2, 2));
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f);
    Tensor g = Tensor.of(Shape.of(1, 1, 2, 2), 0f, -1f, 0f, 0f);
    Tensor y =
        Tilebrew.compile(model.read()).run(Map.of("x", x, "g", g)).values().iterator().next();
    assertArrayEquals(new float[] {1.5f, 2.5f}, y.floats());
  }

  private static void refused(String problem, TestModel model) {
    String message = Refusal.of(model::graph);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Definition cubic = new Definition(List.of(), "cubic", "zeros", true);
    refused("unless it is cubic", sample(cubic, 20, boxed(1, 1, 2, 2, 2), boxed(1, 1, 1, 1, 3)));
    refused("expected 2 coordinates", sample(cubic, 20, boxed(1, 1, 2, 2), boxed(2, 1, 1, 2)));
    refused(
        "mode is 'best', expected",
        sample(new Definition(List.of(), "best", "zeros", true), 20, boxed(1), boxed(1)));
    refused(
        "padding_mode is 'sky', expected",
        sample(new Definition(List.of(), "cubic", "sky", true), 20, boxed(1), boxed(1)));
  }
}
