package io.tilebrew.graph.pass;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Shaping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Drops nodes that change nothing, and joins reshapes of reshapes and transposes of transposes. */
final class Pruning {
  private Pruning() {}

  static Graph run(Graph graph) {
    return Rewriter.rewrite(graph, Pruning::prune);
  }

  private static @Nullable Value prune(Rewriter rewriter, Node node) {
    if (node.inputs().isEmpty()) {
      return null;
    }
    Value input = rewriter.input(node, 0);
    if (isIdentity(node.operator(), node, input)) {
      return input;
    }
    Node before = rewriter.producer(input);
    if (before == null) {
      return null;
    }
    if (node.operator() instanceof Shaping.Reshape
        && before.operator() instanceof Shaping.Reshape) {
      return sameType(before.input(0), node)
          ? before.input(0)
          : rewriter.replace(node, node.operator(), before.input(0));
    }
    if (node.operator() instanceof Shaping.Transpose second
        && before.operator() instanceof Shaping.Transpose first) {
      List<Integer> both =
          second.permutation().stream().map(axis -> first.permutation().get(axis)).toList();
      return isSorted(both)
          ? before.input(0)
          : rewriter.replace(node, new Shaping.Transpose(both), before.input(0));
    }
    return null;
  }

  private static boolean sameType(Value input, Node node) {
    return input.type().equals(node.output().type());
  }

  private static boolean isSorted(List<Integer> permutation) {
    return permutation.stream().sorted().toList().equals(permutation);
  }

  private static boolean isIdentity(Operator operator, Node node, Value input) {
    return switch (operator) {
      case Shaping.Reshape _, Shaping.Expand _, Elementwise.Cast _ -> sameType(input, node);
      case Shaping.Concat _ -> node.inputs().size() == 1;
      case Shaping.Transpose(var permutation) -> isSorted(permutation);
      case Shaping.Slice slice ->
          sameType(input, node) && slice.steps().stream().allMatch(step -> step == 1);
      case Elementwise.Activate(var activation) -> activation.equals(Activation.NONE);
      default -> false;
    };
  }
}
