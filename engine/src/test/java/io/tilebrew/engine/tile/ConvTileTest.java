package io.tilebrew.engine.tile;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.codegen.SourceCompiler;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvTileTest {
  @Provide
  Arbitrary<ConvCase> convolutions() {
    return ConvCase.any(ConvProblems.any(), Arbitraries.just(0));
  }

  @Provide
  Arbitrary<ConvCase> dense() {
    return ConvCase.any(ConvProblems.dense(), Arbitraries.just(0));
  }

  @Provide
  Arbitrary<ConvCase> bfloat16() {
    return ConvCase.any(ConvProblems.bfloat16(), Arbitraries.of(0, 0, 20));
  }

  @Provide
  Arbitrary<ConvCase> special() {
    Arbitrary<ConvProblem> problems = Arbitraries.oneOf(ConvProblems.any(), ConvProblems.dense());
    return ConvCase.any(problems, Arbitraries.of(2, 20, 200));
  }

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void theLiteralFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.literal().program()));
  }

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void theGenericFormIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.check(spec -> new KernelFactory().define(spec.generic().program()));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterIsTheReference(@ForAll("convolutions") ConvCase c) {
    c.checkInterpreted();
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void denseLayersAreTheReference(@ForAll("dense") ConvCase c) {
    c.checkCompiled();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void bfloat16WeightsAreTheReference(@ForAll("bfloat16") ConvCase c) {
    c.checkCompiled();
    c.checkInterpreted();
  }

  /** Those whose code is not too long for a method, whatever the size of a tile. */
  @Provide
  Arbitrary<ConvCase> tileable() {
    return ConvCase.any(
        Arbitraries.oneOf(
                ConvProblems.any(),
                ConvProblems.dense(),
                ConvProblems.bfloat16(),
                ConvProblems.bfloat16())
            .filter(p -> p.pool() == null || !Epilogue.isLong(p.epilogue())),
        Arbitraries.just(0));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void tilesOfAnySizeAreTheReference(
      @ForAll("tileable") ConvCase c,
      @ForAll @IntRange(min = 1, max = 5) int vectors,
      @ForAll @IntRange(min = 1, max = 10) int pixels) {
    c.checkTiles(new TileSize(vectors, pixels));
  }

  @Provide
  Arbitrary<ConvCase> blocked() {
    return ConvCase.blocked(ConvProblems.any());
  }

  @Provide
  Arbitrary<ConvCase> pointwise() {
    return ConvCase.blocked(
        ConvProblems.any().map(p -> p.pool() == null ? ConvProblems.pointwise(p) : p));
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void blocksOfChannelsAreTheReference(@ForAll("blocked") ConvCase c) {
    c.checkCompiled();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void pointwiseConvolutionsOfBlocksAreTheReference(@ForAll("pointwise") ConvCase c) {
    c.checkCompiled();
  }

  @Provide
  Arbitrary<ConvCase> roomy() {
    Arbitrary<ConvCase> cases =
        ConvCase.blocked(
                ConvProblems.any()
                    .filter(p -> p.group() == 1 && p.epilogue().inputs() == 0)
                    .filter(p -> p.algorithm() == Algorithm.DIRECT))
            .filter(c -> !RingConv.isWanted(c.problem(), List.of()))
            .filter(c -> c.problem().outputChannels() > c.lanes());
    return Combinators.combine(cases, Arbitraries.integers().between(1, 15))
        .as((c, less) -> c.withRoom(1 + less % (c.lanes() - 1)));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void outputsWithRoomAreTheReference(@ForAll("roomy") ConvCase c) {
    c.checkCompiled();
  }

  @Provide
  Arbitrary<ConvCase> planar() {
    return ConvCase.any(
            ConvProblems.any()
                .filter(p -> p.group() == 1)
                .filter(p -> !RingConv.isWanted(p, List.of())),
            Arbitraries.of(0, 0, 20))
        .map(ConvCase::fromPlanes);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void planesAreTheReference(@ForAll("planar") ConvCase c) {
    c.checkCompiled();
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterOfPlanesIsTheReference(@ForAll("planar") ConvCase c) {
    c.checkInterpreted();
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void tilesOfAnySizeOverPlanesAreTheReference(
      @ForAll("planar") ConvCase c,
      @ForAll @IntRange(min = 1, max = 5) int vectors,
      @ForAll @IntRange(min = 1, max = 10) int pixels) {
    Assume.that(c.problem().pool() == null || !Epilogue.isLong(c.problem().epilogue()));
    c.checkTiles(new TileSize(vectors, pixels));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n2 14x14x6 -> 16 k5 s1 +relu +max2",
        "n1 12x12x8 -> 20 k3 s1 p1 +relu",
        "n1 9x13x9 -> 33 k3 s2 p1 +relu",
        "n2 6x6x5 -> 16 k1 s1 +relu +max2",
        "n3 5x5x6 -> 24 k5 s1 +relu"
      })
  void planesOfRealNetworksAreTheReference(String problem) {
    for (int lanes : new int[] {4, 8, 16}) {
      ConvProblem p = ConvProblem.parse(problem);
      ConvCase c = new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, lanes, lanes, 0).fromPlanes();
      c.checkCompiled();
      if (lanes == 8) {
        c.check(spec -> SourceCompiler.compile(List.of(spec.literal().program())).getFirst());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n1 5x6x32 -> 32 k3 s1 p1 g32 +add +relu",
        "n2 7x5x32 -> 32 k3 s2 p1 g32 +add +silu +mul",
        "n1 5x6x16 -> 32 k1 s1 +add +tanh +add",
        "n1 9x9x16 -> 32 k3 s1 p1 w2 +add +relu"
      })
  void operandsAloneMayBeInBlocks(String problem) {
    for (int seed = 0; seed < 4; seed++) {
      for (int lanes : new int[] {4, 8, 16}) {
        ConvProblem p = ConvProblem.parse(problem);
        new ConvCase(p, Layout.TIGHT, Layout.TIGHT, true, lanes, seed, 0).checkCompiled();
      }
    }
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theInterpreterOfBlocksIsTheReference(@ForAll("pointwise") ConvCase c) {
    c.checkInterpreted();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void specialValuesComeOutAsTheyShould(@ForAll("special") ConvCase c) {
    c.checkCompiled();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n2 28x28x1 -> 6 k5 s1 p2 +relu +max2",
        "n1 14x14x6 -> 16 k5 s1 +relu +max2",
        "n3 5x5x16 -> 120 k5 s1 +relu",
        "n2 3x3x16 -> 90 k3 s1 bf16 +relu",
        "n2 9x9x3 -> 64 k7 s2 p3 +relu",
        "n1 7x7x16 -> 32 k1 s1 +clip(0.0,6.0)",
        "n2 13x13x144 -> 1008 k1 s1 +relu",
        "n3 7x7x256 -> 128 k1 s1 +add +relu",
        "n2 5x5x160 -> 77 k1 s1 +add +relu",
        "n1 14x14x256 -> 64 k1 s2 +add +relu",
        "n1 9x9x384 -> 48 k1 s1 +add +relu",
        "n1 5x4x512 -> 240 k3 s2 p1 +add +relu",
        "n2 14x14x32 -> 32 k3 s1 p1 g32 +clip(0.0,6.0)",
        "n1 15x15x16 -> 16 k5 s2 p2 g16 +add",
        "n1 15x15x32 -> 48 k3 s2 p1 +relu",
        "n1 8x8x12 -> 12 k3 s1 p1 g12 +clip(0.0,6.0)",
        "n1 14x14x32 -> 32 k3 s2 p1 g8 +relu",
        "n2 9x11x24 -> 24 k3 s1 p1 g12 +silu +add",
        "n1 7x20x56 -> 56 k3 s1 p1 g7 +relu",
        "n1 9x9x64 -> 96 k3 s1 p1 g2 +relu",
        "n1 1x13x5 -> 7 k1 s1 +max1x2"
      })
  void layersOfRealNetworksAreTheReference(String problem) {
    ConvCase.check(problem);
  }
}
