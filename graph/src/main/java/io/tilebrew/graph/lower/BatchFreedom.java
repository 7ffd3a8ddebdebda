package io.tilebrew.graph.lower;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Whether a graph for one image serves any number of them: its form for two images must be the same
 * but for leading dimensions of 2. Shapes computed in the graph are constants by now, so a graph
 * that computes with its batch size shows itself by constants that differ.
 */
public final class BatchFreedom {
  private BatchFreedom() {}

  /** Compares {@code one} with the form for two images, which may not exist. */
  public static boolean holds(Graph one, Supplier<Graph> two) {
    try {
      return agree(one, two.get());
    } catch (ModelException e) {
      return false;
    }
  }

  private static boolean agree(Graph one, Graph two) {
    if (one.nodes().size() != two.nodes().size()) {
      return false;
    }
    for (int i = 0; i < one.nodes().size(); i++) {
      if (!agree(one.nodes().get(i), two.nodes().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean agree(Node one, Node two) {
    Tensor constant = one.constant();
    if (constant != null) {
      return two.constant() != null && same(constant, Objects.requireNonNull(two.constant()));
    }
    return one.operator().getClass() == two.operator().getClass()
        && names(one.inputs()).equals(names(two.inputs()))
        && doubled(one.outputs(), two.outputs());
  }

  private static List<String> names(List<Value> values) {
    return values.stream().map(Value::name).toList();
  }

  private static boolean doubled(List<Value> one, List<Value> two) {
    for (int i = 0; i < one.size(); i++) {
      Shape shape = one.get(i).type().shape();
      if (shape.rank() == 0
          || shape.dim(0) != 1
          || !two.get(i).type().shape().equals(shape.with(0, 2))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Tensor a, Tensor b) {
    if (a.array() == b.array()) {
      return true;
    }
    boolean same = a.type() == b.type() && a.shape().equals(b.shape());
    for (int i = 0; same && i < a.size(); i++) {
      same = Double.compare(a.doubleAt(i), b.doubleAt(i)) == 0;
    }
    return same;
  }
}
