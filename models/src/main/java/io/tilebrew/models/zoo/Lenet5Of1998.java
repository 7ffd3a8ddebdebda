package io.tilebrew.models.zoo;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Reduction.Reduce;
import io.tilebrew.graph.op.Shaping.Gather;
import io.tilebrew.graph.op.Shaping.Reshape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * LeNet-5 as LeCun, Bottou, Bengio and Haffner had it in 1998: subsampling with a trained
 * coefficient and bias, maps that see some of the maps before them, and as its result the squared
 * distances to pictures of the ten digits. Nodes are named after the layers of the paper, which
 * take several each: {@code S2/pool}, {@code S2/scaled}, {@code S2}.
 */
final class Lenet5Of1998 {
  /** Table I: the maps of S2 that maps 0 to 5, 6 to 14 and 15 of C3 see. */
  private static final int[][][] SEEN = {
    {{0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}, {0, 1, 5}},
    {
      {0, 1, 2, 3},
      {1, 2, 3, 4},
      {2, 3, 4, 5},
      {0, 3, 4, 5},
      {0, 1, 4, 5},
      {0, 1, 2, 5},
      {0, 1, 3, 4},
      {1, 2, 4, 5},
      {0, 2, 3, 5}
    },
    {{0, 1, 2, 3, 4, 5}}
  };

  private static final int DIGITS = 10;
  private static final int BITMAP = 7 * 12;

  private Lenet5Of1998() {}

  /** The squared distances [N,10] of {@code image} (ground -0.1, ink 1.175) to the digits. */
  static Features build(Features image) {
    Features s2 = subsampled(convolved(image, "C1", 6, 1), "S2");
    Features s4 = subsampled(partlyConnected(s2), "S4");
    Features c5 = convolved(s4, "C5", 120, 1).flatten();
    Net net = image.net();
    Features f6 =
        net.add(
            "F6",
            new Gemm(false, true, 1, 1),
            c5.value(),
            parameter(net, "F6.weight", 120, BITMAP, 120),
            parameter(net, "F6.bias", 120, BITMAP));
    return distances(squashed(f6));
  }

  /** The paper's start: within 2.4 by the number of inputs of a unit. */
  private static Value parameter(Net net, String name, int inputs, int... dims) {
    return net.parameter(name, 0, 2.4 / inputs, dims);
  }

  /** The paper's A tanh(S a). */
  private static Features squashed(Features x) {
    return x.times(2 / 3.0).then("tanh", new Activate(new Activation.Tanh())).times(1.7159);
  }

  private static Features convolved(Features x, String name, int maps, int groups) {
    return squashed(weighted(x, name, maps, groups));
  }

  private static Features weighted(Features x, String name, int maps, int groups) {
    int seen = x.channels() / groups;
    Value weight = parameter(x.net(), name + ".weight", seen * 25, maps, seen, 5, 5);
    Value bias = parameter(x.net(), name + ".bias", seen * 25, maps);
    return x.net().add(name, new Conv(Window.of(5, 5), groups), x.value(), weight, bias);
  }

  /** The sum of each 2x2 window times a coefficient plus a bias, which each map has its own. */
  private static Features subsampled(Features x, String name) {
    int maps = x.channels();
    Features sum = new Features(x.net(), name, x.value()).avgPool("k2 s2").times(4);
    return squashed(
        sum.with(
                name + "/scaled",
                Arithmetic.MUL,
                parameter(x.net(), name + ".weight", 4, maps, 1, 1))
            .with(name, Arithmetic.ADD, parameter(x.net(), name + ".bias", 4, maps, 1, 1)));
  }

  /** C3: maps that see equally many are one convolution in groups. */
  private static Features partlyConnected(Features s2) {
    Features[] parts = new Features[SEEN.length];
    for (int i = 0; i < SEEN.length; i++) {
      String name = "C3/" + i;
      long[] seen = Arrays.stream(SEEN[i]).flatMapToInt(Arrays::stream).asLongStream().toArray();
      Value indices = s2.net().constant(name + ".seen", Tensor.of(Shape.of(seen.length), seen));
      Features inputs = s2.net().add(name + ".inputs", new Gather(1), s2.value(), indices);
      parts[i] = weighted(inputs, name, SEEN[i].length, SEEN[i].length);
    }
    return squashed(parts[0].concat("C3", parts[1], parts[2]));
  }

  private static Features distances(Features f6) {
    Value bitmaps = f6.net().constant("bitmaps", bitmaps().reshape(Shape.of(1, DIGITS, BITMAP)));
    Features difference =
        new Features(f6.net(), "Output", f6.value())
            .then("row", new Reshape(Shape.of(1, 1, BITMAP)))
            .with("Output/difference", Arithmetic.SUB, bitmaps);
    Features square = difference.with("Output/square", Arithmetic.MUL, difference.value());
    return f6.net()
        .add("Output", new Reduce(Reduce.Function.SUM, List.of(2), false), square.value());
  }

  /** The pictures [10,84] of the digits: 1 for ink and -1 for ground. */
  static Tensor bitmaps() {
    Tensor bitmaps = Tensor.zeros(DataType.FLOAT32, Shape.of(DIGITS, BITMAP));
    String pixels = resource().replaceAll("[^#.]", "");
    for (int i = 0; i < bitmaps.size(); i++) {
      bitmaps.floats()[i] = pixels.charAt(i) == '#' ? 1 : -1;
    }
    return bitmaps;
  }

  private static String resource() {
    try (InputStream stream = Lenet5Of1998.class.getResourceAsStream("digits-7x12.txt")) {
      if (stream == null) {
        throw new AssertionError("the jar lacks digits-7x12.txt");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
