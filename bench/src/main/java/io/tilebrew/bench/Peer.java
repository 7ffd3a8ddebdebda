package io.tilebrew.bench;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * An engine to compare with. ONNX Runtime is always there; others are services, which are found
 * where they are on the class path.
 */
public interface Peer {
  /**
   * What a peer is to run.
   *
   * @param file the model
   * @param graph the same as a graph, before any pass, for the sizes of the inputs
   * @param inputs a float32 tensor for each input, by name and in order
   * @param outputs a float32 tensor for each output, by name and in order, for their shapes
   * @param threads the threads at work on a run
   */
  record Task(
      Path file,
      Graph graph,
      Map<String, Tensor> inputs,
      Map<String, Tensor> outputs,
      int threads) {}

  /** The name of the engine, such as {@code ONNX Runtime}. */
  String name();

  /** The version of the engine. */
  String version();

  /**
   * The network of {@code task}, ready to run.
   *
   * @throws UnsupportedOperationException if the engine cannot run it; the message says why
   */
  Contestant load(Task task);

  /** The peers at hand, ONNX Runtime first. */
  static List<Peer> all() {
    return Stream.concat(
            Stream.of(new OnnxRuntime()),
            ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get))
        .toList();
  }
}
