package io.tilebrew.models.cli;

import io.tilebrew.engine.CompiledJar;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options for the sizes that a model leaves open. */
final class SizeOptions {
  /** Tried for sizes other than the batch. */
  private static final List<Integer> PLACEHOLDERS = List.of(224, 32, 64, 48, 320, 1);

  @Option(
      names = "--size",
      paramLabel = "SYMBOL=N",
      description =
          "A size that the model leaves open. Default: 1 for the batch, and for others the first"
              + " that works of 224, 32, 64, 48, 320 and 1.")
  private Map<String, Integer> sizes = new LinkedHashMap<>();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "The images, where the model leaves the batch open. Default: 1.")
  private int batch = 1;

  /**
   * A size for each symbol of {@code model}.
   *
   * @throws IllegalArgumentException if the model does not leave its batch open and one is given
   */
  Map<String, Integer> choose(OnnxModel model) {
    Set<String> batches = model.defaultSizes().keySet();
    if (batch < 1 || (batch > 1 && batches.isEmpty())) {
      throw new IllegalArgumentException(
          "--batch is %d for the inputs %s, expected %s"
              .formatted(batch, model.inputs(), batch < 1 ? "1 or more" : "1: no batch is open"));
    }
    Map<String, Integer> chosen = new LinkedHashMap<>();
    batches.forEach(symbol -> chosen.put(symbol, batch));
    chosen.putAll(sizes);
    complete(model, chosen);
    return chosen;
  }

  /**
   * The sizes that {@code jar} was compiled for, but for the batch where that is open.
   *
   * @throws IllegalArgumentException if others are given
   */
  Map<String, Integer> choose(CompiledJar jar) {
    Map<String, Integer> chosen = new LinkedHashMap<>(jar.sizes());
    Optional<String> open = jar.batch();
    if (batch < 1 || !sizes.isEmpty() || (batch > 1 && open.isEmpty())) {
      throw new IllegalArgumentException(
          "--size or --batch is given for a network compiled for %s, expected %s"
              .formatted(jar.sizes(), open.isEmpty() ? "neither" : "a --batch of 1 or more"));
    }
    open.ifPresent(symbol -> chosen.put(symbol, batch));
    return chosen;
  }

  /**
   * Refuses sizes where none is open.
   *
   * @throws IllegalArgumentException if one is given
   */
  void refuse(String network) {
    if (batch != 1 || !sizes.isEmpty()) {
      throw new IllegalArgumentException(
          "--size and --batch are for files; %s is a network of the zoo, which has one image of"
                  .formatted(network)
              + " its usual size");
    }
  }

  private static void complete(OnnxModel model, Map<String, Integer> chosen) {
    List<String> open =
        model.symbols().stream().filter(symbol -> !chosen.containsKey(symbol)).toList();
    if (open.isEmpty()) {
      return;
    }
    for (int size : PLACEHOLDERS) {
      open.forEach(symbol -> chosen.put(symbol, size));
      try {
        model.graph(chosen);
        return;
      } catch (ModelException e) {
        if (e.isUnsupported()) {
          throw e;
        }
      }
    }
    open.forEach(symbol -> chosen.put(symbol, PLACEHOLDERS.getFirst()));
  }

  /** {@code sizes} for people, such as {@code batch = 1, height = 224}. */
  static String text(Map<String, Integer> sizes) {
    return String.join(
        ", ",
        sizes.entrySet().stream().map(e -> Table.cut(e.getKey()) + " = " + e.getValue()).toList());
  }
}
