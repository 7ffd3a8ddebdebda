package io.tilebrew.bench;

import java.util.List;

/**
 * What came of a network in a race.
 *
 * @param network the name that it was asked for by
 * @param batch the images of a run
 * @param threads the threads of each engine
 * @param multiplyAdds the multiply-adds of a run
 * @param peak what {@code threads} cores can do at most, in GFLOP/s
 * @param references the steps of Tilebrew that have no kernel
 * @param standings the times of each engine, Tilebrew first
 */
record Outcome(
    String network,
    int batch,
    int threads,
    long multiplyAdds,
    double peak,
    long references,
    List<Standing> standings) {
  /** The name of the first standing. */
  static final String OURS = "Tilebrew";

  /** Copies the list. */
  Outcome {
    standings = List.copyOf(standings);
  }

  /** The times of one engine. */
  record Standing(String engine, Times times) {}

  /** The times of Tilebrew. */
  Times ours() {
    return standings.getFirst().times();
  }

  /** How much more time {@code standing} takes than Tilebrew, by medians. */
  double ratio(Standing standing) {
    return standing.times().median() / ours().median();
  }

  /** How much more time {@code standing} takes than Tilebrew, by minima. */
  double ratioOfMinima(Standing standing) {
    return standing.times().minimum() / ours().minimum();
  }
}
