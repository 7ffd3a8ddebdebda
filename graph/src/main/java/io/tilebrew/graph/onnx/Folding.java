package io.tilebrew.graph.onnx;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.References;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic on shapes that a model does, done at import: computes a value on demand where it
 * depends on constants alone.
 */
final class Folding {
  private static final long MAX_ELEMENTS = 1L << 24;
  private static final int MAX_DECIDING = 4096;

  private final GraphBuilder builder;
  private final Set<Value> foldable = new HashSet<>();
  private final Map<Value, Tensor> known = new HashMap<>();
  private long left = MAX_ELEMENTS;

  Folding(GraphBuilder builder) {
    this.builder = builder;
  }

  /** Tells of a node that was added. */
  void added(Node node) {
    Tensor constant = node.constant();
    if (constant != null) {
      known.put(node.output(), constant);
    }
    if (folds(node.operator()) && foldable.containsAll(node.inputs())) {
      foldable.addAll(node.outputs());
    }
  }

  /** Tells the value of an input of the graph. */
  void know(Value input, Tensor tensor) {
    known.put(input, tensor);
    foldable.add(input);
  }

  private static boolean folds(Operator operator) {
    return switch (operator) {
      case Constant c -> true;
      case Elementwise e -> true;
      case Indexing i -> true;
      case Reduction r -> true;
      case Shaping s -> true;
      case Convolution c -> false;
      case Linear l -> false;
      case Normalization n -> false;
      case Pooling p -> false;
      case Reorder r -> false;
      case Resize r -> false;
    };
  }

  /**
   * The tensor that {@code value} always is, or null if it depends on an input.
   *
   * @throws IllegalArgumentException if it cannot be computed, or is too large for that
   */
  @Nullable Tensor constant(Value value) {
    if (!foldable.contains(value)) {
      return null;
    }
    Deque<Value> pending = new ArrayDeque<>(List.of(value));
    while (!pending.isEmpty()) {
      Value next = pending.getLast();
      Node node = builder.producer(next);
      if (known.containsKey(next) || node == null) {
        pending.removeLast();
        continue;
      }
      List<Value> missing = node.inputs().stream().filter(v -> !known.containsKey(v)).toList();
      if (missing.isEmpty()) {
        compute(node);
      } else {
        pending.addAll(missing);
      }
    }
    return known.get(value);
  }

  /**
   * The names of the inputs of the graph on which {@code value} depends, if it would be constant
   * for constant ones; none if one of them is too large to hold shapes, axes or sizes.
   */
  Set<String> deciding(Value value) {
    Set<String> inputs = new LinkedHashSet<>();
    Set<Value> seen = new HashSet<>(Set.of(value));
    Deque<Value> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      Value next = pending.removeLast();
      Node node = builder.producer(next);
      if (foldable.contains(next)) {
        continue;
      }
      if (node == null ? next.type().shape().size() > MAX_DECIDING : !folds(node.operator())) {
        return Set.of();
      }
      if (node == null) {
        inputs.add(next.name());
      } else {
        node.inputs().stream().filter(seen::add).forEach(pending::add);
      }
    }
    return inputs;
  }

  private void compute(Node node) {
    Tensor[] inputs = node.inputs().stream().map(known::get).toArray(Tensor[]::new);
    Tensor[] outputs = new Tensor[node.outputs().size()];
    for (int i = 0; i < outputs.length; i++) {
      TensorType type = node.outputs().get(i).type();
      left -= type.shape().size();
      Check.that(
          left >= 0,
          "needs more than %d constant elements to be computed at import, the last of them %s",
          MAX_ELEMENTS,
          node.name());
      outputs[i] = Tensor.zeros(type.element(), type.shape());
    }
    try {
      References.of(node.operator()).run(inputs, outputs);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "needs '%s', which cannot be computed: %s".formatted(node.name(), e.getMessage()), e);
    }
    for (int i = 0; i < outputs.length; i++) {
      known.put(node.outputs().get(i), outputs[i]);
    }
  }
}
