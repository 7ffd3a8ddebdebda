package io.tilebrew.graph.onnx.export;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.problem.Pointwise;
import java.util.ArrayList;
import java.util.List;

/** Pointwise functions: a node for each stage, or some. */
final class PointwiseExport {
  private PointwiseExport() {}

  /** Writes the nodes that make {@code y} from {@code x} and the {@code operands} beside it. */
  static void write(NodeExport n, Pointwise function, String x, String[] operands, String y) {
    List<Pointwise.Stage> stages = function.stages();
    if (stages.isEmpty()) {
      n.node("Identity", x).to(y);
    }
    String value = x;
    List<String> left = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      String next = i == stages.size() - 1 ? y : n.step("stage");
      left.add(value);
      switch (stages.get(i)) {
        case Pointwise.Activate(var activation) ->
            ActivationExport.write(n, activation, value, next);
        case Pointwise.Apply(var unary) -> n.node(ArithmeticExport.type(unary), value).to(next);
        case Pointwise.Combine(var arithmetic, var operand, boolean swapped) -> {
          String other =
              switch (operand) {
                case Pointwise.Earlier(int count) -> left.get(count);
                case Pointwise.Input(int index) -> operands[index - 1];
                case Pointwise.Scalar(float number) -> n.scalar("number", DataType.FLOAT32, number);
              };
          String a = swapped ? other : value;
          String b = swapped ? value : other;
          ArithmeticExport.write(n, arithmetic, DataType.FLOAT32, a, b, next);
        }
      }
      value = next;
    }
  }
}
