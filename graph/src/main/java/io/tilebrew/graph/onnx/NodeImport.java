package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Scalar;
import io.tilebrew.engine.problem.Relation;
import io.tilebrew.engine.problem.UnaryFunction;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.onnx.ModelProto.NodeProto;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Elementwise.Cast;
import io.tilebrew.graph.op.Elementwise.Compare;
import io.tilebrew.graph.op.Elementwise.Fused;
import io.tilebrew.graph.op.Elementwise.Unary;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Shaping.Reshape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One node while it is imported: its inputs, attributes, and the nodes that it becomes.
 *
 * <p>Whatever does not fit is an {@link IllegalArgumentException}; the importer adds the place.
 */
final class NodeImport {
  private static final int MAX_INTS = 4096;

  private final Importer importer;
  private final NodeProto node;
  private final int opset;
  private final Attributes attributes;

  NodeImport(Importer importer, NodeProto node, int opset) {
    this.importer = importer;
    this.node = node;
    this.opset = opset;
    this.attributes = new Attributes(node.attributes());
    boolean unnamed = Collections.frequency(node.outputs(), "") == node.outputs().size();
    Check.that(!unnamed, "has no output, expected at least 1");
  }

  /** The operator. */
  String type() {
    return node.type();
  }

  /** The version of the operators. */
  int opset() {
    return opset;
  }

  Attributes attributes() {
    return attributes;
  }

  /** The number of inputs, without those left out at the end. */
  int inputs() {
    int count = node.inputs().size();
    while (count > 0 && node.inputs().get(count - 1).isEmpty()) {
      count--;
    }
    return count;
  }

  /** The number of outputs, without those left out at the end. */
  int outputs() {
    int count = node.outputs().size();
    while (count > 0 && node.outputs().get(count - 1).isEmpty()) {
      count--;
    }
    return count;
  }

  /** The number of outputs, with those left out at the end. */
  int allOutputs() {
    return node.outputs().size();
  }

  /** Whether output {@code index} is an input of a node or an output of the graph. */
  boolean isUsed(int index) {
    return index < outputs() && importer.isUsed(node.outputs().get(index));
  }

  /** Whether input {@code index} is given. */
  boolean has(int index) {
    return index < inputs() && !node.inputs().get(index).isEmpty();
  }

  /** Input {@code index}, which must be given. */
  Value input(int index) {
    Check.that(has(index), "has no input %d, expected one", index);
    return importer.value(node.inputs().get(index));
  }

  /** The shape of input {@code index}. */
  Shape shape(int index) {
    return input(index).type().shape();
  }

  /** The tensor that input {@code index} always is, or null if it depends on the graph's inputs. */
  @Nullable Tensor constantOrNull(int index) {
    return constantOrNull(input(index));
  }

  /** The tensor that {@code value} always is, or null if it depends on the graph's inputs. */
  @Nullable Tensor constantOrNull(Value value) {
    return importer.folding().constant(value);
  }

  /** The number that {@code value} of one element always is, or null. */
  @Nullable Float number(Value value) {
    Tensor tensor = value.type().shape().size() == 1 ? constantOrNull(value) : null;
    return tensor == null ? null : Float.valueOf((float) tensor.doubleAt(0));
  }

  /** The tensor of input {@code index} if it is a constant of the file, else null. */
  @Nullable Tensor literalOrNull(int index) {
    return importer.literal(input(index));
  }

  /** The tensor that input {@code index}, {@code what} the operator calls it, always is. */
  Tensor constant(int index, String what) {
    Tensor tensor = constantOrNull(index);
    if (tensor == null) {
      String problem =
          "%s ('%s') depends on the inputs of the graph, expected a constant"
              .formatted(what, ModelException.shorten(node.inputs().get(index)));
      Set<String> inputs = importer.folding().deciding(input(index));
      throw inputs.isEmpty()
          ? new IllegalArgumentException(problem)
          : new UnknownValue(problem, inputs);
    }
    return tensor;
  }

