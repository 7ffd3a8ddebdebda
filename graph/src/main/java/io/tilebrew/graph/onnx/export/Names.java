package io.tilebrew.graph.onnx.export;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The names of values in a file. Inputs and outputs of the graph keep theirs, and so does every
 * other value whose name is not taken by one of them.
 */
final class Names {
  private final Map<Value, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  Names(Graph graph) {
    graph.inputs().forEach(input -> names.put(input, take(input.name())));
    graph.outputs().forEach(output -> taken.add(output.name()));
    Map<String, Value> outputs = new HashMap<>();
    graph.outputs().forEach(output -> outputs.put(output.name(), output.value()));
    graph.nodes().stream()
        .flatMap(node -> node.outputs().stream())
        .forEach(value -> names.put(value, name(value, outputs)));
  }

  private String name(Value value, Map<String, Value> outputs) {
    return value.equals(outputs.get(value.name())) ? value.name() : take(value.name());
  }

  /** The name of {@code value}. */
  String of(Value value) {
    return Objects.requireNonNull(names.get(value), value::name);
  }

  /** A name like {@code wanted} that is not taken, and is now. */
  String take(String wanted) {
    String stem = wanted.isEmpty() ? "value" : wanted;
    String name = stem;
    for (int i = 1; !taken.add(name); i++) {
      name = stem + "." + i;
    }
    return name;
  }
}
