package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the bytes are, they are read or refused by a {@link ModelException}. */
class HostileBytesTest {
  private static final List<byte[]> MODELS = models();

  /** A part of a file replaced by other bytes. */
  record Edit(int at, int removed, byte[] inserted) {
    @Override
    public String toString() {
      return "at %d -%d +%s".formatted(at, removed, Arrays.toString(inserted));
    }

    byte[] apply(byte[] bytes) {
      int from = Math.min(at, bytes.length);
      int to = Math.min(from + removed, bytes.length);
      byte[] result = Arrays.copyOf(bytes, from + inserted.length + bytes.length - to);
      System.arraycopy(inserted, 0, result, from, inserted.length);
      System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
      return result;
    }
  }

  private static List<byte[]> models() {
    Tensor weight = Tensor.of(Shape.of(2, 1, 3, 3), new float[18]);
    Tensor shape = Tensor.of(Shape.of(2), 1L, -1L);
    byte[] convolution =
        new TestModel(13)
            .input("x", 1, "batch", 1, 8, 8)
            .initializer("w", weight)
            .initializer("s", shape)
            .node(conv("x", "w", "c"))
            .node(new Proto().text(4, "Relu").text(1, "c").text(2, "r"))
            .node(TestModel.node("Reshape", "r", "s"))
            .output("y")
            .bytes();
    byte[] shapes =
        new TestModel(13)
            .input("x", 1, 2, 3, 4)
            .initializer("zero", Tensor.of(Shape.of(1), 0L))
            .node(new Proto().text(4, "Shape").text(1, "x").text(2, "s"))
            .node(new Proto().text(4, "Gather").text(1, "s").text(1, "zero").text(2, "n"))
            .node(constant())
            .node(
                new Proto()
                    .text(4, "Concat")
                    .text(1, "n")
                    .text(1, "k")
                    .text(2, "t")
                    .message(5, TestModel.integer("axis", 0)))
            .node(TestModel.node("Reshape", "x", "t"))
            .output("y")
            .bytes();
    return List.of(convolution, shapes);
  }

  private static Proto conv(String x, String w, String y) {
    return new Proto()
        .text(1, x)
        .text(1, w)
        .text(2, y)
        .text(4, "Conv")
        .message(5, TestModel.ints("pads", 1, 1, 1, 1))
        .message(5, TestModel.string("auto_pad", "NOTSET"))
        .message(5, TestModel.integer("group", 1));
  }

  private static Proto constant() {
    return new Proto()
        .text(4, "Constant")
        .text(2, "k")
        .message(5, TestModel.tensor("value", Tensor.of(Shape.of(1), -1L)));
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(12);
    return Combinators.combine(
            Arbitraries.integers().between(0, 400), Arbitraries.integers().between(0, 12), bytes)
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Property
  void editedModelsAreReadOrRefused(
      @ForAll("model") byte[] model, @ForAll("edits") List<Edit> edits) {
    byte[] bytes = model;
    for (Edit edit : edits) {
      bytes = edit.apply(bytes);
    }
    read(bytes);
  }

  @Property
  void flippedBitsAreReadOrRefused(
      @ForAll("model") byte[] model, @ForAll("positions") List<Integer> bits) {
    byte[] bytes = model.clone();
    for (int bit : bits) {
      bytes[bit / 8 % bytes.length] ^= (byte) (1 << bit % 8);
    }
    read(bytes);
  }

  @Provide
  Arbitrary<byte[]> model() {
    return Arbitraries.of(MODELS);
  }

  @Provide
  Arbitrary<List<Integer>> positions() {
    return Arbitraries.integers().between(0, 4000).list().ofMinSize(1).ofMaxSize(5);
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
    read(bytes);
    readTensor(bytes);
  }

  @Property
  void editedTensorsAreReadOrRefused(@ForAll("edits") List<Edit> edits) {
    byte[] bytes = new TensorFile("t", Tensor.of(Shape.of(2, 3), new float[6])).bytes();
    for (Edit edit : edits) {
      bytes = new Edit(edit.at() % 50, edit.removed(), edit.inserted()).apply(bytes);
    }
    readTensor(bytes);
  }

  @Property(tries = 20)
  void everyPrefixIsReadOrRefused(@ForAll("model") byte[] model) {
    for (int length = 0; length < model.length; length++) {
      read(Arrays.copyOf(model, length));
    }
  }

  private static void read(byte[] bytes) {
    List<Object> seen = new ArrayList<>();
    try {
      OnnxModel model = OnnxModel.read(bytes);
      seen.add(model.operators());
      seen.add(model.graph(Map.of()).toString());
    } catch (ModelException expected) {
      seen.add(expected);
    }
    assert !seen.isEmpty();
  }

  private static void readTensor(byte[] bytes) {
    try {
      assert TensorFile.read(bytes).tensor().size() <= 8 * bytes.length;
    } catch (ModelException expected) {
      assert expected.getMessage() != null;
    }
  }
}
