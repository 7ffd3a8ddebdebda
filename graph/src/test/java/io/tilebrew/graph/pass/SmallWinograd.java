package io.tilebrew.graph.pass;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.pass.WinogradPass.Thresholds;
import java.util.HashSet;
import java.util.Set;

/** Winograd's algorithm for convolutions as small as those of random graphs. */
public final class SmallWinograd {
  static final Thresholds THRESHOLDS = new Thresholds(1, 1, 20);

  private SmallWinograd() {}

  /** The result of all passes before the layout but {@code without}, and of the algorithm. */
  public static Graph run(Graph graph, Set<String> without) {
    Set<String> left = new HashSet<>(without);
    left.add(Passes.LAYOUT);
    return WinogradPass.run(Passes.run(graph, left), THRESHOLDS);
  }
}
