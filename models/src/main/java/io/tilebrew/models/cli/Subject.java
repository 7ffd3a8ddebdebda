package io.tilebrew.models.cli;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command is about: an ONNX file or a network of the zoo.
 *
 * @param name the path or the name
 * @param graph the graph for {@code sizes}
 * @param sizes a size for each symbol of the file; none for a network of the zoo
 */
record Subject(String name, Graph graph, Map<String, Integer> sizes) {
  /** How it stands in synopses. */
  static final String LABEL = "MODEL|NETWORK";

  static final String DESCRIPTION = "An ONNX file, or a network of the zoo by its name.";

  /** Whether {@code name} is that of a network compiled ahead of time. */
  static boolean isJar(String name) {
    return name.endsWith(".jar");
  }

  /** Whether {@code name} is a network of the zoo, and there is no file of that name. */
  static boolean isNetwork(String name) {
    boolean looksLikePath = name.contains("/") || name.contains("\\") || name.endsWith(".onnx");
    return !looksLikePath && !Files.exists(Path.of(name));
  }

  /**
   * Reads a file or makes a network.
   *
   * @throws io.tilebrew.graph.ModelException if the file is broken or has what is not supported
   * @throws IllegalArgumentException if there is no such network, or a size does not fit
   */
  static Subject read(String name, SizeOptions sizes) {
    if (isNetwork(name)) {
      Graph graph = Zoo.network(name);
      sizes.refuse(name);
      return new Subject(name, graph, Map.of());
    }
    return of(name, OnnxModel.read(Path.of(name)), sizes);
  }

  /**
   * Reads a file, or makes a network with its batch open as {@code N}, in a file that lasts until
   * the JVM ends: so its weights are mapped, and not in the heap twice.
   *
   * @throws io.tilebrew.graph.ModelException if the file cannot be read or is no ONNX model
   * @throws IllegalArgumentException if there is no such network
   * @throws IOException if there is no room for the file of a network
   */
  static OnnxModel model(String name) throws IOException {
    if (!isNetwork(name)) {
      return OnnxModel.read(Path.of(name));
    }
    OnnxFile network = new OnnxFile(Zoo.network(name)).withBatch("N");
    Path file = Files.createTempFile(name, ".onnx");
    file.toFile().deleteOnExit();
    network.write(file);
    return OnnxModel.read(file);
  }

  /** A file that was read. */
  static Subject of(String name, OnnxModel model, SizeOptions sizes) {
    Map<String, Integer> chosen = sizes.choose(model);
    return new Subject(name, model.graph(chosen), chosen);
  }
}
