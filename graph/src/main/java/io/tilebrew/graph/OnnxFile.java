package io.tilebrew.graph;

import io.tilebrew.graph.onnx.export.Exporter;
import io.tilebrew.graph.onnx.export.ModelWriter;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A graph in ONNX format (opset 21, IR version 10), before or after passes. Read again it is the
 * same graph, but that an epilogue has become nodes of its own, and layouts are gone.
 *
 * @param graph the graph
 * @param batch the symbol that stands for the leading dimension of the inputs and of what is
 *     computed from them, or null to keep the sizes
 */
public record OnnxFile(Graph graph, @Nullable String batch) {
  /** A file with the sizes of {@code graph}. */
  public OnnxFile(Graph graph) {
    this(graph, null);
  }

  /** The same with the batch open under the name {@code symbol}. */
  public OnnxFile withBatch(String symbol) {
    return new OnnxFile(graph, symbol);
  }

  /**
   * The bytes of the file.
   *
   * @throws ModelException if ONNX cannot express a node, or the batch is to be open but a node
   *     does not treat each image alone
   * @throws IllegalArgumentException if there are more bytes than an array can hold
   */
  public byte[] bytes() {
    return Exporter.export(graph, batch).toBytes();
  }

  /**
   * Writes the file to {@code path}, which may be the one that the graph was read from. Where it
   * would have more than 2 GB, the weights go into a second file beside it, called as the first
   * with {@code .data} added.
   *
   * @throws ModelException as {@link #bytes}
   * @throws IOException if a file cannot be written
   */
  public void write(Path path) throws IOException {
    ModelWriter model = Exporter.export(graph, batch);
    if (model.needsExternalData()) {
      writeApart(model, Replacement.target(path));
    } else {
      Replacement.replace(Replacement.target(path), model::write);
    }
  }

  /** Writes the weights into a second file, whatever their size. */
  void writeApart(Path path) throws IOException {
    writeApart(Exporter.export(graph, batch), Replacement.target(path));
  }

  private static void writeApart(ModelWriter model, Path path) throws IOException {
    String data = path.getFileName() + ".data";
    Replacement.replace(
        path,
        out ->
            Replacement.replace(
                path.resolveSibling(data), weights -> model.write(out, weights, data)));
  }
}
