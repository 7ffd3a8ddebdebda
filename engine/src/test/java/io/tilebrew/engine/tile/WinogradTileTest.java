package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WinogradTileTest {
  @Provide
  Arbitrary<ConvCase> convolutions() {
    return ConvCase.any(ConvProblems.winograd(), Arbitraries.just(0));
  }

  @Provide
  Arbitrary<ConvCase> special() {
    return ConvCase.any(ConvProblems.winograd(), Arbitraries.of(2, 20, 200, 2000));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void theLiteralFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.literal().program()));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theGenericFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkInterpreted();
  }

  /** The product stores no lanes of the vector that fills up its last block, beyond the arena. */
  @Test
  void theInterpreterStoresNothingBehindTheArena() {
    ConvProblem p = ConvProblem.parse("n1 4x4x1 -> 17 k3 s1 p1,3,3,1 w4 +max2");
    new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, 8, 0, 0).checkInterpreted();
  }

  @Provide
  Arbitrary<ConvCase> blocked() {
    return ConvCase.blocked(ConvProblems.winograd());
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void blocksOfChannelsAreTheReference(@ForAll("blocked") ConvCase c) {
    c.checkCompiled();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void specialValuesComeOutAsTheyShould(@ForAll("special") ConvCase c) {
    c.checkCompiled();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 14x14x64 -> 32 k3 s1 p1 w4 +relu",
        "n2 13x13x24 -> 40 k3 s1 p1 w4 +add +relu",
        "n1 7x7x32 -> 32 k3 s1 p1 w2 +relu",
        "n5 14x14x32 -> 48 k3 s1 p1 w4 +add +relu",
        "n1 28x28x16 -> 32 k3 s1 p1 w4 +relu +max2",
        "n1 27x27x24 -> 40 k5 s1 p2 w2k5 +relu",
        "n2 14x14x16 -> 36 k5 s1 p2 w2k5 +relu +max2",
        "n1 27x27x24 -> 40 k5 s1 p2 w4k5 +relu",
        "n2 14x14x16 -> 36 k5 s1 p2 w4k5 +add +relu +max2",
        "n1 30x30x24 -> 40 k3 s1 p1 w6 +add +relu",
        "n2 28x28x16 -> 32 k3 s1 p1 w6 +relu +max2",
        "n1 3x3x1 -> 1 k3 s1 w6",
        "n1 3x3x1 -> 1 k3 s1 w4"
      })
  void layersOfRealNetworksAreTheReference(String problem) {
    ConvCase.check(problem);
  }

  private static WinogradConv conv(String problem, int most) {
    return conv(problem, 8, most);
  }

  private static WinogradConv conv(String problem, int lanes, int most) {
    ConvProblem p = ConvProblem.parse(problem);
    FeatureMap x =
        new Layout(1, 1, p.zerosBelow(), p.zerosRight(), 0, 0)
            .map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = Layout.TIGHT.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    float[] w = new float[p.outputChannels() * p.inputChannels() * 9];
    return new WinogradConv(p, x, y, w, null, List.of(), lanes, most);
  }

  private static void check(String problem, int most, int units, int parts) {
    assertEquals(units, conv(problem, most).spec().units());
    assertEquals(parts, conv(problem, most).scratch().size());
  }

  /** By strips of tiles if there are many. */
  @Test
  void threadsShareTheTiles() {
    check("n1 56x56x8 -> 16 k3 s1 p1 w4", 1, 1, 1);
    check("n1 56x56x8 -> 16 k3 s1 p1 w4", 2, 40, 2);
    check("n1 8x8x8 -> 16 k3 s1 p1 w4", 9, 4, 4);
  }

  /** Where there are more channels than tiles, each thread reads weights of its own. */
  @Test
  void threadsShareTheChannelsOfFewTiles() {
    check("n1 8x8x16 -> 64 k3 s1 p1 w4", 2, 4, 2);
    check("n1 8x8x16 -> 56 k3 s1 p1 w4", 2, 4, 2);
    check("n1 4x4x8 -> 80 k3 s1 p1 w4", 6, 1, 1);
  }

  private static int units(String layer) {
    return conv("n1 14x14x16 -> " + layer, 16, 2).spec().units();
  }

  /** Five blocks of four vectors are shares of two and three, six of three are even ones. */
  @Test
  void sharesOfTheChannelsAreAsEvenAsCanBe() {
    assertEquals(4, units("256 k3 s1 p1 w2"));
    assertEquals(6, units("288 k3 s1 p1 w2"));
    assertEquals(7, units("320 k3 s1 p1 w2"));
  }

  /** Sixteen tiles are four strips of four, but blocks of three vectors take strips of six. */
  @Test
  void evenSharesDoNotWasteTiles() {
    assertEquals(5, units("320 k3 s1 p1 w4"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 7x7x24 -> 64 k3 s1 p1 w4 +add +relu",
        "n2 5x9x17 -> 100 k3 s1 p1 w2 +relu",
        "n1 8x8x8 -> 90 k3 s1 p1 w4 +add +relu +max2",
        "n3 7x7x16 -> 77 k5 s1 p2 w2k5 +add"
      })
  void anyNumberOfKernelsIsTheReference(String problem) {
    ConvProblem p = ConvProblem.parse(problem);
    for (int lanes : new int[] {4, 8, 16}) {
      for (int seed = 0; seed < 4; seed++) {
        new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, lanes, seed, 0).checkCompiled();
      }
    }
  }
}
