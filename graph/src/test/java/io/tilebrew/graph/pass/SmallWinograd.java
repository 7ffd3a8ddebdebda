package io.tilebrew.graph.pass;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.graph.Graph;
import java.util.HashSet;
import java.util.Set;

/** Winograd's algorithm for convolutions as small as those of random graphs. */
public final class SmallWinograd {
  private SmallWinograd() {}

  /** Small tiles for few outputs and large ones for more. */
  static Algorithm algorithm(ConvProblem p) {
    int outputs = p.convHeight() * p.convWidth();
    if (p.window().kernelHeight() == Algorithm.WINOGRAD_2K5.taps()) {
      return outputs < 20 ? Algorithm.WINOGRAD_2K5 : Algorithm.WINOGRAD_4K5;
    }
    if (outputs >= 40) {
      return Algorithm.WINOGRAD_6;
    }
    return outputs < 20 ? Algorithm.WINOGRAD_2 : Algorithm.WINOGRAD_4;
  }

  /** The result of all passes before the layout but {@code without}, and of the algorithm. */
  public static Graph run(Graph graph, Set<String> without) {
    Set<String> left = new HashSet<>(without);
    left.add(Passes.LAYOUT);
    return WinogradPass.run(Passes.run(graph, left), SmallWinograd::algorithm);
  }
}
