package io.tilebrew.bench;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Elementwise;
import io.tilebrew.graph.op.Normalization;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Shaping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A convolution as a network of its own: the sums, its epilogue, its pooling, and perhaps something
 * of another family.
 */
final class LayerModel {
  private final ConvProblem problem;
  private final GraphBuilder builder;
  private final Random random = new Random(1);

  /** What stands behind the text of a problem. */
  private enum Form {
    /** Nothing: the convolution alone. */
    PLAIN,
    /** The convolution is a transposed one; its window is what the problem says. */
    TRANSPOSED,
    /** Two of these convolutions, joined along the channels. */
    CONCAT,
    /** Softmax over the channels of the convolution. */
    SOFTMAX,
    /** The local response normalization of AlexNet. */
    LRN;

    private String suffix() {
      return this == PLAIN ? "" : " " + name().toLowerCase(Locale.ROOT);
    }
  }

  private LayerModel(ConvProblem problem) {
    this.problem = problem;
    this.builder = new GraphBuilder(problem.toString());
  }

  /** Whether {@code text} is meant as a layer. */
  static boolean isLayer(String text) {
    return text.contains(" -> ");
  }

  /**
   * The graph for a problem with random weights; the passes choose the algorithm.
   *
   * @param text a problem, with {@code transposed}, {@code concat}, {@code softmax} or {@code lrn}
   *     behind it if another family is wanted, too
   * @throws IllegalArgumentException if it is something else
   */
  static Graph of(String text) {
    Form form = Form.PLAIN;
    for (Form each : Form.values()) {
      form = text.endsWith(each.suffix()) ? each : form;
    }
    String conv = text.substring(0, text.length() - form.suffix().length());
    return new LayerModel(ConvProblem.parse(conv)).graph(form);
  }

  private Graph graph(Form form) {
    Value x = input("x", problem.inputChannels(), problem.height(), problem.width());
    Value y =
        switch (form) {
          case PLAIN -> convolution("conv", x);
          case TRANSPOSED -> transposed(x);
          case CONCAT ->
              builder.add(
                  "concat", new Shaping.Concat(1), convolution("left", x), convolution("right", x));
          case SOFTMAX ->
              builder.add("softmax", new Normalization.Softmax(1), convolution("conv", x));
          case LRN ->
              builder.add(
                  "lrn",
                  new Normalization.LocalResponse(5, 5e-4f, 0.75f, 2),
                  convolution("conv", x));
        };
    builder.output("y", y);
    return builder.build();
  }

  private Value convolution(String name, Value x) {
    int maps = problem.outputChannels();
    Window window = problem.window();
    Value w = weights(name, maps, problem.inputChannels() / problem.group());
    Value y = builder.add(name, new Conv(window, problem.group()), x, w, bias(name));
    Value fused = epilogue(name, y);
    Pool pool = problem.pool();
    return pool == null ? fused : builder.add(name + ".pool", pooling(pool), fused);
  }

  private Value transposed(Value x) {
    if (problem.pool() != null) {
      throw new IllegalArgumentException(
          "'%s' has a pooling, which no transposed convolution has".formatted(problem));
    }
    Window w = problem.window();
    int spanHeight = (w.kernelHeight() - 1) * w.dilationHeight() + 1;
    int spanWidth = (w.kernelWidth() - 1) * w.dilationWidth() + 1;
    int height =
        (problem.height() - 1) * w.strideHeight() + spanHeight - w.padTop() - w.padBottom();
    int width = (problem.width() - 1) * w.strideWidth() + spanWidth - w.padLeft() - w.padRight();
    Window begin = w.withPadding(w.padTop(), w.padLeft(), 0, 0);
    int maps = problem.outputChannels() / problem.group();
    Value weights = weights("conv", problem.inputChannels(), maps);
    ConvTranspose conv = new ConvTranspose(begin, problem.group(), height, width);
    return epilogue("conv", builder.add("conv", conv, x, weights, bias("conv")));
  }

  private Value epilogue(String name, Value sums) {
    Pointwise function = problem.epilogue();
    if (function.equals(Pointwise.NONE)) {
      return sums;
    }
    Shape shape = sums.type().shape();
    List<Value> inputs = new ArrayList<>(List.of(sums));
    for (int i = 0; i < function.inputs(); i++) {
      inputs.add(input(name + ".x" + i, shape.dim(1), shape.dim(2), shape.dim(3)));
    }
    return builder.add(
        name + ".epilogue", new Elementwise.Fused(function), inputs.toArray(Value[]::new));
  }

  private static Pooling pooling(Pool pool) {
    return switch (pool.kind()) {
      case MAX -> new Pooling.MaxPool(pool.window(), false);
      case AVERAGE -> new Pooling.AveragePool(pool.window(), false, false);
      case AVERAGE_PADDED -> new Pooling.AveragePool(pool.window(), false, true);
      case L1 -> new Pooling.LpPool(pool.window(), false, 1);
      case L2 -> new Pooling.LpPool(pool.window(), false, 2);
    };
  }

  private Value input(String name, int channels, int height, int width) {
    return builder.input(name, TensorType.f32(problem.batch(), channels, height, width));
  }

  private Value weights(String name, int first, int second) {
    Window w = problem.window();
    return constant(name + ".w", Shape.of(first, second, w.kernelHeight(), w.kernelWidth()));
  }

  private Value bias(String name) {
    return constant(name + ".b", Shape.of(problem.outputChannels()));
  }

  private Value constant(String name, Shape shape) {
    float[] floats = new float[shape.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat() - 0.5f;
    }
    return builder.constant(name, Tensor.of(shape, floats));
  }
}
