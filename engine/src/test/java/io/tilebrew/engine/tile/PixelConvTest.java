package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.codegen.SourceCompiler;
import io.tilebrew.engine.kernel.KernelInterpreter;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PixelConvTest {
  @Provide
  Arbitrary<ConvCase> convolutions() {
    return ConvCase.any(ConvProblems.ofOneChannel(), Arbitraries.just(0))
        .filter(ConvCase::takesPixels);
  }

  @Provide
  Arbitrary<ConvCase> special() {
    return ConvCase.any(ConvProblems.ofOneChannel(), Arbitraries.of(2, 20, 200))
        .filter(ConvCase::takesPixels);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theLiteralFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkByPixels(spec -> new KernelFactory().define(spec.literal().program()));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void theGenericFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkByPixels(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkByPixels(spec -> new KernelInterpreter(spec.literal().program()));
    c.checkByPixels(spec -> new KernelInterpreter(spec.generic().program()));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void specialValuesComeOutAsTheyShould(@ForAll("special") ConvCase c) {
    c.checkByPixels(spec -> new KernelFactory().define(spec.literal().program()));
    c.checkByPixels(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Provide
  Arbitrary<ConvCase> planar() {
    return ConvCase.any(ConvProblems.ofOneChannel(), Arbitraries.of(0, 0, 2, 20))
        .map(ConvCase::toPlanes)
        .filter(ConvCase::takesPixels);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void planarOutputsAreTheReference(@ForAll("planar") ConvCase c) {
    c.checkByPixels(spec -> new KernelFactory().define(spec.literal().program()));
    c.checkByPixels(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterOfPlanarOutputsIsTheReference(@ForAll("planar") ConvCase c) {
    c.checkByPixels(spec -> new KernelInterpreter(spec.literal().program()));
    c.checkByPixels(spec -> new KernelInterpreter(spec.generic().program()));
  }

  /** A vector of the convolution begins with a pooling window, or else they meet in scratch. */
  @ParameterizedTest
  @CsvSource({
    "n1 32x32x1 -> 6 k5 s1 +relu +max2, true",
    "n1 33x33x1 -> 6 k5 s1 +relu +max2, false",
    "n1 33x33x1 -> 6 k5 s1 +relu, true",
    "n1 64x64x1 -> 6 k5 s1 +relu +max3, false"
  })
  void columnsArePooledInRegistersIfWindowsFit(String problem, boolean expected) {
    assertEquals(expected, PixelConv.poolsInRegisters(ConvProblem.parse(problem), 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n2 32x32x1 -> 6 k5 s1 +relu +max2",
        "n1 28x28x1 -> 20 k5 s1 +relu +max2",
        "n1 28x28x1 -> 32 k3 s1 p1 +relu",
        "n1 64x100x1 -> 7 k3 s1 p1 +clip(0.0,6.0) +max3"
      })
  void layersOfRealNetworksAreTheReference(String problem) {
    for (int lanes : new int[] {4, 8, 16}) {
      ConvProblem p = ConvProblem.parse(problem);
      ConvCase c = new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, lanes, lanes, 0);
      check(c);
      if (c.toPlanes().takesPixels()) {
        check(c.toPlanes());
      }
    }
  }

  private static void check(ConvCase c) {
    c.checkByPixels(spec -> new KernelFactory().define(spec.literal().program()));
    c.checkByPixels(spec -> new KernelFactory().define(spec.generic().program()));
    if (c.lanes() == 8) {
      c.checkByPixels(spec -> SourceCompiler.compile(List.of(spec.literal().program())).getFirst());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "n1 32x32x1 -> 6 k5 s1 +relu +max2, 16, true",
    "n1 32x32x1 -> 6 k5 s1 +relu +max2, 8, false",
    "n1 32x32x1 -> 16 k5 s1 +relu +max2, 16, false",
    "n1 32x32x1 -> 6 k5 s1 +relu +avg2, 16, false",
    "n1 32x32x1 -> 6 k5 s1 +tanh, 16, false",
    "n1 32x32x1 -> 6 k5 s2 +relu, 16, false",
    "n1 32x32x2 -> 6 k5 s1 +relu +max2, 16, false",
    "n1 12x12x1 -> 6 k5 s1 +relu +max2, 16, false"
  })
  void itIsForFewOutputsOfWideRows(String problem, int lanes, boolean expected) {
    ConvProblem p = ConvProblem.parse(problem);
    FeatureMap x = Layout.TIGHT.map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = Layout.TIGHT.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    assertEquals(expected, PixelConv.isFaster(p, x, y, lanes));
  }
}
