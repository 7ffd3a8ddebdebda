package io.tilebrew.engine.plan;

import java.util.List;

/**
 * The number of images that should run together. Together they read the weights of fully connected
 * layers once; but the larger their arena, the more of its input a step finds in slower memory.
 *
 * @param weights the floats that are read once for all images
 * @param moved the floats of feature maps that the steps read and write for an image
 * @param arena the floats of arena that an image takes
 */
record BatchChoice(long weights, long moved, long arena) {
  /** The floats of an arena, 16 MiB, from which on steps find nothing in the cache any more. */
  private static final double CACHE = 1 << 22;

  /** What a pass over the plan costs by itself, in floats that are moved. */
  private static final long PASS = 10_000;

  /** The choice for a plan of these steps; parts of a step share weights and maps. */
  static BatchChoice of(List<Step> steps, MemoryPlan memory) {
    long weights = 0;
    long moved = 0;
    for (Step step : steps) {
      List<Step.Compute> parts = step.computes();
      if (!parts.isEmpty()) {
        Step.Compute part = parts.getFirst();
        long work = parts.stream().mapToLong(Step.Compute::multiplyAdds).sum();
        // Each weight of a fully connected layer is used once for an image.
        weights += work <= part.weights().length ? part.weights().length : 0;
        moved += FeatureMap.floats(part.sources()) + FeatureMap.floats(part.targets());
      }
    }
    return new BatchChoice(weights, moved, memory.floats());
  }

  /** The number, at most {@code most}; the smallest of those that are equally good. */
  int images(int most) {
    int best = 1;
    for (int images = 2; images <= most; images++) {
      best = cost(images) < cost(best) ? images : best;
    }
    return best;
  }

  /** The floats that come from slow memory for an image. */
  private double cost(int images) {
    double missed = Math.min(1, arena * images / CACHE);
    return (double) (weights + PASS) / images + moved * missed;
  }
}
