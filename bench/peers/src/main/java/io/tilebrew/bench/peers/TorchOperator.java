package io.tilebrew.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.tilebrew.engine.problem.Activation.Clip;
import io.tilebrew.engine.problem.Activation.HardSigmoid;
import io.tilebrew.engine.problem.Activation.HardSwish;
import io.tilebrew.engine.problem.Activation.LeakyRelu;
import io.tilebrew.engine.problem.Activation.None;
import io.tilebrew.engine.problem.Activation.Relu;
import io.tilebrew.engine.problem.Activation.Sigmoid;
import io.tilebrew.engine.problem.Activation.Silu;
import io.tilebrew.engine.problem.Activation.Tanh;
import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.op.Constant;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Indexing;
import io.tilebrew.graph.op.Linear;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Reduction;
import io.tilebrew.graph.op.Reorder;
import io.tilebrew.graph.op.Resize;
import io.tilebrew.graph.op.Shaping;

/** A node as a call of PyTorch; the array that it gives is a new one, if perhaps of old memory. */
@FunctionalInterface
interface TorchOperator {
  /** The output for these inputs. */
  NDArray apply(NDArray... in);

  /**
   * The call for {@code node}.
   *
   * @throws UnsupportedOperationException if there is none
   */
  static TorchOperator of(Node node) {
    Shape shape = TorchNetwork.shape(node.output().type().shape());
    return switch (node.operator()) {
      case Conv conv -> convolution(conv, node);
      case Linear.Gemm gemm -> product(gemm, node);
      case Linear.MatMul _ -> in -> in[0].matMul(in[1]);
      case Pooling pooling -> pooling(pooling, node);
      case Elementwise.Activate(var activation) -> activation(activation);
      case Elementwise.Binary(var function) -> binary(function, node);
      case Normalization.BatchNormalization(float epsilon) ->
          in ->
              BatchNorm.batchNorm(in[0], in[3], in[4], in[1], in[2], 1, 0, epsilon, false)
                  .singletonOrThrow();
      case Normalization.Softmax(int axis) -> in -> in[0].softmax(axis);
      case Shaping.Concat(int axis) -> in -> NDArrays.concat(new NDList(in), axis);
      case Shaping.Reshape _ -> in -> in[0].reshape(shape);
      case Shaping.Expand _ -> in -> in[0].broadcast(shape);
      case Shaping.Transpose(var permutation) -> {
        int[] axes = permutation.stream().mapToInt(Integer::intValue).toArray();
        yield in -> in[0].transpose(axes);
      }
      case Constant _,
          ConvTranspose _,
          Elementwise _,
          Indexing _,
          Normalization _,
          Reduction _,
          Reorder _,
          Resize _,
          Shaping _ ->
          throw unsupported(node);
    };
  }

  private static UnsupportedOperationException unsupported(Node node) {
    return new UnsupportedOperationException("no translation of %s".formatted(node));
  }

  private static TorchOperator convolution(Conv conv, Node node) {
    boolean plain =
        conv.algorithm() == Algorithm.DIRECT
            && conv.epilogue().equals(Pointwise.NONE)
            && conv.pool() == null;
    Window w = conv.window();
    Shape padding = padding(w, plain, node);
    Shape stride = new Shape(w.strideHeight(), w.strideWidth());
    Shape dilation = new Shape(w.dilationHeight(), w.dilationWidth());
    return in ->
        Conv2d.conv2d(
                in[0],
                in[1],
                in.length > 2 ? in[2] : null,
                stride,
                padding,
                dilation,
                conv.group())
            .singletonOrThrow();
  }

  private static Shape padding(Window w, boolean fits, Node node) {
    if (!fits || w.padTop() != w.padBottom() || w.padLeft() != w.padRight()) {
      throw unsupported(node);
    }
    return new Shape(w.padTop(), w.padLeft());
  }

  private static TorchOperator product(Linear.Gemm gemm, Node node) {
    if (gemm.transA() || !gemm.transB() || gemm.alpha() != 1 || gemm.beta() != 1) {
      throw unsupported(node);
    }
    return in ->
        ai.djl.nn.core.Linear.linear(in[0], in[1], in.length > 2 ? in[2] : null)
            .singletonOrThrow();
  }

  private static TorchOperator pooling(Pooling pooling, Node node) {
    Window w = pooling.window();
    Shape padding = padding(w, w.dilationHeight() == 1 && w.dilationWidth() == 1, node);
    Shape kernel = new Shape(w.kernelHeight(), w.kernelWidth());
    Shape stride = new Shape(w.strideHeight(), w.strideWidth());
    return switch (pooling) {
      case Pooling.MaxPool(Window _, boolean ceil) ->
          in -> Pool.maxPool2d(in[0], kernel, stride, padding, ceil);
      case Pooling.AveragePool(Window _, boolean ceil, boolean countPadding) ->
          in -> Pool.avgPool2d(in[0], kernel, stride, padding, ceil, countPadding);
      case Pooling.LpPool _ -> throw unsupported(node);
    };
  }

  private static TorchOperator activation(io.tilebrew.engine.problem.Activation activation) {
    return switch (activation) {
      case None _ -> in -> in[0].reshape(in[0].getShape());
      case Relu _ -> in -> Activation.relu(in[0]);
      case Clip(float low, float high) -> in -> in[0].clip(low, high);
      case LeakyRelu(float alpha) -> in -> Activation.leakyRelu(in[0], alpha);
      case Sigmoid _ -> in -> Activation.sigmoid(in[0]);
      case Tanh _ -> in -> Activation.tanh(in[0]);
      case Silu _ -> in -> Activation.swish(in[0], 1);
      case HardSigmoid _, HardSwish _ ->
          throw new UnsupportedOperationException("no translation of %s".formatted(activation));
    };
  }

  private static TorchOperator binary(Arithmetic function, Node node) {
    return switch (function) {
      case ADD -> in -> in[0].add(in[1]);
      case SUB -> in -> in[0].sub(in[1]);
      case MUL -> in -> in[0].mul(in[1]);
      case DIV -> in -> in[0].div(in[1]);
      case MIN -> in -> in[0].minimum(in[1]);
      case MAX -> in -> in[0].maximum(in[1]);
      case POW, MOD, REM, PRELU -> throw unsupported(node);
    };
  }
}
