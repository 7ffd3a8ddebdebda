package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.onnx.ModelProto.GraphProto;
import io.tilebrew.graph.onnx.ModelProto.NodeProto;
import io.tilebrew.graph.onnx.ModelProto.ValueInfo;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Shaping;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the records of a file into a {@link Graph}. */
public final class Importer {
  private static final int NEWEST_OPSET = 28;
  private static final int MAX_NODES = 500_000;
  private static final int MAX_RANK = 32;
  private static final int MOST_MOVES = 16;

  private final GraphProto proto;
  private final int opset;
  private final GraphBuilder builder;
  private final Folding folding;
  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, Value> values = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<Value, Shifted> shifted = new HashMap<>();
  private int nodes;

  private Importer(GraphProto proto, int opset) {
    this.proto = proto;
    this.opset = opset;
    this.builder = new GraphBuilder(proto.name());
    this.folding = new Folding(builder);
  }

  /**
   * The graph of {@code model}.
   *
   * @param inputs the types of the inputs, by name
   * @param known tensors that inputs may be relied on to be, by name
   * @throws ModelException if the model is broken or has what is not supported
   * @throws IllegalArgumentException if a known tensor does not fit its input
   */
  public static Graph graph(
      ModelProto model, Map<String, TensorType> inputs, Map<String, Tensor> known) {
    GraphProto proto = model.graph();
    if (proto.nodes().isEmpty()) {
      throw new ModelException("the graph has no nodes, expected at least 1");
    }
    int opset = opset(model.opsets().get(""));
    checkSupported(model, opset);
    List<NodeProto> nodes = Topology.sorted(proto);
    Importer importer = new Importer(proto, opset);
    importer.declare(inputs, known);
    for (NodeProto node : nodes) {
      importer.build(node);
    }
    return importer.finish();
  }

