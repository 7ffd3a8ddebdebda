package io.tilebrew.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tilebrew.bench.Contestant;
import io.tilebrew.bench.Peer;
import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph on PyTorch's operators. Weights and inputs are handed over once; what a run makes is
 * freed behind its last use, the outputs at the next run.
 */
final class TorchNetwork implements Contestant {
  private final NDManager manager;
  private final Map<Value, Integer> places = new HashMap<>();
  private final List<Action> actions = new ArrayList<>();
  private final Map<String, Integer> outputs = new HashMap<>();

  /** The arrays of values, by place. */
  private final @Nullable NDArray[] arrays;

  /**
   * A node.
   *
   * @param inputs the places that it reads
   * @param output the place that it writes
   * @param dead the places that no node behind it reads
   */
  private record Action(TorchOperator operator, int[] inputs, int output, int[] dead) {}

  /**
   * The network of {@code task}, with its arrays in {@code manager}.
   *
   * @throws UnsupportedOperationException if it has an operator or type that is not translated
   */
  TorchNetwork(Peer.Task task, NDManager manager) {
    this.manager = manager;
    Graph graph = task.graph();
    graph.inputs().forEach(this::place);
    graph.nodes().forEach(node -> node.outputs().forEach(this::place));
    arrays = new @Nullable NDArray[places.size()];
    for (Value input : graph.inputs()) {
      Tensor tensor = Objects.requireNonNull(task.inputs().get(input.name()), input.name());
      arrays[place(input)] = array(tensor);
    }
    Map<Node, List<Value>> dead = dead(graph);
    for (Node node : graph.nodes()) {
      Tensor constant = node.constant();
      if (constant == null) {
        actions.add(action(node, dead.getOrDefault(node, List.of())));
      } else {
        arrays[place(node.output())] = array(constant);
      }
    }
    graph.outputs().forEach(output -> outputs.put(output.name(), place(output.value())));
  }

  private int place(Value value) {
    return places.computeIfAbsent(value, v -> places.size());
  }

  private NDArray array(Tensor tensor) {
    if (tensor.type() != DataType.FLOAT32) {
      throw new UnsupportedOperationException("no translation of tensor %s".formatted(tensor));
    }
    return manager.create(tensor.floats(), shape(tensor.shape()));
  }

  /** The shape as PyTorch has it. */
  static Shape shape(io.tilebrew.engine.Shape shape) {
    return new Shape(Arrays.stream(shape.dims()).asLongStream().toArray());
  }

  private Action action(Node node, List<Value> dead) {
    return new Action(
        TorchOperator.of(node), places(node.inputs()), place(node.output()), places(dead));
  }

  private int[] places(List<Value> values) {
    return values.stream().mapToInt(this::place).toArray();
  }

  /** What each node is the last to read, of what nodes that are no constants make. */
  private static Map<Node, List<Value>> dead(Graph graph) {
    Map<Node, List<Value>> dead = new HashMap<>();
    Set<Value> later = new HashSet<>();
    graph.outputs().forEach(output -> later.add(output.value()));
    for (Node node : graph.nodes().reversed()) {
      for (Value input : node.inputs()) {
        Node producer = graph.producer(input);
        if (later.add(input) && producer != null && producer.constant() == null) {
          dead.computeIfAbsent(node, n -> new ArrayList<>()).add(input);
        }
      }
    }
    return dead;
  }

  @Override
  public void run() {
    for (Action action : actions) {
      NDArray[] in = new NDArray[action.inputs.length];
      for (int i = 0; i < in.length; i++) {
        in[i] = Objects.requireNonNull(arrays[action.inputs[i]]);
      }
      free(action.output);
      arrays[action.output] = action.operator.apply(in);
      for (int place : action.dead) {
        free(place);
      }
    }
  }

  private void free(int place) {
    NDArray array = arrays[place];
    if (array != null) {
      array.close();
      arrays[place] = null;
    }
  }

  @Override
  public float[] output(String name) {
    return Objects.requireNonNull(arrays[Objects.requireNonNull(outputs.get(name))])
        .toFloatArray();
  }

  @Override
  public void close() {
    manager.close();
  }
}
