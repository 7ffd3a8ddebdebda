package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.TransposedAxis;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.engine.reference.ConvTransposeReference;
import io.tilebrew.engine.reference.ElementwiseReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TransposedConvTest {
  /** Channels of one group. */
  private record Channels(int groups, int in, int out) {}

  /** Numbers, lanes and places of maps. */
  private record Numbers(
      int batch, boolean biased, int lanes, long seed, int rarity, Pointwise epilogue) {}

  private record Case(
      TransposedAxis rows,
      TransposedAxis columns,
      Channels channels,
      Layout from,
      Layout to,
      Numbers numbers) {
    private Window window() {
      return new Window(
          rows.kernel(),
          columns.kernel(),
          rows.stride(),
          columns.stride(),
          rows.dilation(),
          columns.dilation(),
          rows.pad(),
          columns.pad(),
          0,
          0);
    }

    private Tensor random(long seed, int... dims) {
      Shape shape = Shape.of(dims);
      return Tensor.of(shape, Floats.special(seed, shape.size(), numbers.rarity));
    }

    void check() {
      int in = channels.groups * channels.in;
      int out = channels.groups * channels.out;
      Tensor x = random(numbers.seed, numbers.batch, in, rows.from(), columns.from());
      Tensor w = random(~numbers.seed, in, channels.out, rows.kernel(), columns.kernel());
      Tensor bias = numbers.biased ? random(numbers.seed + 1, out) : null;
      Shape shape = Shape.of(numbers.batch, out, rows.to(), columns.to());
      Tensor expected = Tensor.of(shape, new float[shape.size()]);
      ConvTransposeReference.run(window(), channels.groups, x, w, bias, expected);
      Pointwise epilogue = numbers.epilogue;
      Inputs inputs =
          Inputs.random(
              numbers.seed + 2, epilogue.inputs(), Inputs.Kind.ANY, shape, numbers.rarity);
      List<Tensor> operands = new ArrayList<>(List.of(expected));
      operands.addAll(inputs.tensors());
      ElementwiseReference.pointwise(epilogue, operands.toArray(Tensor[]::new), expected);
      FeatureMap input =
          from.plus(rows.before(), columns.before(), rows.after(), columns.after())
              .map("x", rows.from(), columns.from(), in);
      FeatureMap output = to.map("y", rows.to(), columns.to(), out);
      List<KernelSpec> specs =
          MapKernels.convTranspose(
              window(),
              channels.groups,
              input,
              output,
              w.floats(),
              bias == null ? null : bias.floats(),
              epilogue,
              inputs.operands(),
              numbers.lanes);
      List<Function<KernelSpec, Kernel>> readings =
          List.of(
              s -> new KernelFactory().define(s.literal().program()),
              s -> new KernelFactory().define(s.generic().program()),
              s -> new KernelInterpreter(s.literal().program()),
              s -> new KernelInterpreter(s.generic().program()));
      for (Function<KernelSpec, Kernel> reading : readings) {
        List<FeatureMap> maps = new ArrayList<>(List.of(input, output));
        maps.addAll(inputs.maps());
        TestArena arena = new TestArena(numbers.batch, maps);
        arena.put(input, x.floats());
        inputs.put(arena);
        TestArena before = arena.copy();
        specs.forEach(s -> arena.run(reading.apply(s), s));
        TestArena.assertSameBits(expected.floats(), arena.get(output), this);
        arena.assertOnlyChanged(output, before, this);
      }
    }
  }

  private static Arbitrary<Integer> between(int least, int most) {
    return Arbitraries.integers().between(least, most);
  }

  private static Arbitrary<TransposedAxis> axes() {
    return Combinators.combine(
            between(1, 5),
            between(1, 5),
            Arbitraries.of(1, 2, 2, 2, 3, 4),
            Arbitraries.of(1, 1, 1, 2, 3),
            between(0, 3),
            between(-2, 3))
        .as(
            (from, kernel, stride, dilation, pad, more) -> {
              int full = (from - 1) * stride + (kernel - 1) * dilation + 1;
              int to = Math.max(1, full - pad + more);
              return new TransposedAxis(from, to, kernel, stride, dilation, pad);
            });
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Channels> channels =
        Arbitraries.oneOf(
            Combinators.combine(between(1, 3), between(1, 4), between(1, 40)).as(Channels::new),
            between(2, 40).map(groups -> new Channels(groups, 1, 1)));
    Arbitrary<Numbers> numbers =
        Combinators.combine(
                between(1, 2),
                Arbitraries.of(true, false),
                Arbitraries.of(4, 8, 16),
                Arbitraries.longs(),
                Arbitraries.of(0, 0, 3, 50),
                ConvProblems.epilogues())
            .as(Numbers::new);
    return Combinators.combine(axes(), axes(), channels, Layout.any(), Layout.any(), numbers)
        .as(Case::new);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void isTheReference(@ForAll("cases") Case c) {
    c.check();
  }

  @Example
  void upsamplingsOfRealNetworksAreTheReference() {
    TransposedAxis twice = new TransposedAxis(5, 10, 4, 2, 1, 1);
    TransposedAxis blocks = new TransposedAxis(5, 10, 2, 2, 1, 0);
    for (int lanes : new int[] {4, 8, 16}) {
      Numbers numbers = new Numbers(2, true, lanes, lanes, 0, Pointwise.parse("+relu +add"));
      new Case(twice, twice, new Channels(1, 33, 21), Layout.TIGHT, Layout.TIGHT, numbers).check();
      new Case(blocks, blocks, new Channels(1, 16, 9), Layout.TIGHT, Layout.TIGHT, numbers).check();
      new Case(twice, twice, new Channels(21, 1, 1), Layout.TIGHT, Layout.TIGHT, numbers).check();
    }
  }
}
