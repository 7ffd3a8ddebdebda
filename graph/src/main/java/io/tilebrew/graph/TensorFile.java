package io.tilebrew.graph;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.onnx.Source;
import io.tilebrew.graph.onnx.TensorProto;
import io.tilebrew.graph.onnx.TensorWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tensor with a name, in the format of ONNX's test data (a file with one TensorProto).
 *
 * @param name the name, perhaps empty
 * @param tensor the numbers; every {@link DataType} is supported
 */
public record TensorFile(String name, Tensor tensor) {
  /**
   * Reads the file at {@code path}.
   *
   * @throws ModelException if it cannot be read or is no tensor of a supported type
   */
  public static TensorFile read(Path path) {
    return of(TensorProto.read(Source.map(path)));
  }

  /**
   * Reads a tensor from the bytes of a file.
   *
   * @throws ModelException if they are no tensor of a supported type
   */
  public static TensorFile read(byte[] bytes) {
    return of(TensorProto.read(Source.of(bytes)));
  }

  private static TensorFile of(TensorProto proto) {
    return new TensorFile(proto.name(), proto.tensor());
  }

  /**
   * The bytes of the file.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  public byte[] bytes() {
    return TensorWriter.bytes(name, tensor);
  }

  /** Writes the file to {@code path}. */
  public void write(Path path) throws IOException {
    Files.write(path, bytes());
  }
}
