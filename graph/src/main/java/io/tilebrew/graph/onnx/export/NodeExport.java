package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;

/** One node of a graph while it is exported: its operands, and the ONNX nodes that it becomes. */
final class NodeExport {
  private final ModelWriter model;
  private final Names names;
  private final Node node;
  private final boolean openBatch;

  /**
   * A node.
   *
   * @param openBatch whether the leading dimension of its outputs is a symbol
   */
  NodeExport(ModelWriter model, Names names, Node node, boolean openBatch) {
    this.model = model;
    this.names = names;
    this.node = node;
    this.openBatch = openBatch;
  }

  /** The type of input {@code index}. */
  TensorType input(int index) {
    return node.input(index).type();
  }

  /** The type of output {@code index}. */
  TensorType output(int index) {
    return node.output(index).type();
  }

  /** Whether the leading dimension of the outputs is a symbol. */
  boolean hasOpenBatch() {
    return openBatch;
  }

  /** The names of all inputs. */
  String[] inputs() {
    return node.inputs().stream().map(names::of).toArray(String[]::new);
  }

  /** The name of input {@code index}. */
  String in(int index) {
    return names.of(node.input(index));
  }

  /** The name of output {@code index}. */
  String out(int index) {
    return names.of(node.output(index));
  }

  /** The name of the first output. */
  String out() {
    return out(0);
  }

  /** A name for a value on the way to the outputs. */
  String step(String what) {
    return names.take(out() + "/" + what);
  }

  /** The start of an ONNX node. */
  NodeWriter node(String type, String... operands) {
    return new NodeWriter(model, type, operands);
  }

  /** An ONNX node of all inputs. */
  NodeWriter node(String type) {
    return node(type, inputs());
  }

  /** Adds a constant on the way to the outputs. */
  String constant(String what, Tensor tensor) {
    String name = step(what);
    model.initializer(name, tensor);
    return name;
  }

  /** Adds a constant list of int64. */
  String longs(String what, long... values) {
    return constant(what, Tensor.of(Shape.of(values.length), values));
  }

  /** Adds a constant scalar. */
  String scalar(String what, DataType type, double value) {
    Tensor tensor = Tensor.zeros(type, Shape.SCALAR);
    tensor.set(0, value);
    return constant(what, tensor);
  }

  /** The fault that ONNX has no words for the node. */
  ModelException fault(String problem) {
    return ModelException.at(node.name(), node.operator().name(), problem);
  }
}
