package io.tilebrew.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlaceholderTest {
  @Test
  void runsInTheNamedModule() {
    assertEquals("io.tilebrew.engine", Placeholder.class.getModule().getName());
    assertEquals(3f, Placeholder.sum(new float[] {1, 2}));
  }

  @Property
  void sumsSmallIntegersExactly(
      @ForAll @Size(max = 40) List<@IntRange(min = -9, max = 9) Integer> values) {
    float[] floats = new float[values.size()];
    float expected = 0;
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
      expected += floats[i];
    }
    assertEquals(expected, Placeholder.sum(floats));
  }
}
