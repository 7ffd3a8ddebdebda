package io.tilebrew.models.zoo;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.Arithmetic;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.graph.op.Elementwise.Binary;
import io.tilebrew.graph.op.Linear.Gemm;
import io.tilebrew.graph.op.Normalization.BatchNormalization;
import io.tilebrew.graph.op.Normalization.LocalResponse;
import io.tilebrew.graph.op.Normalization.Softmax;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import io.tilebrew.graph.op.Shaping.Concat;
import io.tilebrew.graph.op.Shaping.Expand;
import io.tilebrew.graph.op.Shaping.Reshape;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What a layer of a network gives; each method adds the next layer and returns what that gives.
 *
 * <p>Windows are written as {@link Window#parse} reads them, {@code k3 s2 p1} for 3x3 with stride 2
 * and padding 1. Layers with parameters are named, and theirs are called {@code NAME.weight},
 * {@code NAME.bias} and so on, as in torchvision. Convolutions start with He's weights, fully
 * connected layers with Glorot's (known as Xavier's), and biases within 1 / sqrt(fan-in) of 0.
 */
record Features(Net net, String layer, Value value) {
  /** The dimensions, [N,C,H,W] or [N,C]. */
  Shape shape() {
    return value.type().shape();
  }

  int channels() {
    return shape().dim(1);
  }

  /** The rows. */
  int height() {
    return shape().dim(2);
  }

  /** A layer without parameters. */
  Features then(String what, Operator operator) {
    return named(layer + "/" + what, operator, value);
  }

  private Features named(String name, Operator operator, Value... inputs) {
    return new Features(net, layer, net.add(name, operator, inputs).value());
  }

  /** Some layers. */
  Features then(UnaryOperator<Features> layers) {
    return layers.apply(this);
  }

  /** A convolution with a bias. */
  Features conv(String name, int maps, String window) {
    return conv(name, maps, window, 1);
  }

  /** A convolution with a bias, in groups of channels that do not see each other. */
  Features conv(String name, int maps, String window, int groups) {
    Window w = Window.parse(window);
    Value filter = filter(name, maps, w, groups);
    Value bias = bias(name, maps, channels() / groups * w.taps());
    return net.add(name, new Conv(w, groups), value, filter, bias);
  }

  /** A convolution without a bias. */
  Features bareConv(String name, int maps, String window) {
    return bareConv(name, maps, window, 1);
  }

  /** A convolution without a bias, in groups of channels that do not see each other. */
  Features bareConv(String name, int maps, String window, int groups) {
    Window w = Window.parse(window);
    return net.add(name, new Conv(w, groups), value, filter(name, maps, w, groups));
  }

  private Value filter(String name, int maps, Window w, int groups) {
    int inputs = channels() / groups;
    double reach = Math.sqrt(6.0 / (inputs * w.taps()));
    return net.parameter(
        name + ".weight", 0, reach, maps, inputs, w.kernelHeight(), w.kernelWidth());
  }

  private Value bias(String name, int outputs, int fanIn) {
    return net.parameter(name + ".bias", 0, 1 / Math.sqrt(fanIn), outputs);
  }

  /** A fully connected layer over [N,C]. */
  Features linear(String name, int outputs) {
    int inputs = channels();
    double reach = Math.sqrt(6.0 / (inputs + outputs));
    Value weight = net.parameter(name + ".weight", 0, reach, outputs, inputs);
    return net.add(name, new Gemm(false, true, 1, 1), value, weight, bias(name, outputs, inputs));
  }

  /** Batch normalization with the usual epsilon of 1e-5. */
  Features batchNorm(String name) {
    return batchNorm(name, 1e-5f);
  }

  /** Batch normalization; as long as nothing was trained it is nearly the identity. */
  Features batchNorm(String name, float epsilon) {
    int channels = channels();
    return net.add(
        name,
        new BatchNormalization(epsilon),
        value,
        net.parameter(name + ".weight", 1, 0, channels),
        net.parameter(name + ".bias", 0, 0, channels),
        net.parameter(name + ".running_mean", 0, 0, channels),
        net.parameter(name + ".running_var", 1, 0, channels));
  }

  /** {@code max(x, 0)}. */
  Features relu() {
    return then("relu", new Activate(Activation.RELU));
  }

  /** {@code min(max(x, 0), 6)}. */
  Features relu6() {
    return then("relu6", new Activate(new Activation.Clip(0, 6)));
  }

  Features maxPool(String window) {
    return then("pool", new MaxPool(Window.parse(window), false));
  }

  /** Max pooling where a last window that reaches over the edge counts, too. */
  Features maxPoolCeil(String window) {
    return then("pool", new MaxPool(Window.parse(window), true));
  }

  Features avgPool(String window) {
    return then("pool", new AveragePool(Window.parse(window), false, false));
  }

  /** The mean of each feature map, as [N,C]. */
  Features globalAvgPool() {
    Window whole = Window.of(height(), shape().dim(3));
    return then("mean", new AveragePool(whole, false, false)).flatten();
  }

  /**
   * Feature maps of {@code side} x {@code side}: means of equal parts, or copies of a single pixel.
   *
   * @throws IllegalArgumentException if the maps divide into no equal parts
   */
  Features adaptiveAvgPool(int side) {
    int height = height();
    if (height == side) {
      return this;
    }
    if (height == 1) {
      return then("spread", new Expand(Shape.of(1, channels(), side, side)));
    }
    if (height % side != 0) {
      throw new IllegalArgumentException(
          "its last feature maps are %dx%d, which do not divide into %dx%d equal parts"
              .formatted(height, height, side, side));
    }
    int part = height / side;
    return avgPool("k%d s%d".formatted(part, part));
  }

  /** Local response normalization, with {@code alpha} shared out among {@code size} channels. */
  Features lrn(int size, float alpha, float beta, float bias) {
    return then("norm", new LocalResponse(size, alpha, beta, bias));
  }

  /** Dropout, which does nothing outside of training. */
  Features dropout() {
    return this;
  }

  /** All but the batch in one row. */
  Features flatten() {
    Shape shape = shape();
    Shape flat = Shape.of(shape.dim(0), shape.size() / shape.dim(0));
    return shape.equals(flat) ? this : then("flat", new Reshape(flat));
  }

  Features softmax() {
    return then("softmax", new Softmax(1));
  }

  /** These channels, then those of {@code others}. */
  Features concat(String name, Features... others) {
    Value[] all =
        Stream.concat(Stream.of(value), Arrays.stream(others).map(Features::value))
            .toArray(Value[]::new);
    return net.add(name, new Concat(1), all);
  }

  /** The sum with other features. */
  Features add(String name, Features other) {
    return net.add(name, new Binary(Arithmetic.ADD), value, other.value);
  }

  /** An arithmetic function of these features and a constant. */
  Features with(String name, Arithmetic function, Value operand) {
    return net.add(name, new Binary(function), value, operand);
  }

  /** The product with a number. */
  Features times(double factor) {
    Value number = net.constant(layer + "/factor", Tensor.of(Shape.SCALAR, (float) factor));
    return named(layer + "/times", new Binary(Arithmetic.MUL), value, number);
  }
}