  /** The constant list of ints that input {@code index} is. */
  long[] longs(int index, String what) {
    Tensor tensor = constant(index, what);
    boolean fits =
        tensor.shape().rank() == 1
            && tensor.size() <= MAX_INTS
            && !tensor.type().isFloat()
            && !tensor.type().isUnsigned();
    Check.that(fits, "%s is %s, expected a short list of int64", what, tensor);
    long[] values = new long[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.longAt(i);
    }
    return values;
  }

  /** Adds the node that makes the first output. */
  Value result(Operator operator, Value... inputs) {
    return result(0, operator, inputs);
  }

  /** Adds the node that makes output {@code index}. */
  Value result(int index, Operator operator, Value... inputs) {
    return importer.add(resultName(index), operator, inputs);
  }

  /** Adds a node with {@code count} outputs that are those of this one. */
  List<Value> results(Operator operator, int count, Value... inputs) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(i < outputs() ? resultName(i) : node.label() + "/" + i);
    }
    return importer.add(names, operator, inputs);
  }

  /** Adds a node on the way to the outputs. */
  Value step(Operator operator, Value... inputs) {
    return importer.add(resultName(0) + "/" + operator.name(), operator, inputs);
  }

  /** Adds an arithmetic function that makes the first output. */
  Value result(Arithmetic function, Value a, Value b) {
    return result(new Binary(function), a, b);
  }

  /** Adds an arithmetic function on the way to the outputs. */
  Value step(Arithmetic function, Value a, Value b) {
    return step(new Binary(function), a, b);
  }

  /** Adds a function of one number on the way to the outputs. */
  Value step(UnaryFunction function, Value x) {
    return step(new Unary(function), x);
  }

  /** Adds a comparison on the way to the outputs. */
  Value step(Relation relation, Value a, Value b) {
    return step(new Compare(relation), a, b);
  }

  /** Integers that are known as float32, as output {@code index}. */
  Value narrow(int index, DataType type, Shifted from) {
    Value whole = from.value();
    if (from.shift() != 0) {
      Scalar shift = new Scalar(from.shift());
      whole = step(new Fused(Pointwise.of(new Combine(Arithmetic.ADD, shift, false))), whole);
    }
    Value narrow = result(index, new Cast(type), whole);
    importer.know(narrow, from);
    return narrow;
  }

  /** The numbers of {@code integers} if they are known as float32, else null. */
  @Nullable Shifted shifted(Value integers) {
    return importer.shifted(integers);
  }

  /** The numbers of {@code integers} as float32. */
  Value wide(Value integers) {
    return QuantizedChain.centered(this, integers, null).step();
  }

  /** The node that makes {@code value}, or null for an input. */
  @Nullable Node producer(Value value) {
    return importer.producer(value);
  }

  /** A constant scalar of the type of {@code like}. */
  Value scalar(Value like, double number) {
    Tensor tensor = Tensor.zeros(like.type().element(), Shape.SCALAR);
    tensor.set(0, number);
    return constant(tensor);
  }

  /** The numbers from 0 on along an axis of {@code shape}, as int64 that broadcast to it. */
  Value counting(Shape shape, int axis) {
    int[] dims = new int[shape.rank() - axis];
    Arrays.fill(dims, 1);
    dims[0] = shape.dim(axis);
    long[] numbers = LongStream.range(0, dims[0]).toArray();
    return constant(Tensor.of(Shape.of(dims), numbers));
  }

  /** {@code value} in another shape, as the first output. */
  Value resultIn(Shape shape, Value value) {
    return reshape(resultName(0), shape, value);
  }

  /** {@code value} in another shape, on the way to the outputs. */
  Value stepIn(Shape shape, Value value) {
    return reshape(value.name() + "/shaped", shape, value);
  }

  /** A constant on the way to the outputs. */
  Value constant(Tensor tensor) {
    return step(new Constant(tensor));
  }

  private Value reshape(String name, Shape shape, Value value) {
    if (value.type().shape().equals(shape)) {
      return value;
    }
    Tensor tensor = importer.literal(value);
    return tensor != null && tensor.size() == shape.size()
        ? importer.add(name, new Constant(tensor.reshape(shape)))
        : importer.add(name, new Reshape(shape), value);
  }

  private String resultName(int index) {
    String name = index < node.outputs().size() ? node.outputs().get(index) : "";
    return name.isEmpty() ? node.label() : name;
  }
}
