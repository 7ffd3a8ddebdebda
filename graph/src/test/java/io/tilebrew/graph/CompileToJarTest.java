package io.tilebrew.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.CompiledJar;
import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Reduction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileToJarTest {
  private static final CompileOptions OPTIONS = CompileOptions.DEFAULT.with(Kernels.ON_WARM_UP);
  private static final int IN = 3 * 12 * 12;
  private static final int OUT = 8 * 5 * 5;

  @TempDir Path folder = Path.of("");
  private Path jar = folder;

  @BeforeEach
  void path() {
    jar = folder.resolve("network.jar");
  }

  /** A convolution and a pooling of images of 3x12x12. */
  private static OnnxFile file() {
    GraphBuilder graph = new GraphBuilder("small");
    Value x = graph.input("x", new TensorType(DataType.FLOAT32, Shape.of(1, 3, 12, 12)));
    Value w = graph.constant("w", RandomTensors.of(1, 8, 3, 3, 3));
    Value conv = graph.add("conv", new Conv(Window.square(3, 1, 0), 1), x, w);
    Value relu = graph.add("relu", new Activate(new Activation.Relu()), conv);
    graph.output("y", graph.add("pool", new MaxPool(Window.square(2, 2, 0), false), relu));
    return new OnnxFile(graph.build());
  }

  private static OnnxModel model(OnnxFile file) {
    return OnnxModel.read(file.bytes());
  }

  private static float[] run(Network network, int images) {
    float[] out = new float[images * OUT];
    network.run(RandomTensors.of(images, images, IN).floats(), out);
    return out;
  }

  @Test
  void anyBatchGivesTheBitsOfTheModel() throws IOException {
    OnnxModel model = model(file().withBatch("N"));
    Tilebrew.compileToJar(model, OPTIONS.withThreads(2), Map.of("N", 7), jar);
    CompiledJar read = CompiledJar.read(jar);
    assertEquals(Optional.of("N"), read.batch());
    assertEquals(Map.of("N", 1), read.sizes());
    assertEquals(2, read.threads());
    assertEquals(8L * 10 * 10 * 27, read.multiplyAdds());
    Network expected = Tilebrew.compile(model, OPTIONS);
    assertEquals(expected.inputs(), read.network().inputs());
    assertEquals(expected.outputs(), read.network().outputs());
    for (int images : new int[] {1, 2, 19}) {
      assertArrayEquals(run(expected, images), run(read.network(), images));
    }
    assertTrue(read.network().warmUp(Duration.ofMinutes(1)));
    assertArrayEquals(run(expected, 3), run(read.network(), 3));
    assertArrayEquals(run(expected, 3), run(CompiledJar.load(jar), 3));
  }

  @Test
  void fixedSizesStayFixed() throws IOException {
    Tilebrew.compileToJar(model(file()), OPTIONS, Map.of(), jar);
    CompiledJar read = CompiledJar.read(jar);
    assertEquals(Optional.empty(), read.batch());
    assertArrayEquals(run(Tilebrew.compile(model(file()), OPTIONS), 1), run(read.network(), 1));
    assertThrows(IllegalArgumentException.class, () -> run(read.network(), 2));
  }

  @Test
  void theSameModelMakesTheSameBytes() throws IOException {
    Tilebrew.compileToJar(model(file()), OPTIONS, Map.of(), jar);
    byte[] first = Files.readAllBytes(jar);
    Tilebrew.compileToJar(model(file()), OPTIONS, Map.of(), jar);
    assertArrayEquals(first, Files.readAllBytes(jar));
  }

  @Test
  void whatHasNoKernelIsRefused() {
    GraphBuilder graph = new GraphBuilder("counts");
    Value x = graph.input("x", new TensorType(DataType.INT64, Shape.of(4)));
    graph.output("y", graph.add("sum of", new Reduction.CumSum(0, false, false), x));
    OnnxModel model = model(new OnnxFile(graph.build()));
    ModelException e =
        assertThrows(
            ModelException.class, () -> Tilebrew.compileToJar(model, OPTIONS, Map.of(), jar));
    assertTrue(e.isUnsupported(), e.toString());
    assertTrue(e.toString().endsWith(", which a jar needs for each: 'sum of'"), e.toString());
    assertFalse(Files.exists(jar));
    assertThrows(
        IllegalArgumentException.class,
        () -> Tilebrew.compileToJar(model, OPTIONS.with(Kernels.REFERENCE), Map.of(), jar));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Files.writeString(jar, "no jar");
    IOException e = assertThrows(IOException.class, () -> CompiledJar.read(jar));
    assertTrue(String.valueOf(e.getMessage()).startsWith(jar + " is no sound jar: "), e.toString());
    assertThrows(IOException.class, () -> CompiledJar.read(folder.resolve("none.jar")));
  }

  /** A jar that was damaged on its way is refused, unless what was damaged does not matter. */
  @RepeatedTest(300)
  void aChangedByteIsFoundOrDoesNotMatter(RepetitionInfo info) throws IOException {
    Tilebrew.compileToJar(model(file()), OPTIONS, Map.of(), jar);
    float[] expected = run(CompiledJar.read(jar).network(), 1);
    byte[] bytes = Files.readAllBytes(jar);
    Random random = new Random(info.getCurrentRepetition());
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    boolean isCut = random.nextInt(4) == 0;
    Files.write(jar, isCut ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
    try {
      assertArrayEquals(expected, run(CompiledJar.read(jar).network(), 1));
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith(jar.toString()), e.toString());
    }
  }
}
