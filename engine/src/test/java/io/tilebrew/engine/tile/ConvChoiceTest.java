package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvChoiceTest {
  @Provide
  Arbitrary<ConvProblem> convolutions() {
    return ConvProblems.any();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void candidatesAreReadAsPrinted(@ForAll("convolutions") ConvProblem p) {
    List<ConvChoice> candidates = ConvChoice.candidates(p, 8);
    assertTrue(candidates.stream().distinct().count() == candidates.size(), p::toString);
    for (ConvChoice choice : candidates) {
      assertEquals(choice, ConvChoice.parse(choice.toString()));
      p.with(choice.algorithm());
    }
  }

  @Test
  void candidatesOfUsualLayers() {
    assertEquals(
        "[direct, w2, w4, w6, 2x5, 2x4, 1x12, 1x10, 1x8]",
        candidates("n1 56x56x64 -> 64 k3 s1 p1 +relu"));
    assertEquals(
        "[direct, 1x3, 1x4, 1x8, 1x12]", candidates("n1 56x56x64 -> 64 k3 s1 p1 g64 +relu"));
    assertEquals("[direct]", candidates("n1 1x1x64 -> 64 k1 s1"));
    assertEquals("[direct]", candidates("n1 56x56x3 -> 8 k3 s1 +relu +max3s2p1"));
  }

  private static String candidates(String problem) {
    return ConvChoice.candidates(ConvProblem.parse(problem), 8).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "w3", "0x4", "2x", "2x6x1", "-2x6", "direct ", "999x6"})
  void otherTextsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ConvChoice.parse(text));
  }
}
