package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.onnx.ElementTypes;
import io.tilebrew.graph.onnx.MessageWriter;
import io.tilebrew.graph.onnx.TensorWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model of opset {@value #OPSET} under construction. Its weights stay where they are until
 * the file is written.
 */
public final class ModelWriter {
  static final int OPSET = 21;
  private static final int IR_VERSION = 10;
  private static final int MAX_MESSAGE = Integer.MAX_VALUE;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /** Below this many bytes a tensor is not worth a place in another file. */
  private static final int LEAST_EXTERNAL = 1024;

  /** Tensors in another file start at multiples of this, so that they can be mapped. */
  private static final int ALIGNMENT = 4096;

  private final MessageWriter nodes = new MessageWriter();
  private final MessageWriter ports = new MessageWriter();
  private final List<Initializer> initializers = new ArrayList<>();
  private final String name;

  private record Initializer(String name, Tensor tensor) {}

  /** A model of a graph called {@code name}. */
  ModelWriter(String name) {
    this.name = name.isEmpty() ? "graph" : name;
  }

  void node(MessageWriter node) {
    nodes.message(1, node);
  }

  void initializer(String name, Tensor tensor) {
    initializers.add(new Initializer(name, tensor));
  }

  /** Declares an input; {@code symbol} stands for its leading dimension unless null. */
  void input(String name, TensorType type, @Nullable String symbol) {
    ports.message(11, port(name, type, symbol));
  }

  /** Declares an output; {@code symbol} stands for its leading dimension unless null. */
  void output(String name, TensorType type, @Nullable String symbol) {
    ports.message(12, port(name, type, symbol));
  }

  private static MessageWriter port(String name, TensorType type, @Nullable String symbol) {
    MessageWriter shape = new MessageWriter();
    int[] dims = type.shape().dims();
    for (int i = 0; i < dims.length; i++) {
      MessageWriter dim = new MessageWriter();
      shape.message(1, i == 0 && symbol != null ? dim.text(2, symbol) : dim.integer(1, dims[i]));
    }
    MessageWriter tensor =
        new MessageWriter().integer(1, ElementTypes.number(type.element())).message(2, shape);
    return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor));
  }

  /** The bytes of the file with all weights in it, perhaps more than it may have. */
  private long size() {
    long size = graphHead().length + 64L;
    for (Initializer i : initializers) {
      size += TensorWriter.head(i.name, i.tensor).length + 16L + TensorWriter.rawBytes(i.tensor);
    }
    return size;
  }

  /** Whether the weights do not fit into the file beside the graph. */
  public boolean needsExternalData() {
    return size() > MAX_MESSAGE;
  }

  /**
   * The file with all weights in it.
   *
   * @throws IllegalArgumentException if it has more than 2 GB
   */
  public byte[] toBytes() {
    if (size() > MAX_ARRAY) {
      throw new IllegalArgumentException(
          "the model has %d bytes, more than an array can hold".formatted(size()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream((int) size());
    try {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes the file with all weights in it. */
  public void write(OutputStream out) throws IOException {
    List<byte[]> heads = new ArrayList<>();
    long size = graphHead().length;
    for (Initializer i : initializers) {
      byte[] head = TensorWriter.head(i.name, i.tensor);
      long length = head.length + TensorWriter.rawBytes(i.tensor);
      byte[] field = new MessageWriter().length(5, length).toBytes();
      heads.add(field);
      heads.add(head);
      size += field.length + length;
    }
    out.write(modelHead(size));
    out.write(graphHead());
    for (int i = 0; i < initializers.size(); i++) {
      out.write(heads.get(2 * i));
      out.write(heads.get(2 * i + 1));
      TensorWriter.writeRaw(initializers.get(i).tensor, out);
    }
  }

  /**
   * Writes the file and its weights apart.
   *
   * @param location the name of the file of the weights, for a reader in the same folder
   */
  public void write(OutputStream out, OutputStream data, String location) throws IOException {
    MessageWriter tensors = new MessageWriter();
    long offset = 0;
    for (Initializer i : initializers) {
      long length = TensorWriter.rawBytes(i.tensor);
      if (length < LEAST_EXTERNAL) {
        tensors.bytes(5, TensorWriter.bytes(i.name, i.tensor));
        continue;
      }
      tensors.bytes(5, TensorWriter.external(i.name, i.tensor, location, offset));
      TensorWriter.writeRaw(i.tensor, data);
      long end = offset + length;
      offset = Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
      data.write(new byte[(int) (offset - end)]);
    }
    byte[] rest = tensors.toBytes();
    out.write(modelHead(graphHead().length + (long) rest.length));
    out.write(graphHead());
    out.write(rest);
  }

  /** The model up to the fields of its graph, which have {@code length} bytes. */
  private static byte[] modelHead(long length) {
    return new MessageWriter()
        .integer(1, IR_VERSION)
        .text(2, "Tilebrew")
        .message(8, new MessageWriter().text(1, "").integer(2, OPSET))
        .length(7, length)
        .toBytes();
  }

  /** The fields of the graph but for the initializers. */
  private byte[] graphHead() {
    return new MessageWriter().append(nodes).text(2, name).append(ports).toBytes();
  }
}
