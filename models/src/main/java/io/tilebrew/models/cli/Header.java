package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.zoo.Zoo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a file or a network of the zoo says of itself.
 *
 * @param name the path or the name
 * @param about what it is
 * @param opsets the version of the operators of each domain; none for a network of the zoo
 * @param inputs the type of each input, in which sizes may be open
 * @param outputs the type of each output for {@code sizes}
 * @param sizes the sizes chosen for what is open
 */
record Header(
    String name,
    String about,
    SortedMap<String, Long> opsets,
    Map<String, String> inputs,
    Map<String, String> outputs,
    Map<String, Integer> sizes) {
  /** The header of a network of the zoo. */
  static Header of(Subject network) {
    Map<String, String> inputs = new LinkedHashMap<>();
    network.graph().inputs().forEach(v -> inputs.put(v.name(), v.type().toString()));
    return new Header(
        network.name(),
        Zoo.summary(network.name()),
        new TreeMap<>(),
        inputs,
        outputs(network.graph()),
        network.sizes());
  }

  /** The header of a file. */
  static Header of(Subject file, OnnxModel model) {
    String opsets =
        model.opsets().entrySet().stream()
            .map(e -> (e.getKey().isEmpty() ? "" : Table.cut(e.getKey()) + " ") + e.getValue())
            .collect(Collectors.joining(", "));
    String producer = model.producer().isEmpty() ? "" : ", by " + Table.cut(model.producer());
    Map<String, String> inputs = new LinkedHashMap<>();
    model
        .inputs()
        .forEach(
            port -> inputs.put(port.name(), port.toString().substring(port.name().length() + 2)));
    return new Header(
        file.name(),
        "ONNX IR %d, opset %s%s".formatted(model.irVersion(), opsets, producer),
        model.opsets(),
        inputs,
        outputs(file.graph()),
        file.sizes());
  }

  private static Map<String, String> outputs(Graph graph) {
    Map<String, String> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(o -> outputs.put(o.name(), o.value().type().toString()));
    return outputs;
  }

  /** Prints it, up to the title of the layers. */
  void print(PrintWriter out) {
    out.printf("%s%n  %s%n", Faults.printable(name), about);
    print("inputs", inputs, out);
    print("outputs", outputs, out);
    out.println(sizes.isEmpty() ? "layers" : "layers for " + SizeOptions.text(sizes));
  }

  private static void print(String title, Map<String, String> types, PrintWriter out) {
    out.println(title);
    types.forEach((n, type) -> out.printf("  %s  %s%n", Table.cut(n), Faults.printable(type)));
  }

  /** Writes it into the current object. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("about", about);
    json.writeObjectFieldStart("opsets");
    for (Map.Entry<String, Long> opset : opsets.entrySet()) {
      json.writeNumberField(opset.getKey(), opset.getValue());
    }
    json.writeEndObject();
    write("inputs", inputs, json);
    write("outputs", outputs, json);
    json.writeObjectFieldStart("sizes");
    for (Map.Entry<String, Integer> size : sizes.entrySet()) {
      json.writeNumberField(size.getKey(), size.getValue());
    }
    json.writeEndObject();
  }

  private static void write(String title, Map<String, String> types, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(title);
    for (Map.Entry<String, String> type : types.entrySet()) {
      json.writeStringField(type.getKey(), type.getValue());
    }
    json.writeEndObject();
  }
}
