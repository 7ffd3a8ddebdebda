package io.tilebrew.engine.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.problem.Window;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The parts of a kernel, in any order, do what the whole does. */
class CutTest {
  @Provide
  Arbitrary<ConvProblem> convolutions() {
    return ConvProblems.any();
  }

  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Layout> layouts() {
    return Layout.any();
  }

  private static void check(KernelSpec spec, FeatureMap x, FeatureMap y, int batch, int most) {
    TestArena whole = new TestArena(batch, x, y);
    whole.put(x, Floats.ordinary(most, batch * x.channels() * x.height() * x.width()));
    TestArena before = whole.copy();
    whole.run(new KernelInterpreter(spec.literal()), spec.weights(), spec.arguments());
    List<KernelSpec> parts = spec.cut(most);
    List<Function<KernelSpec, Program>> readings =
        List.of(KernelSpec::literal, KernelSpec::generic);
    for (Function<KernelSpec, Program> reading : readings) {
      TestArena cut = before.copy();
      for (KernelSpec part : parts.reversed()) {
        cut.run(new KernelInterpreter(reading.apply(part)), part.weights(), part.arguments());
      }
      TestArena.assertSameBits(whole.get(y), cut.get(y), parts.size() + " parts");
      cut.assertOnlyChanged(y, before, parts.size() + " parts");
    }
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void theConvolutions(
      @ForAll("convolutions") ConvProblem p,
      @ForAll("layouts") Layout from,
      @ForAll("layouts") Layout to,
      @ForAll @IntRange(min = 2, max = 5) int most) {
    Window w = p.window();
    FeatureMap x =
        from.plus(w.padTop(), w.padLeft(), w.padBottom(), w.padRight())
            .map("x", p.height(), p.width(), p.inputChannels());
    FeatureMap y = to.map("y", p.outputHeight(), p.outputWidth(), p.outputChannels());
    int weights = p.outputChannels() * p.inputChannels() / p.group() * w.taps();
    KernelSpec spec = Kernels.convolution(p, x, y, Floats.ordinary(1, weights), null, 4);
    check(spec, x, y, p.batch(), most);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void othersThanConvolutions(
      @ForAll("maps") MapCase maps, @ForAll @IntRange(min = 2, max = 5) int most) {
    FeatureMap x = maps.from().map("x", maps.height(), maps.width(), maps.channels());
    FeatureMap y = maps.to().map("y", maps.height(), maps.width(), maps.channels());
    check(Kernels.activation(new Activation.Silu(), x, y, 4), x, y, maps.batch(), most);
    check(Kernels.softmax(x, y, 4), x, y, maps.batch(), most);
    Window w = Window.square(3, 2, 1);
    Assume.that(maps.height() > 1 && maps.width() > 1);
    FeatureMap z =
        maps.to().map("z", w.outputHeight(x.height()), w.outputWidth(x.width()), maps.channels());
    check(Kernels.maxPool(w, x, z, 4), x, z, maps.batch(), most);
    check(Kernels.averagePool(w, true, x, z, 4), x, z, maps.batch(), most);
    check(Kernels.averagePool(w, false, x, z, 4), x, z, maps.batch(), most);
  }

  private static int programs(KernelSpec spec, int most) {
    Set<Program> programs = new HashSet<>();
    spec.cut(most).forEach(part -> programs.add(part.literal()));
    return programs.size();
  }

  /** Parts of equal size share a program, and so what the JIT compiler makes of it. */
  @Test
  void equalPartsShareOneProgram() {
    FeatureMap x = Layout.TIGHT.map("x", 12, 8, 5);
    FeatureMap y = Layout.TIGHT.map("y", 6, 4, 5);
    KernelSpec pool = Kernels.maxPool(Window.square(2, 2, 0), x, y, 8);
    assertEquals(3, pool.cut(3).size());
    assertEquals(1, programs(pool, 3));
    assertEquals(2, programs(pool, 4));
    assertEquals(6, pool.cut(9).size());
    KernelSpec copy = Kernels.activation(Activation.NONE, x, x, 8);
    assertEquals(1, programs(copy, 4));
  }
}
