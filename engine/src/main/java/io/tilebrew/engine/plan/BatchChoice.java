package io.tilebrew.engine.plan;

import java.util.List;

/**
 * The number of images that should run together. Together they read the weights of fully connected
 * layers once, and those of convolutions of small feature maps less often; but the larger their
 * arena, the more of its input a step finds in slower memory.
 *
 * @param once the floats of weights that are read once for all images
 * @param shared the floats of weights that are read once for a few images
 * @param moved the floats of feature maps that the steps read and write for an image
 * @param arena the floats of arena that an image takes
 */
record BatchChoice(long once, long shared, long moved, long arena) {
  /** The floats of an arena, 16 MiB, from which on steps find less than half in the cache. */
  private static final double CACHE = 1 << 22;

  /** The images that share weights where only a few do. */
  private static final int FEW = 4;

  /** The uses of a weight for an image, the pixels of its feature map, up to which images share. */
  private static final int FEW_USES = 128;

  /** What a pass over the plan costs by itself, in floats that are moved. */
  private static final long PASS = 10_000;

  /** The choice for a plan of these steps. */
  static BatchChoice of(List<Step> steps, MemoryPlan memory) {
    long once = 0;
    long shared = 0;
    long moved = 0;
    for (Step step : steps) {
      if (step instanceof Step.Compute compute) {
        long work = compute.multiplyAdds();
        long weights = compute.weights().length;
        once += work <= weights ? weights : 0;
        shared += work > weights && work <= FEW_USES * weights ? weights : 0;
        moved += FeatureMap.floats(compute.sources()) + FeatureMap.floats(compute.targets());
      }
    }
    return new BatchChoice(once, shared, moved, memory.largestLive());
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
    double read = (double) (once + PASS) / images + (double) shared / Math.min(images, FEW);
    double missed = arena * images / (arena * images + CACHE);
    return read + moved * missed;
  }
}
