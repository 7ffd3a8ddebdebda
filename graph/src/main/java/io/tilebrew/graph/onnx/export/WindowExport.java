package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.op.Conv;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Convolution;
import io.tilebrew.graph.op.Pooling;
import io.tilebrew.graph.op.Pooling.AveragePool;
import io.tilebrew.graph.op.Pooling.LpPool;
import io.tilebrew.graph.op.Pooling.MaxPool;
import java.util.List;

/** Operators with a sliding window; an epilogue becomes nodes of its own. */
final class WindowExport {
  private WindowExport() {}

  static void convolution(NodeExport n, Convolution operator) {
    switch (operator) {
      case Conv conv -> conv(n, conv);
      case ConvTranspose transpose -> transpose(n, transpose);
    }
  }

  private static void conv(NodeExport n, Conv conv) {
    Pool pool = conv.pool();
    boolean plain = conv.epilogue().equals(Pointwise.NONE);
    List<String> in = List.of(n.inputs());
    String sum = plain && pool == null ? n.out() : n.step("Conv");
    window(n.node("Conv", Conv.ownInputs(in).toArray(String[]::new)), conv.window())
        .integer("group", conv.group())
        .to(sum);
    String active = pool == null ? n.out() : plain ? sum : n.step("Epilogue");
    if (!plain) {
      String[] operands = Conv.epilogueInputs(in).toArray(String[]::new);
      PointwiseExport.write(n, conv.epilogue(), sum, operands, active);
    }
    if (pool != null) {
      pool(n, pool, active);
    }
  }

  private static void pool(NodeExport n, Pool pool, String x) {
    switch (pool.kind()) {
      case MAX -> window(n.node("MaxPool", x), pool.window()).to(n.out());
      case AVERAGE -> window(n.node("AveragePool", x), pool.window()).to(n.out());
      case L1, L2 ->
          window(n.node("LpPool", x), pool.window())
              .integer("p", pool.kind() == Pool.Kind.L1 ? 1 : 2)
              .to(n.out());
      case AVERAGE_PADDED ->
          window(n.node("AveragePool", x), pool.window())
              .integer("count_include_pad", 1)
              .to(n.out());
    }
  }

  private static void transpose(NodeExport n, ConvTranspose operator) {
    Window w = operator.window();
    Shape x = n.input(0).shape();
    long bottom = end(x.dim(2), w.strideHeight(), w.spanHeight(), w.padTop(), operator.height());
    long right = end(x.dim(3), w.strideWidth(), w.spanWidth(), w.padLeft(), operator.width());
    Window padded =
        w.withPadding(w.padTop(), w.padLeft(), (int) Math.max(bottom, 0), (int) Math.max(right, 0));
    boolean plain = operator.epilogue().equals(Pointwise.NONE);
    List<String> in = List.of(n.inputs());
    String sum = plain ? n.out() : n.step("ConvTranspose");
    window(n.node("ConvTranspose", Conv.ownInputs(in).toArray(String[]::new)), padded)
        .ints("output_padding", (int) Math.max(-bottom, 0), (int) Math.max(-right, 0))
        .integer("group", operator.group())
        .to(sum);
    if (!plain) {
      String[] operands = Conv.epilogueInputs(in).toArray(String[]::new);
      PointwiseExport.write(n, operator.epilogue(), sum, operands, n.out());
    }
  }

  /** What the end of one axis is padded by; below 0, what is added to it. */
  private static long end(int input, int stride, int span, int before, int size) {
    return (long) stride * (input - 1) + span - before - size;
  }

  static void pooling(NodeExport n, Pooling operator) {
    Shape x = n.input(0).shape();
    Window whole = Window.of(x.dim(2), x.dim(3));
    boolean global = operator.window().equals(whole) && !operator.ceilMode();
    switch (operator) {
      case MaxPool _ when global -> n.node("GlobalMaxPool").to(n.out());
      case MaxPool pool -> pool(n, "MaxPool", pool).to(n.out());
      case AveragePool pool when global && !pool.countPadding() ->
          n.node("GlobalAveragePool").to(n.out());
      case AveragePool pool ->
          pool(n, "AveragePool", pool).flag("count_include_pad", pool.countPadding()).to(n.out());
      case LpPool pool -> pool(n, "LpPool", pool).integer("p", pool.p()).to(n.out());
    }
  }

  private static NodeWriter pool(NodeExport n, String type, Pooling pool) {
    return window(n.node(type), pool.window()).flag("ceil_mode", roundsUp(n, pool));
  }

  /**
   * Whether sizes are rounded up. Where that only adds windows which start in the end padding, and
   * so count for nothing, it is left out: ONNX's inference of shapes would count them.
   */
  private static boolean roundsUp(NodeExport n, Pooling pool) {
    Shape x = n.input(0).shape();
    Shape y = n.output(0).shape();
    Window w = pool.window();
    int height = w.outputHeight(x.dim(2));
    int width = w.outputWidth(x.dim(3));
    boolean none = y.dim(2) == height && y.dim(3) == width;
    boolean exact =
        (height - 1) * w.strideHeight() + w.spanHeight() == x.dim(2) + w.padTop() + w.padBottom()
            && (width - 1) * w.strideWidth() + w.spanWidth()
                == x.dim(3) + w.padLeft() + w.padRight();
    return pool.ceilMode() && (exact || !none);
  }

  private static NodeWriter window(NodeWriter node, Window w) {
    return node.ints("kernel_shape", w.kernelHeight(), w.kernelWidth())
        .ints("strides", w.strideHeight(), w.strideWidth())
        .ints("dilations", w.dilationHeight(), w.dilationWidth())
        .ints("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight());
  }
}
