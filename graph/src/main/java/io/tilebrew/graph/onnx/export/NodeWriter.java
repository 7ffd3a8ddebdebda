package io.tilebrew.graph.onnx.export;

import io.tilebrew.graph.onnx.MessageWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One node of an ONNX file under construction. */
final class NodeWriter {
  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int INTS = 7;

  private final ModelWriter model;
  private final String type;
  private final MessageWriter attributes = new MessageWriter();
  private final List<String> inputs;

  /** A node; an empty input is left out. */
  NodeWriter(ModelWriter model, String type, String... inputs) {
    this.model = model;
    this.type = type;
    int count = inputs.length;
    while (count > 0 && inputs[count - 1].isEmpty()) {
      count--;
    }
    this.inputs = List.of(inputs).subList(0, count);
  }

  NodeWriter integer(String name, long value) {
    return attribute(name, INT, new MessageWriter().integer(3, value));
  }

  NodeWriter flag(String name, boolean value) {
    return integer(name, value ? 1 : 0);
  }

  NodeWriter real(String name, float value) {
    return attribute(name, FLOAT, new MessageWriter().real(2, value));
  }

  NodeWriter text(String name, String value) {
    return attribute(name, STRING, new MessageWriter().text(4, value));
  }

  NodeWriter ints(String name, int... values) {
    MessageWriter message = new MessageWriter();
    Arrays.stream(values).forEach(value -> message.integer(8, value));
    return attribute(name, INTS, message);
  }

  NodeWriter ints(String name, List<Integer> values) {
    return ints(name, values.stream().flatMapToInt(IntStream::of).toArray());
  }

  private NodeWriter attribute(String name, int kind, MessageWriter value) {
    MessageWriter attribute = new MessageWriter().text(1, name);
    attributes.bytes(5, attribute.append(value).integer(20, kind).toBytes());
    return this;
  }

  /** Adds the node to the model; it makes {@code outputs}. Returns the first. */
  String to(String... outputs) {
    MessageWriter node = new MessageWriter();
    inputs.forEach(input -> node.text(1, input));
    for (String output : outputs) {
      node.text(2, output);
    }
    model.node(node.text(3, outputs[0]).text(4, type).append(attributes));
    return outputs[0];
  }
}
