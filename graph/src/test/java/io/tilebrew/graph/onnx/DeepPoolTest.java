package io.tilebrew.graph.onnx;

import static io.tilebrew.graph.onnx.TestModel.integer;
import static io.tilebrew.graph.onnx.TestModel.model;
import static io.tilebrew.graph.onnx.TestModel.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.interpret.Interpreter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Poolings of three spatial dimensions against their definition. */
class DeepPoolTest {
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void isItsDefinition(@ForAll long seed) {
    Random random = new Random(seed);
    List<PoolWay> ways =
        List.of(PoolWay.random(random), PoolWay.random(random), PoolWay.random(random));
    String type = List.of("MaxPool", "AveragePool", "LpPool").get(random.nextInt(3));
    boolean ceil = random.nextBoolean();
    boolean counts = type.equals("AveragePool") && random.nextBoolean();
    Proto node = PoolWay.describe(node(type, "x"), ways, ceil);
    if (counts) {
      node.message(5, integer("count_include_pad", 1));
    }
    int images = 1 + random.nextInt(2);
    int maps = 1 + random.nextInt(3);
    Shape shape =
        Shape.of(images, maps, ways.get(0).size(), ways.get(1).size(), ways.get(2).size());
    Object[] dims = Arrays.stream(shape.dims()).boxed().toArray();
    Tensor x = Tensor.zeros(DataType.FLOAT32, shape);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = random.nextFloat() - 0.5f;
    }
    Tensor y = Interpreter.run(model(22, node, dims).graph(), List.of(x)).getFirst();
    int[] out = ways.stream().mapToInt(way -> way.outputs(ceil)).toArray();
    assertEquals(
        Shape.of(images, maps, out[0], out[1], out[2]), y.shape(), () -> ways + " " + seed);
    for (int i = 0; i < y.size(); i++) {
      int[] at = {i / out[2] / out[1] % out[0], i / out[2] % out[1], i % out[2]};
      double expected = pooled(type, counts, ways, x.floats(), i / out[2] / out[1] / out[0], at);
      int element = i;
      assertEquals(
          expected,
          y.floats()[i],
          1e-5,
          () -> "element %d of %s over %s, seed %d".formatted(element, type, ways, seed));
    }
  }

  private static double pooled(
      String type, boolean counts, List<PoolWay> ways, float[] x, int map, int[] at) {
    PoolWay depth = ways.get(0);
    PoolWay row = ways.get(1);
    PoolWay column = ways.get(2);
    double greatest = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int tap = 0; tap < depth.kernel() * row.kernel() * column.kernel(); tap++) {
      int d = depth.place(at[0], tap / column.kernel() / row.kernel());
      int h = row.place(at[1], tap / column.kernel() % row.kernel());
      int w = column.place(at[2], tap % column.kernel());
      if (depth.isInside(d) && row.isInside(h) && column.isInside(w)) {
        double element = x[((map * depth.size() + d) * row.size() + h) * column.size() + w];
        greatest = Math.max(greatest, element);
        sum += element;
        squares += element * element;
        count++;
      } else if (counts && depth.isPadded(d) && row.isPadded(h) && column.isPadded(w)) {
        count++;
      }
    }
    return switch (type) {
      case "MaxPool" -> greatest;
      case "AveragePool" -> sum / count;
      default -> Math.sqrt(squares);
    };
  }
}
