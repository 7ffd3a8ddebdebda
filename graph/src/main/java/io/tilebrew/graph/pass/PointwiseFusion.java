package io.tilebrew.graph.pass;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pointwise.Activate;
import io.tilebrew.engine.problem.Pointwise.Combine;
import io.tilebrew.engine.problem.Pointwise.Earlier;
import io.tilebrew.engine.problem.Pointwise.Input;
import io.tilebrew.engine.problem.Pointwise.Stage;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Normalization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins chains of elementwise functions and normalizations by constants to one function; a constant
 * of one element becomes a number of it, and the power of 2 a product.
 */
final class PointwiseFusion {
  /** The most stages of a function, so that its code stays small. */
  private static final int MOST_STAGES = 8;

  private static final Pointwise SCALE_AND_SHIFT = Pointwise.parse("+mul +add");
  private static final Pointwise SQUARE = Pointwise.parse("+mul[0]");

  private PointwiseFusion() {}

  /** A pointwise function of values: the one it starts with, then the others. */
  private record Call(Pointwise function, List<Value> inputs) {
    List<Stage> stages() {
      return function.stages();
    }

    /** The same with each input once. */
    Call distinct() {
      List<Value> distinct = inputs.stream().distinct().toList();
      return distinct.size() == inputs.size()
          ? this
          : new Call(
              function.withOperands(
                  operand -> {
                    if (!(operand instanceof Input(int index))) {
                      return operand;
                    }
                    int place = distinct.indexOf(inputs.get(index));
                    return place == 0 ? new Earlier(0) : new Input(place);
                  }),
              distinct);
    }

    /** The same with the second input as its start, or null. */
    @Nullable Call turned() {
      Pointwise turned = function.turned();
      return turned == null ? null : new Call(turned, inputs.reversed());
    }
  }

  static Graph run(Graph graph) {
    return Rewriter.exhaust(graph, PointwiseFusion::fuse);
  }

  private static @Nullable Value fuse(Rewriter rewriter, Node node) {
    Call call = call(rewriter, node, node.inputs().stream().map(rewriter::now).toList());
    if (call == null) {
      return null;
    }
    Call joined = join(rewriter, node, call);
    Call result = joined == null ? call : joined;
    Pointwise function = known(result.function);
    boolean changed = joined != null || result.inputs.size() < node.inputs().size();
    return changed
        ? rewriter.replace(
            node, new Elementwise.Fused(function), result.inputs.toArray(Value[]::new))
        : null;
  }

  /** The call that {@code node} makes with {@code inputs}, or null if it is no such function. */
  private static @Nullable Call call(Rewriter rewriter, Node node, List<Value> inputs) {
    if (node.operator() instanceof Normalization.BatchNormalization(float epsilon)) {
      return batchNorm(rewriter, node, Affine.batchNorm(rewriter, inputs, epsilon), inputs);
    }
    if (node.output().type().element() != DataType.FLOAT32) {
      return null;
    }
    if (isSquare(rewriter, node, inputs)) {
      return new Call(SQUARE, List.of(inputs.getFirst()));
    }
    Pointwise function =
        node.operator() instanceof Elementwise operator ? operator.pointwise() : null;
    return function == null ? null : withNumber(rewriter, new Call(function, inputs).distinct());
  }

  /** Whether {@code node} takes the power of 2, which is the product to the last bit. */
  private static boolean isSquare(Rewriter rewriter, Node node, List<Value> inputs) {
    if (!(node.operator() instanceof Elementwise.Binary(Arithmetic function))
        || function != Arithmetic.POW) {
      return false;
    }
    Tensor exponent = rewriter.constant(inputs.get(1));
    return exponent != null
        && exponent.size() == 1
        && exponent.floats()[0] == 2
        && exponent.shape().rank() <= inputs.getFirst().type().rank();
  }

