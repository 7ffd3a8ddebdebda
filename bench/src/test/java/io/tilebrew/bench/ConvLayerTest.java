package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.problem.ConvProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvLayerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 5x6x3 -> 9 k3 s1 p1 +relu",
        "n2 6x6x4 -> 20 k3 s1 p1 +relu +max2",
        "n2 9x6x4 -> 20 k3 s1 p1 w4 +add +relu",
        "n3 1x1x10 -> 12 k1 s1",
        "n1 7x7x4 -> 8 k3x1 s2 p1,0,0,0 g2"
      })
  void bothFormsGiveTheSameBits(String text) {
    ConvLayer layer = new ConvLayer(ConvProblem.parse(text));
    layer.literal().run();
    float[] literal = layer.result();
    layer.generic().run();
    assertArrayEquals(literal, layer.result());
    assertTrue(anyPositive(literal));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x1", "1x10", "2x4", "2x5", "3x6"})
  void tilesOfAnySizeGiveTheSameBits(String tile) {
    ConvProblem problem = ConvProblem.parse("n2 9x6x4 -> 20 k3 s1 p1 +relu");
    ConvLayer chosen = new ConvLayer(problem);
    chosen.literal().run();
    ConvLayer layer = new ConvLayer(problem, ConvLayer.tile(tile));
    layer.literal().run();
    assertArrayEquals(chosen.result(), layer.result());
    layer.generic().run();
    assertArrayEquals(chosen.result(), layer.result());
  }

  @Test
  void tilesHaveTwoSides() {
    assertThrows(IllegalArgumentException.class, () -> ConvLayer.tile("2"));
    assertThrows(IllegalArgumentException.class, () -> ConvLayer.tile("0x6"));
  }

  private static boolean anyPositive(float[] floats) {
    for (float value : floats) {
      if (value > 0) {
        return true;
      }
    }
    return false;
  }
}
