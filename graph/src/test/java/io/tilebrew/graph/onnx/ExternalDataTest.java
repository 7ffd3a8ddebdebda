package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalDataTest {
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void writeWeights() throws IOException {
    folder = Files.createDirectory(outside.resolve("model"));
    byte[] bytes = new Proto().rawFloats(1, 2, 3, 4).bytes();
    Files.write(folder.resolve("weights.bin"), bytes);
    Files.write(outside.resolve("secret.bin"), bytes);
    Files.createDirectory(folder.resolve("part"));
    Files.write(folder.resolve("part/weights.bin"), bytes);
  }

  private static Proto entry(String key, String value) {
    return new Proto().text(1, key).text(2, value);
  }

  private TensorFile read(String location, String... more) throws IOException {
    Proto tensor =
        new Proto()
            .text(8, "w")
            .varint(1, 2)
            .varint(2, 1)
            .varint(14, 1)
            .message(13, entry("location", location));
    for (int i = 0; i < more.length; i += 2) {
      tensor.message(13, entry(more[i], more[i + 1]));
    }
    Path file = folder.resolve("tensor.pb");
    Files.write(file, tensor.bytes());
    return TensorFile.read(file);
  }

  private void refused(String problem, String location, String... more) {
    String message = Refusal.of(() -> read(location, more));
    assertTrue(message.startsWith("tensor 'w': ") && message.contains(problem), message);
  }

  @Test
  void aPartOfAFileInTheFolderIsRead() throws IOException {
    assertArrayEquals(new float[] {1, 2}, read("weights.bin").tensor().floats());
    assertArrayEquals(
        new float[] {3, 4},
        read("./part/weights.bin", "offset", "8", "length", "8").tensor().floats());
  }

  @Test
  void pathsOutOfTheFolderAreRefused() {
    String plain = "expected the plain name";
    refused(plain, "../secret.bin");
    refused(plain, "part/../../secret.bin");
    refused(plain, outside.resolve("secret.bin").toString());
    refused(plain, "..\\secret.bin");
    refused(plain, "C:secret.bin");
    refused(plain, "weights.bin\0.txt");
    refused(plain, "");
  }

  @Test
  void whatIsNoRegularFileIsRefused() {
    refused("no regular file", ".");
    refused("no regular file", "part");
    refused("no regular file", "missing.bin");
  }

  @Test
  void linksAreRefused() throws IOException {
    assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("unix"),
        "needs a file system with links");
    Files.createSymbolicLink(folder.resolve("link.bin"), folder.resolve("weights.bin"));
    refused("symbolic link", "link.bin");
    Files.createSymbolicLink(folder.resolve("parts"), outside);
    refused("symbolic link", "parts/secret.bin");
    Files.createLink(folder.resolve("hard.bin"), outside.resolve("secret.bin"));
    refused("more than one hard link", "hard.bin");
  }

  @Test
  void theRangeIsInTheFile() {
    refused("has offset '-8', expected a number", "weights.bin", "offset", "-8");
    refused("expected 8 from offset 12", "weights.bin", "offset", "12");
    refused("expected 8 from offset", "weights.bin", "offset", "999999999999999999");
    refused("has 12 bytes of external data, expected 8", "weights.bin", "length", "12");
  }

  @Test
  void aModelInMemoryHasNoFolder() {
    byte[] bytes =
        new Proto()
            .text(8, "w")
            .varint(2, 1)
            .varint(14, 1)
            .message(13, entry("location", "weights.bin"))
            .bytes();
    assertThrows(ModelException.class, () -> TensorFile.read(bytes));
  }

  @Test
  void aFileCutShortWhileMappedIsAModelException() throws IOException {
    assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("unix"),
        "needs a file system where a mapped file can be cut");
    Path file = folder.resolve("model.onnx");
    Tensor weight = Tensor.of(Shape.of(1 << 20), new float[1 << 20]);
    TestModel model =
        TestModel.model(13, TestModel.node("Add", "x", "w"), 1 << 20).initializer("w", weight);
    Files.write(file, model.bytes());
    OnnxModel mapped = OnnxModel.read(file);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(100);
    }
    String message = Refusal.of(mapped::graph);
    assertTrue(message.contains("cut short"), message);
  }

  @Test
  void aMappedModelIsReadWithItsExternalData() throws IOException {
    Proto weight =
        new Proto()
            .text(8, "w")
            .varint(1, 4)
            .varint(2, 1)
            .varint(14, 1)
            .message(13, entry("location", "weights.bin"));
    TestModel model = TestModel.model(13, TestModel.node("Add", "x", "w"), 4).add(5, weight);
    Path file = folder.resolve("model.onnx");
    Files.write(file, model.bytes());
    Graph graph = OnnxModel.read(file).graph();
    Tensor constant = graph.nodes().getFirst().constant();
    assertArrayEquals(
        new float[] {1, 2, 3, 4}, constant == null ? new float[0] : constant.floats());
  }
}
