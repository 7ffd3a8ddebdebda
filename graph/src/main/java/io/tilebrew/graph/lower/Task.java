package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.FeatureMap;
import java.util.ArrayList;
import java.util.List;

/**
 * What kernels are to compute in a step, whichever they are.
 *
 * @param name the node, for reports
 * @param problem what is computed, for reports
 * @param reads the maps that it reads
 * @param writes the maps that it writes
 * @param work the multiply-adds of one image
 */
record Task(
    String name, String problem, List<FeatureMap> reads, List<FeatureMap> writes, long work) {
  /** The same with maps that only its kernels use. */
  Task withScratch(List<FeatureMap> scratch) {
    List<FeatureMap> all = new ArrayList<>(writes);
    all.addAll(scratch);
    return new Task(name, problem, reads, all, work);
  }

  /** The floats of one image that it reads and writes. */
  long floats() {
    return FeatureMap.floats(reads) + FeatureMap.floats(writes);
  }
}
