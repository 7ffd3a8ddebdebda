package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class RingConvTest {
  @Provide
  Arbitrary<ConvCase> convolutions() {
    return ConvCase.any(ConvProblems.overlapping(), Arbitraries.just(0));
  }

  @Provide
  Arbitrary<ConvCase> special() {
    return ConvCase.any(ConvProblems.overlapping(), Arbitraries.of(2, 20, 200));
  }

  @Provide
  Arbitrary<ConvCase> blocked() {
    return ConvCase.blocked(ConvProblems.overlapping());
  }

  @Property(tries = 80, edgeCases = EdgeCasesMode.NONE)
  void blocksOfChannelsAreTheReference(@ForAll("blocked") ConvCase c) {
    c.checkCompiled();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theLiteralFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.literal().program()));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void theSharedFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.shared().program()));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theGenericFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkInterpreted();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void specialValuesComeOutAsTheyShould(@ForAll("special") ConvCase c) {
    c.checkCompiled();
  }

  /**
   * The greatest value of the clip is below the least, and so below NaN as a number of its bits.
   */
  @Test
  void aClipToNegativeNumbersIsNotRectified() {
    ConvProblem problem = ConvProblem.parse("n1 1x5x3 -> 1 k1 s1 +clip(0.0,-Infinity) +max1x2s1");
    new ConvCase(problem, Layout.TIGHT, Layout.TIGHT, true, 4, 0, 2).checkCompiled();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n2 29x29x3 -> 24 k7 s2 p3 +relu +max3s2p1",
        "n1 39x39x3 -> 20 k11 s4 p2 +relu +max3s2",
        "n1 31x31x3 -> 33 k3 s2 +relu +max3s2p0,0,1,1",
        "n3 12x12x4 -> 8 k1 s1 +sigmoid +avg3s1p1",
        "n1 12x12x16 -> 16 k3 s1 p1 g16 +relu +avgpadded3s2p1",
        "n2 1x1x5 -> 7 k1 s1 +max3s1p1"
      })
  void layersOfRealNetworksAreTheReference(String problem) {
    ConvCase.check(problem);
  }

  private static RingConv conv(ConvProblem p, int most) {
    int pad = p.window().padTop();
    FeatureMap x =
        new Layout(pad, pad, pad, pad, 0, 0).map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = Layout.TIGHT.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    float[] w = new float[p.outputChannels() * p.inputChannels() * p.window().taps()];
    return new RingConv(p, x, y, w, null, List.of(), 8, most);
  }

  @Test
  void theRingIsSmall() {
    RingConv conv = conv(ConvProblem.parse("n1 224x224x3 -> 64 k7 s2 p3 +relu +max3s2p1"), 1);
    KernelSpec spec = conv.spec();
    assertEquals(
        "direct 2x6, 8 lanes, a ring of 9 rows, pooling, 8 lanes", spec.literal().program().name());
    assertEquals(9 * 113 * 64 + 8, conv.scratch().getFirst().floats());
  }

  @Test
  void threadsShareTheRows() {
    RingConv conv = conv(ConvProblem.parse("n1 112x112x3 -> 64 k7 s2 p3 +relu +max3s2p1"), 2);
    assertEquals(28, conv.spec().units());
    assertEquals(2, conv.scratch().size());
  }

  private static String refusal(String problem) {
    return String.valueOf(RingConv.refusal(ConvProblem.parse(problem)));
  }

  @Test
  void largeMapsWithLowWindowsGainByARing() {
    assertNull(RingConv.refusal(ConvProblem.parse("n1 224x224x3 -> 64 k7 s2 p3 +max3s2p1")));
    assertTrue(refusal("n1 13x13x256 -> 256 k1 s1 +max3s2").contains("169 KiB"));
    assertTrue(refusal("n1 7x7x512 -> 2048 k1 s1 +avg7").contains("7 of the convolution's 7"));
  }
}
