package io.tilebrew.engine.tile;

import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.KernelInterpreter;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.reference.FloatMath;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialTest {
  private static final int COUNT = 1 << 12;

  /** A way to write a function and its reference. */
  private enum Form {
    WHOLE,
    BOUNDED;

    Vec write(Code code, Vec x) {
      return this == WHOLE ? Exponential.write(code, "e", x) : Exponential.bounded(code, "e", x);
    }

    float reference(float x) {
      return this == WHOLE ? FloatMath.exp(x) : FloatMath.boundedExp(x);
    }
  }

  /** A program that replaces the first COUNT floats of the arena by their exponentials. */
  private static Program program(Form form, int lanes) {
    Code code = new Code(List.of());
    code.loop(
        "i",
        Index.of(0),
        Index.of(COUNT),
        lanes,
        (inner, i) -> {
          Vec x = new Vec.Load(Memory.ARENA, i);
          inner.store(i, form.write(inner, x), Index.of(lanes));
        });
    Procedure main = new Procedure("exponentials", List.of(), code.statements());
    return new Program("exponentials", lanes, List.of(), main, List.of());
  }

  private static void check(Form form, Kernel kernel, float[] x) {
    float[] expected = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      expected[i] = form.reference(x[i]);
    }
    float[] actual = x.clone();
    kernel.run(actual, new float[0], new int[0]);
    for (int i = 0; i < COUNT; i++) {
      TestArena.assertSameBits(
          new float[] {expected[i]}, new float[] {actual[i]}, form + " exp(" + x[i] + ")");
    }
  }

  /** Floats of evenly spaced bit patterns: all signs and exponents, NaN and the infinities. */
  private static float[] spread(int offset) {
    float[] x = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      x[i] = Float.intBitsToFloat(i * (int) ((1L << 32) / COUNT) + offset);
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16})
  void isTheReferenceEverywhere(int lanes) {
    for (Form form : Form.values()) {
      Kernel kernel = new KernelFactory().define(program(form, lanes));
      check(form, kernel, spread(0));
      check(form, kernel, spread(12345));
      check(form, kernel, range(-105, 90, lanes));
    }
  }

  @ParameterizedTest
  @EnumSource
  void isTheReferenceInTheInterpreter(Form form) {
    Kernel kernel = new KernelInterpreter(program(form, 4));
    check(form, kernel, spread(0));
    check(form, kernel, range(-105, 90, 1));
  }

  @Provide
  Arbitrary<Float> edges() {
    return Arbitraries.of(
        0f,
        FloatMath.EXP_LEAST,
        FloatMath.BOUNDED_EXP_LEAST,
        FloatMath.EXP_GREATEST,
        88.72284f,
        -87.33655f,
        -103.97208f);
  }

  @Property(tries = 20)
  void isTheReferenceAtTheEdges(@ForAll Form form, @ForAll("edges") float edge, @ForAll long seed) {
    float width = 0x1p-10f * Math.max(1, Math.abs(edge));
    Kernel kernel = new KernelFactory().define(program(form, 8));
    check(form, kernel, range(edge - width, edge + width, seed));
  }

  private static float[] range(float least, float most, long seed) {
    Random random = new Random(seed);
    float[] x = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      x[i] = random.nextFloat(least, most);
    }
    return x;
  }
}
