package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.RandomTensors;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.Tilebrew;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM on the class path, with and without the Vector API. */
class FallbackTest {
  private static final String FLAG = "--add-modules jdk.incubator.vector";
  private static final Tensor INPUT = RandomTensors.of(1, 2, 3, 9, 11);

  @TempDir private Path folder = Path.of("");

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void writeFiles() throws IOException {
    Files.write(folder.resolve("model.onnx"), model());
    new TensorFile("x", INPUT).write(folder.resolve("x.pb"));
  }

  /** A convolution with its epilogue, a softmax, and an addition. */
  private static byte[] model() {
    Proto conv = node("Conv", "a", "x", "w", "b").message(5, TestModel.ints("pads", 1, 1, 1, 1));
    Proto pool =
        node("MaxPool", "c", "r")
            .message(5, TestModel.ints("kernel_shape", 2, 2))
            .message(5, TestModel.ints("strides", 2, 2));
    Proto softmax = node("Softmax", "s", "c").message(5, TestModel.integer("axis", 1));
    return new TestModel(13)
        .input("x", 1, "N", 3, 9, 11)
        .initializer("w", RandomTensors.of(2, 10, 3, 3, 3))
        .initializer("b", RandomTensors.of(3, 10))
        .node(conv)
        .node(node("Relu", "r", "a"))
        .node(pool)
        .node(softmax)
        .node(node("Add", "y", "s", "c"))
        .output("y")
        .bytes();
  }

  private static Proto node(String type, String output, String... inputs) {
    Proto node = new Proto().text(4, type).text(2, output);
    for (String input : inputs) {
      node.text(1, input);
    }
    return node;
  }

  private Outcome run(List<String> flags) throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    String classPath =
        String.join(File.pathSeparator, place(Network.class), place(Tilebrew.class), tests());
    List<String> command = new ArrayList<>(List.of(java, "-Xmx256m"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, ClassPathRun.class.getName()));
    for (String file : List.of("model.onnx", "x.pb", "y.pb")) {
      command.add(folder.resolve(file).toString());
    }
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = process.waitFor();
    return new Outcome(status, Files.readString(out), Files.readString(err));
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The folder of the test classes, which are patched into the module. */
  private static String tests() {
    String file = ClassPathRun.class.getName().replace('.', '/') + ".class";
    String url =
        Objects.requireNonNull(ClassPathRun.class.getResource("ClassPathRun.class")).toString();
    return Path.of(URI.create(url.substring(0, url.length() - file.length()))).toString();
  }

  private Tensor expected() {
    OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
    Network network = Tilebrew.compile(model, CompileOptions.DEFAULT.with(Kernels.GENERIC));
    return network.run(Map.of("x", INPUT)).values().iterator().next();
  }

  private void assertResult(Kernels form) {
    Tensor found = TensorFile.read(folder.resolve("y.pb." + form)).tensor();
    assertEquals(expected().shape(), found.shape());
    assertArrayEquals(expected().floats(), found.floats(), form::toString);
  }

  @Test
  void runsOnReferencesWithOneWarning() throws Exception {
    Outcome outcome = run(List.of());
    assertEquals(0, outcome.status, outcome.err);
    assertEquals(1, outcome.err.lines().filter(line -> line.contains(FLAG)).count(), outcome.err);
    for (Kernels form : List.of(Kernels.TIERED, Kernels.ON_WARM_UP, Kernels.REFERENCE)) {
      assertResult(form);
    }
    assertEquals(
        List.of(
            "kernels are LITERAL, which this JVM runs only with " + FLAG,
            "kernels are GENERIC, which this JVM runs only with " + FLAG),
        outcome.out.lines().toList());
  }

  @Test
  void runsOnKernelsWithTheFlag() throws Exception {
    Outcome outcome = run(List.of(FLAG.split(" ")));
    assertEquals(0, outcome.status, outcome.err);
    assertEquals("", outcome.out);
    assertFalse(outcome.err.contains(FLAG), outcome.err);
    for (Kernels form : Kernels.values()) {
      assertResult(form);
    }
  }
}
