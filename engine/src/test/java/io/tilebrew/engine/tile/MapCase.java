package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.List;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Images with the place of their maps, for kernels that keep the channels apart.
 *
 * @param rarity one number in so many is NaN, infinite, subnormal or the like; 0 for none
 */
record MapCase(
    int batch,
    int height,
    int width,
    int channels,
    Layout from,
    Layout to,
    Reading reading,
    int rarity) {
  /** A lane count and the seed of the numbers. */
  record Reading(int lanes, long seed) {}

  static Arbitrary<MapCase> any() {
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 9);
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            sizes,
            sizes,
            Arbitraries.integers().between(1, 75),
            Layout.any(),
            Layout.any(),
            Combinators.combine(Arbitraries.of(4, 8, 16), Arbitraries.longs()).as(Reading::new),
            Arbitraries.of(0, 0, 3, 50))
        .as(MapCase::new);
  }

  /** The same with as many rows as channels, and the other way round. */
  MapCase turned() {
    return new MapCase(
        batch, /* height= */ channels, width, /* channels= */ height, from, to, reading, rarity);
  }

  /** The same with so many channels, of pixels that lie behind one another. */
  MapCase packed(int channels) {
    return new MapCase(batch, height, width, channels, from.alone(), to.alone(), reading, rarity);
  }

  /** The same with whole vectors of channels, of maps in blocks: the input, the output or both. */
  MapCase inBlocks(int which) {
    int lanes = reading.lanes;
    return new MapCase(
        batch,
        height,
        width,
        (1 + channels % 4) * lanes,
        (which & 1) > 0 ? from.inBlocks(lanes) : from,
        (which & 2) > 0 ? to.inBlocks(lanes) : to,
        reading,
        rarity);
  }

  /** The same of maps in blocks with room, unless the channels fill them. */
  MapCase withRoom() {
    return new MapCase(
        batch,
        height,
        width,
        channels,
        from.alone().inBlocks(reading.lanes),
        to.alone().inBlocks(reading.lanes),
        reading,
        rarity);
  }

  /** What becomes of an element. */
  interface FloatUnaryOperator {
    float apply(float x);
  }

  /** What makes the kernel between two maps. */
  interface Family {
    KernelSpec spec(FeatureMap x, FeatureMap y, int lanes);
  }

  /** Checks all readings of a kernel whose output has the size of its input. */
  void check(Family family, BiConsumer<Tensor, Tensor> reference) {
    check(height, width, family, reference);
  }

  /** Checks all readings of a kernel with an output of {@code rows} x {@code columns}. */
  void check(int rows, int columns, Family family, BiConsumer<Tensor, Tensor> reference) {
    check(x -> x, rows, columns, family, reference);
  }

  /** The same over what {@code numbers} makes of the elements of the input. */
  void check(
      FloatUnaryOperator numbers,
      int rows,
      int columns,
      Family family,
      BiConsumer<Tensor, Tensor> reference) {
    Shape shape = Shape.of(batch, channels, height, width);
    float[] elements = Floats.special(reading.seed, shape.size(), rarity);
    for (int i = 0; i < elements.length; i++) {
      elements[i] = numbers.apply(elements[i]);
    }
    Tensor x = Tensor.of(shape, elements);
    Shape after = Shape.of(batch, channels, rows, columns);
    Tensor expected = Tensor.of(after, new float[after.size()]);
    reference.accept(x, expected);
    FeatureMap input = from.map("x", height, width, channels);
    FeatureMap output = to.map("y", rows, columns, channels);
    KernelSpec spec = family.spec(input, output, reading.lanes);
    List<Kernel> readings =
        List.of(
            new KernelFactory().define(spec.literal().program()),
            new KernelFactory().define(spec.generic().program()),
            new KernelInterpreter(spec.literal().program()),
            new KernelInterpreter(spec.generic().program()));
    for (Kernel kernel : readings) {
      TestArena arena = new TestArena(batch, input, output);
      arena.put(input, x.floats());
      TestArena before = arena.copy();
      arena.run(kernel, spec);
      TestArena.assertSameBits(expected.floats(), arena.get(output), this);
      arena.assertOnlyChanged(output, before, this);
    }
  }
}
