package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import java.util.Map;

/** An ONNX file under construction. */
final class TestModel {
  private final int opset;
  private final Proto graph = new Proto().text(2, "test");

  TestModel(int opset) {
    this.opset = opset;
  }

  /** A model of one node with output {@code y}, over {@code f32[dims]} {@code x}. */
  static TestModel model(int opset, Proto node, Object... dims) {
    return new TestModel(opset).input("x", 1, dims).node(node).output("y");
  }

  /** A node that makes {@code y}. */
  static Proto node(String type, String... inputs) {
    Proto node = new Proto().text(4, type);
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, "y");
  }

  static Proto ints(String name, long... values) {
    return new Proto().text(1, name).packedVarints(8, values).varint(20, 7);
  }

  static Proto integer(String name, long value) {
    return new Proto().text(1, name).varint(3, value).varint(20, 2);
  }

  static Proto real(String name, float value) {
    return new Proto().text(1, name).fixed32(2, value).varint(20, 1);
  }

  static Proto string(String name, String value) {
    return new Proto().text(1, name).text(4, value).varint(20, 3);
  }

  static Proto tensor(String name, Tensor value) {
    return new Proto().text(1, name).bytes(5, new TensorFile("", value).bytes()).varint(20, 4);
  }

  /** An input with sizes (Integer) or symbols (String). */
  TestModel input(String name, int element, Object... dims) {
    Proto shape = new Proto();
    for (Object dim : dims) {
      shape.message(
          1,
          dim instanceof String symbol
              ? new Proto().text(2, symbol)
              : new Proto().varint(1, (Integer) dim));
    }
    Proto tensor = new Proto().varint(1, element).message(2, shape);
    return add(11, new Proto().text(1, name).message(2, new Proto().message(1, tensor)));
  }

  TestModel initializer(String name, Tensor tensor) {
    graph.bytes(5, new TensorFile(name, tensor).bytes());
    return this;
  }

  TestModel node(Proto node) {
    return add(1, node);
  }

  TestModel output(String name) {
    return add(12, new Proto().text(1, name));
  }

  TestModel add(int field, Proto message) {
    graph.message(field, message);
    return this;
  }

  byte[] bytes() {
    return new Proto()
        .varint(1, 8)
        .text(2, "test")
        .message(7, graph)
        .message(8, new Proto().text(1, "").varint(2, opset))
        .bytes();
  }

  OnnxModel read() {
    return OnnxModel.read(bytes());
  }

  Graph graph() {
    return read().graph();
  }

  Graph graph(Map<String, Integer> sizes) {
    return read().graph(sizes);
  }

  /** The text of the graph's nodes but constants, one to a line. */
  String nodes() {
    StringBuilder text = new StringBuilder();
    for (Node node : graph().nodes()) {
      if (node.constant() == null) {
        text.append(node).append('\n');
      }
    }
    return text.toString().strip();
  }
}
