package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Activation;

/** Activations, as nodes of their own or of an epilogue. */
final class ActivationExport {
  private ActivationExport() {}

  /** Writes the nodes that make {@code y} from {@code x}. */
  static void write(NodeExport n, Activation activation, String x, String y) {
    switch (activation) {
      case Activation.None _ -> n.node("Identity", x).to(y);
      case Activation.Relu _ -> n.node("Relu", x).to(y);
      case Activation.Clip(float low, float high) -> clip(n, low, high, x, y);
      case Activation.LeakyRelu(float alpha) -> n.node("LeakyRelu", x).real("alpha", alpha).to(y);
      case Activation.HardSigmoid(float alpha, float beta) ->
          n.node("HardSigmoid", x).real("alpha", alpha).real("beta", beta).to(y);
      case Activation.HardSwish _ -> n.node("HardSwish", x).to(y);
      case Activation.Sigmoid _ -> n.node("Sigmoid", x).to(y);
      case Activation.Tanh _ -> n.node("Tanh", x).to(y);
      case Activation.Silu _ -> n.node("Mul", x, n.node("Sigmoid", x).to(n.step("gate"))).to(y);
    }
  }

  private static void clip(NodeExport n, float low, float high, String x, String y) {
    String least = low == Float.NEGATIVE_INFINITY ? "" : n.scalar("least", DataType.FLOAT32, low);
    String most = high == Float.POSITIVE_INFINITY ? "" : n.scalar("most", DataType.FLOAT32, high);
    n.node("Clip", x, least, most).to(y);
  }
}
