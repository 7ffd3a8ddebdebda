package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.TurnLimit;
import io.tilebrew.engine.plan.Argument;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An arena for one kernel: its maps stand between guard zones, and whatever is not of a map is a
 * NaN that no computation yields.
 */
public final class TestArena {
  private static final float SENTINEL = Float.intBitsToFloat(0x7fe1dead);
  private static final int GUARD = 256;

  private final int images;
  private final Map<Buffer, Integer> places = new LinkedHashMap<>();
  private float[] floats;

  /** An arena for {@code images} images of these maps. */
  public TestArena(int images, FeatureMap... maps) {
    this(images, List.of(maps));
  }

  /** An arena for {@code images} images of these maps. */
  public TestArena(int images, List<FeatureMap> maps) {
    this.images = images;
    int size = GUARD;
    for (FeatureMap map : maps) {
      places.put(map.buffer(), size);
      size += map.imageStride() * images + GUARD;
    }
    floats = new float[size];
    Arrays.fill(floats, SENTINEL);
  }

  /** An arena with the same contents. */
  public TestArena copy() {
    TestArena copy = new TestArena(images);
    copy.places.putAll(places);
    copy.floats = floats.clone();
    return copy;
  }

  /** The place of element ({@code n}, {@code c}, {@code row}, {@code column}). */
  private int at(FeatureMap map, int n, int c, int row, int column) {
    int place = Objects.requireNonNull(places.get(map.buffer()));
    return place + n * map.imageStride() + map.slice(c, 1).at(row, column);
  }

  /** Writes images [N,C,H,W], and zeros around them. */
  public void put(FeatureMap map, float[] x) {
    for (int n = 0; n < images; n++) {
      for (int c = 0; c < map.channels(); c++) {
        for (int row = -map.top(); row < map.height() + map.bottom(); row++) {
          for (int column = -map.left(); column < map.width() + map.right(); column++) {
            floats[at(map, n, c, row, column)] = 0;
          }
        }
      }
    }
    each(map, (at, i) -> floats[at] = x[i]);
  }

  /** Images [N,C,H,W]. */
  public float[] get(FeatureMap map) {
    float[] y = new float[images * map.channels() * map.height() * map.width()];
    each(map, (at, i) -> y[i] = floats[at]);
    return y;
  }

  private interface Element {
    void visit(int at, int i);
  }

  private void each(FeatureMap map, Element element) {
    int i = 0;
    for (int n = 0; n < images; n++) {
      for (int c = 0; c < map.channels(); c++) {
        for (int row = 0; row < map.height(); row++) {
          for (int column = 0; column < map.width(); column++) {
            element.visit(at(map, n, c, row, column), i++);
          }
        }
      }
    }
  }

  /** Runs a kernel as a whole. */
  public void run(Kernel kernel, KernelSpec spec) {
    TestShare.whole(spec.units()).forEach(share -> run(kernel, spec, share));
  }

  /** Runs a kernel for a share of its units. */
  void run(Kernel kernel, KernelSpec spec, TestShare share) {
    int[] arguments = spec.arguments().stream().mapToInt(a -> resolve(a, share)).toArray();
    kernel.run(floats, spec.weights(), arguments);
  }

  private int resolve(Argument argument, TestShare share) {
    return switch (argument) {
      case Argument.Fixed(int value) -> value;
      case Argument.Batch() -> images;
      case Argument.Turns() -> TurnLimit.NONE;
      case Argument.Place(Buffer buffer, int within) ->
          Objects.requireNonNull(places.get(buffer)) + within;
      case Argument.Moving(Argument start, int step) ->
          resolve(start, share) + share.first() * step;
      case Argument.Extent extent -> extent.of(share.first(), share.end());
      case Argument.Scratch(List<Buffer> buffers, int within) ->
          Objects.requireNonNull(places.get(buffers.get(share.part()))) + within;
    };
  }

  /** Asserts that nothing but the pixels of {@code map} differs from {@code before}. */
  public void assertOnlyChanged(FeatureMap map, TestArena before, Object what) {
    assertOnlyChanged(List.of(map), before, what);
  }

  /** Asserts that nothing but the pixels of {@code maps} differs from {@code before}. */
  void assertOnlyChanged(List<FeatureMap> maps, TestArena before, Object what) {
    float[] expected = before.floats.clone();
    maps.forEach(map -> each(written(map), (at, i) -> expected[at] = floats[at]));
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(floats[i])) {
        throw new AssertionError("%s writes %s at %d of %s".formatted(what, floats[i], i, places));
      }
    }
  }

  /** Kernels of blocks write to the room behind the last channel, too. */
  private static FeatureMap written(FeatureMap map) {
    return map.isBlocked() && map.channels() % map.pixelStride() > 0 ? map.whole() : map;
  }

  /** Asserts equal bits, where any NaN equals any NaN. */
  public static void assertSameBits(float[] expected, float[] actual, Object what) {
    assertEquals(expected.length, actual.length, what::toString);
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        throw new AssertionError(
            "%s: element %d is %s, expected %s".formatted(what, i, actual[i], expected[i]));
      }
    }
  }
}