  /** How often each operator occurs in {@code graph}. */
  public static SortedMap<String, Integer> operators(GraphProto graph) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    graph.nodes().forEach(node -> counts.merge(node.qualifiedType(), 1, Integer::sum));
    return counts;
  }

  private static int opset(@Nullable Long version) {
    if (version == null || version < 1 || version > NEWEST_OPSET) {
      throw new ModelException(
          "the model imports %s of ONNX's operators, expected a version from 1 to %d"
              .formatted(version == null ? "no version" : "version " + version, NEWEST_OPSET));
    }
    return version.intValue();
  }

  private static void checkSupported(ModelProto model, int opset) {
    SortedMap<String, Integer> unsupported = new TreeMap<>();
    for (NodeProto node : model.graph().nodes()) {
      String type = node.qualifiedType();
      if (OperatorTable.find(type, opset) == null || model.functions().contains(type)) {
        unsupported.merge(type, 1, Integer::sum);
      }
    }
    if (!unsupported.isEmpty()) {
      throw ModelException.unsupported(
          "not supported (opset %d): %s"
              .formatted(
                  opset,
                  unsupported.entrySet().stream()
                      .limit(200)
                      .map(e -> ModelException.shorten(e.getKey()) + " (" + e.getValue() + "x)")
                      .collect(Collectors.joining(", "))));
    }
  }

  private void declare(Map<String, TensorType> inputs, Map<String, Tensor> known) {
    for (TensorProto initializer : proto.initializers()) {
      initializer.check();
      initializers.put(initializer.name(), initializer);
    }
    inputs.forEach((name, type) -> values.put(name, builder.input(name, type)));
    known.forEach(this::know);
    for (NodeProto node : proto.nodes()) {
      used.addAll(node.inputs());
    }
    for (ValueInfo output : proto.outputs()) {
      used.add(output.name());
    }
  }

  private void know(String name, Tensor tensor) {
    Value input = values.get(name);
    if (input == null) {
      throw new IllegalArgumentException(
          "a value is given for '%s', which is no input".formatted(name));
    }
    TensorType type = new TensorType(tensor.type(), tensor.shape());
    Check.that(type.equals(input.type()), "input '%s' is %s, not %s", name, input.type(), type);
    folding.know(input, tensor);
  }

  private void build(NodeProto node) {
    try {
      OperatorTable.Entry entry =
          Objects.requireNonNull(OperatorTable.find(node.qualifiedType(), opset));
      List<Value> results = entry.build(new NodeImport(this, node, opset));
      for (int i = 0; i < node.outputs().size(); i++) {
        bind(node.outputs().get(i), i, results);
      }
    } catch (UnknownValue e) {
      throw new ModelException(
          "node '%s' (%s): %s"
              .formatted(
                  ModelException.shorten(node.label()),
                  ModelException.shorten(node.qualifiedType()),
                  e.getMessage()),
          e);
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      throw Unsupported.mark(ModelException.at(node.label(), node.qualifiedType(), problem), e);
    } catch (ArithmeticException e) {
      throw ModelException.at(
          node.label(), node.qualifiedType(), "its sizes are too large: " + e.getMessage());
    }
  }

  /** Whether there is a value {@code name} that a node or the graph takes. */
  boolean isUsed(String name) {
    return !name.isEmpty() && used.contains(name);
  }

  private void bind(String name, int index, List<Value> results) {
    if (index < results.size()) {
      values.put(name, results.get(index));
    } else {
      Check.that(
          !isUsed(name),
          "output %d ('%s') is used, expected at most %d outputs",
          index,
          ModelException.shorten(name),
          results.size());
    }
  }

  private Graph finish() {
    for (ValueInfo output : proto.outputs()) {
      builder.output(output.name(), value(output.name()));
    }
    return builder.build();
  }

  /** The value called {@code name}; an initializer is read when first asked for. */
  Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      TensorProto initializer = initializers.get(name);
      if (initializer == null) {
        throw new Unsupported(
            "'%s' is a sparse tensor, which is not supported"
                .formatted(ModelException.shorten(name)));
      }
      value = add(name, new Constant(initializer.tensor()));
      values.put(name, value);
    }
    return value;
  }

  /** Adds a node with one output. */
  Value add(String name, Operator operator, Value... inputs) {
    return add(List.of(name), operator, inputs).getFirst();
  }

  /** Adds a node with an output for each name. */
  List<Value> add(List<String> names, Operator operator, Value... inputs) {
    Check.that(++nodes <= MAX_NODES, "the model unfolds to more than %d nodes", MAX_NODES);
    Node node = builder.add(names, operator, List.of(inputs));
    int rank = node.output(0).type().rank();
    Check.that(rank <= MAX_RANK, "gives rank %d, expected at most %d", rank, MAX_RANK);
    folding.added(node);
    return node.outputs();
  }

  /** Tells that {@code integers} are the numbers of {@code from}. */
  void know(Value integers, Shifted from) {
    shifted.put(integers, from);
  }

  /**
   * The numbers of {@code integers} if they are known as float32, else null. Where they were moved
   * since, the same is done to the float32.
   */
  @Nullable Shifted shifted(Value integers) {
    Deque<Node> moves = new ArrayDeque<>();
    Value at = integers;
    while (!shifted.containsKey(at)) {
      Node node = builder.producer(at);
      if (node == null || !isMove(node) || moves.size() == MOST_MOVES) {
        return null;
      }
      moves.push(node);
      at = node.input(0);
    }
    Shifted from = Objects.requireNonNull(shifted.get(at));
    while (!moves.isEmpty()) {
      Node move = moves.pop();
      Value value = add(move.name() + "/wide", move.operator(), from.value());
      from = new Shifted(value, from.shift());
      know(move.output(), from);
    }
    return from;
  }

  private static boolean isMove(Node node) {
    return node.operator() instanceof Shaping
        && node.inputs().size() == 1
        && node.outputs().size() == 1;
  }

  /** The node that makes {@code value}, or null for an input. */
  @Nullable Node producer(Value value) {
    return builder.producer(value);
  }

  /** The tensor if {@code value} is a constant, else null. */
  @Nullable Tensor literal(Value value) {
    return builder.constant(value);
  }

  Folding folding() {
    return folding;
  }
}
