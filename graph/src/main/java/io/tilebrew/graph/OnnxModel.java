package io.tilebrew.graph;

import io.tilebrew.engine.Port;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.onnx.Importer;
import io.tilebrew.graph.onnx.ModelProto;
import io.tilebrew.graph.onnx.ProtoReader;
import io.tilebrew.graph.onnx.Signature;
import io.tilebrew.graph.onnx.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model in ONNX format: what its file declares, and the way to a {@link Graph}.
 *
 * <p>A model read from a path keeps the file mapped while it is reachable; its weights are copied
 * when first needed, once for all graphs made of it. Any bytes are safe to read: whatever is wrong
 * with a file is a {@link ModelException}. Limits: 2 GB a file, 100,000 nodes, subgraphs 64 deep,
 * 2<sup>31</sup>-1 elements a tensor. Thread-safe.
 */
public final class OnnxModel {
  private final ModelProto proto;

  private OnnxModel(Source source) {
    proto = ProtoReader.model(source);
  }

  /**
   * Reads the model at {@code path}; external data must lie in its folder.
   *
   * @throws ModelException if the file cannot be read or is no ONNX model
   */
  public static OnnxModel read(Path path) {
    return new OnnxModel(Source.map(path));
  }

  /**
   * Reads a model without external data from an array, which must not be written to any more.
   *
   * @throws ModelException if the bytes are no ONNX model
   */
  public static OnnxModel read(byte[] bytes) {
    return new OnnxModel(Source.of(bytes));
  }

  /**
   * Reads a model without external data up to the end of a stream, such as a resource of a jar.
   *
   * @throws IOException if the stream cannot be read
   * @throws ModelException if the bytes are no ONNX model
   */
  public static OnnxModel read(InputStream stream) throws IOException {
    return read(stream.readAllBytes());
  }

  /** The version of the file format, 0 if not given. */
  public long irVersion() {
    return proto.irVersion();
  }

  /** The name of the program that wrote the file, perhaps empty. */
  public String producer() {
    return proto.producer();
  }

  /** The name of the graph, perhaps empty. */
  public String name() {
    return proto.graph().name();
  }

  /** The version of the operators of each domain; the default domain is "". */
  public SortedMap<String, Long> opsets() {
    return new TreeMap<>(proto.opsets());
  }

  /** How often each operator occurs; one of another domain is {@code domain:name}. */
  public SortedMap<String, Integer> operators() {
    return Importer.operators(proto.graph());
  }

  /** The names of the results. */
  public List<String> outputs() {
    return proto.graph().outputs().stream().map(ModelProto.ValueInfo::name).toList();
  }

  /** The results with what the file says of them; where it says nothing, float32 of rank 0. */
  List<Port> declaredOutputs() {
    return Signature.outputs(proto.graph());
  }

  /**
   * The inputs, without those that the file itself gives a value.
   *
   * @throws ModelException if the type or rank of an input is not declared or not supported
   */
  public List<Port> inputs() {
    return Signature.inputs(proto.graph());
  }

  /**
   * The symbols of the inputs, in the order in which they occur.
   *
   * @throws ModelException as {@link #inputs}
   */
  public Set<String> symbols() {
    return Signature.symbols(inputs());
  }

  /**
   * Size 1 for each symbol that only ever is the first of several dimensions, which is a batch.
   *
   * @throws ModelException as {@link #inputs}
   */
  public Map<String, Integer> defaultSizes() {
    return Signature.batchSizes(inputs());
  }

  /**
   * The graph for a batch of 1.
   *
   * @throws ModelException as {@link #graph(Map)}
   */
  public Graph graph() {
    return graph(Map.of());
  }

  /**
   * The graph for given sizes.
   *
   * @param sizes a size for each symbol; those of {@link #defaultSizes} may be left out
   * @throws ModelException if the model is broken, has what is not supported, or a size is missing
   * @throws IllegalArgumentException if there is no such symbol, or a size is negative
   */
  public Graph graph(Map<String, Integer> sizes) {
    return graph(sizes, Map.of());
  }

  /**
   * The graph for given sizes and given values of the inputs that determine shapes.
   *
   * @param sizes a size for each symbol; those of {@link #defaultSizes} may be left out
   * @param values tensors, by the name of the input, that the graph may rely on; the inputs remain
   * @throws ModelException if the model is broken, has what is not supported, or a size is missing
   * @throws IllegalArgumentException if there is no such symbol or input, a size is negative, or a
   *     tensor does not fit its input
   */
  public Graph graph(Map<String, Integer> sizes, Map<String, Tensor> values) {
    List<Port> inputs = inputs();
    Map<String, Integer> all = new LinkedHashMap<>(Signature.batchSizes(inputs));
    Set<String> symbols = Signature.symbols(inputs);
    sizes.forEach(
        (symbol, size) -> {
          if (!symbols.contains(symbol) || size < 0) {
            throw new IllegalArgumentException(
                "size %d for '%s', expected a size of at least 0 for one of %s"
                    .formatted(size, symbol, symbols));
          }
          all.put(symbol, size);
        });
    return Importer.graph(proto, Signature.types(inputs, all), values);
  }

  /** The declared inputs and the outputs. */
  @Override
  public String toString() {
    return "%s %s -> %s".formatted(name(), inputs(), outputs());
  }
}