  private static @Nullable Call batchNorm(
      Rewriter rewriter, Node node, @Nullable Affine affine, List<Value> inputs) {
    if (affine == null || affine.scale() == null) {
      return null;
    }
    int[] dims = new int[Math.max(1, node.output().type().rank() - 1)];
    Arrays.fill(dims, 1);
    dims[0] = affine.shift().length;
    Shape shape = Shape.of(dims);
    Value scale = rewriter.constant(node.name() + ".scale", floats(shape, affine.scale()));
    Value shift = rewriter.constant(node.name() + ".shift", floats(shape, affine.shift()));
    return new Call(SCALE_AND_SHIFT, List.of(inputs.getFirst(), scale, shift));
  }

  private static Tensor floats(Shape shape, double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(shape, floats);
  }

  /** A function of two values of which one is a number, as a function of the other one. */
  private static Call withNumber(Rewriter rewriter, Call call) {
    Combine first = call.function.combinesTwo();
    for (int i = 0; first != null && i < 2; i++) {
      Tensor constant = rewriter.constant(call.inputs.get(i));
      Value other = call.inputs.get(1 - i);
      if (constant != null
          && constant.size() == 1
          && constant.shape().rank() <= other.type().rank()
          && rewriter.constant(other) == null) {
        Pointwise.Scalar number = new Pointwise.Scalar(constant.floats()[0]);
        boolean swapped = (i == 0) != first.swapped();
        return new Call(
            call.function.withFirst(new Combine(first.function(), number, swapped)),
            List.of(other));
      }
    }
    return call;
  }

  /** The call with the one that makes one of its inputs taken in, or null. */
  private static @Nullable Call join(Rewriter rewriter, Node node, Call call) {
    Call joined = join(before(rewriter, node, call.inputs.getFirst()), call);
    Call turned = joined == null ? call.turned() : null;
    return turned == null ? joined : join(before(rewriter, node, turned.inputs.getFirst()), turned);
  }

  private static @Nullable Call join(@Nullable Call first, Call second) {
    if (first == null || first.stages().size() + second.stages().size() > MOST_STAGES) {
      return null;
    }
    List<Value> inputs = new ArrayList<>(first.inputs);
    inputs.addAll(second.inputs.subList(1, second.inputs.size()));
    return new Call(first.function.then(second.function), inputs).distinct();
  }

  /** The call that makes {@code input} of {@code node} alone, over all of its elements. */
  private static @Nullable Call before(Rewriter rewriter, Node node, Value input) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Node before =
          rewriter.now(node.input(i)).equals(input) ? rewriter.soleProducer(node, i) : null;
      if (before != null) {
        Call call = call(rewriter, before, before.inputs());
        boolean same =
            call != null
                && call.inputs.getFirst().type().equals(node.output().type())
                && input.type().equals(node.output().type());
        return same ? call : null;
      }
    }
    return null;
  }

  /** The function with x * sigmoid(x) and x * hardsigmoid(x) under their names. */
  private static Pointwise known(Pointwise function) {
    List<Stage> stages = new ArrayList<>(function.stages());
    if (stages.size() >= 2
        && stages.get(0) instanceof Activate(Activation gate)
        && stages.get(1) instanceof Combine(Arithmetic f, Earlier(int count), boolean _)
        && f == Arithmetic.MUL
        && count == 0
        && stages.stream().noneMatch(PointwiseFusion::readsFirst)) {
      Activation named =
          gate.equals(new Activation.Sigmoid())
              ? new Activation.Silu()
              : gate.equals(Activation.HardSwish.GATE) ? new Activation.HardSwish() : null;
      if (named != null) {
        stages.set(0, new Activate(named));
        stages.set(1, new Activate(Activation.NONE));
        return new Pointwise(stages);
      }
    }
    return function;
  }

  /** Whether {@code stage} looks back at what the first one has left. */
  private static boolean readsFirst(Stage stage) {
    return stage instanceof Combine combine && combine.operand().equals(new Earlier(1));
  }
}
