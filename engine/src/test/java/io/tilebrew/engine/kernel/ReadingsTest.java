package io.tilebrew.engine.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tilebrew.engine.codegen.BytecodeWriter;
import io.tilebrew.engine.codegen.KernelFactory;
import io.tilebrew.engine.codegen.SourceCompiler;
import io.tilebrew.engine.codegen.SourceWriter;
import io.tilebrew.engine.tile.Floats;
import io.tilebrew.engine.tile.TestArena;
import java.lang.classfile.ClassFile;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The three readings of the kernel language have one meaning. */
class ReadingsTest {
  private static final int PROGRAMS = 30;

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void bytecodeIsTheInterpreter(@ForAll long seed) {
    Program program = RandomPrograms.program(seed);
    check(program, new KernelFactory().define(program), seed);
  }

  /** The virtual machine verifies only the classes that it links, and may be told not to. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void bytecodeIsValid(@ForAll long seed) {
    byte[] bytes = BytecodeWriter.write("a.Random", RandomPrograms.program(seed));
    assertEquals(
        List.of(),
        ClassFile.of().verify(bytes),
        () -> "RandomPrograms.program(%d)".formatted(seed));
  }

  /** Programs are compiled many at a time, since starting javac is what takes long. */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE)
  void sourceIsTheInterpreter(@ForAll long seed) {
    List<Program> programs =
        LongStream.range(seed, seed + PROGRAMS).mapToObj(RandomPrograms::program).toList();
    List<Kernel> kernels = SourceCompiler.compile(programs);
    for (int i = 0; i < PROGRAMS; i++) {
      check(programs.get(i), kernels.get(i), seed + i);
    }
  }

  private static void check(Program program, Kernel kernel, long seed) {
    float[] weights = Floats.ordinary(seed, RandomPrograms.FLOATS);
    for (int i = 0; i < weights.length; i += 2) {
      weights[i] *= 50;
    }
    float[] expected = Floats.ordinary(~seed, RandomPrograms.FLOATS);
    float[] actual = expected.clone();
    int[] arguments = RandomPrograms.arguments(seed);
    new KernelInterpreter(program).run(expected, weights, arguments);
    kernel.run(actual, weights, arguments);
    String text = SourceWriter.write("Random", program);
    TestArena.assertSameBits(
        expected, actual, "RandomPrograms.program(%d)\n%s".formatted(seed, text));
  }
}
