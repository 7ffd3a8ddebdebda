package io.tilebrew.graph;

import java.util.List;

/**
 * What a machine can do at most: so many multiply-adds, and so many bytes of a stream, which are
 * fewer the larger it is.
 *
 * @param multiplyAdds multiply-adds a nanosecond
 * @param streams the streams that were measured, the smallest first; one at least
 */
public record Roofline(double multiplyAdds, List<Stream> streams) {
  /**
   * A stream.
   *
   * @param size the bytes that it reads again and again
   * @param speed bytes a nanosecond, which is GB/s
   */
  public record Stream(long size, double speed) {}

  /** What keeps a step from being faster. */
  public enum Limit {
    /** Its multiply-adds. */
    ARITHMETIC,
    /** The bytes that it reads and writes. */
    MEMORY
  }

  /**
   * The least time of a step.
   *
   * @param nanos nanoseconds
   * @param limit what takes that long
   */
  public record Bound(double nanos, Limit limit) {}

  /** Copies the list. */
  public Roofline {
    streams = List.copyOf(streams);
  }

  /** The peak in 10<sup>9</sup> operations a second, two for each multiply-add. */
  public double gigaflops() {
    return 2 * multiplyAdds;
  }

  /**
   * The least time of {@code step}. Its weights come at the speed of a stream as large as those of
   * the whole network, since all others are read before they are again; its activations at that of
   * a stream as large as they are, since they have just been written.
   *
   * @param allWeights the bytes of the weights of the network
   */
  public Bound bound(Explanation.Step step, long allWeights) {
    long activations = step.bytesRead() + step.bytesWritten();
    double moving = step.weightBytes() / speed(allWeights) + activations / speed(activations);
    double computing = step.products() / multiplyAdds;
    return computing >= moving
        ? new Bound(computing, Limit.ARITHMETIC)
        : new Bound(moving, Limit.MEMORY);
  }

  /** The speed of the smallest stream of {@code bytes} or more, else of the largest. */
  private double speed(long bytes) {
    return streams.stream()
        .filter(stream -> stream.size >= bytes)
        .findFirst()
        .orElse(streams.getLast())
        .speed;
  }
}
