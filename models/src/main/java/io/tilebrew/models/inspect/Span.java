package io.tilebrew.models.inspect;

/**
 * What positions along one axis see of an axis of the network's input. Position {@code i} sees
 * {@code size} places from {@code from + i * jump} on, some of which may lie in the padding.
 *
 * @param from the first place that position 0 sees
 * @param size how many places each position sees
 * @param jump the places between what neighbouring positions see; 0 if all see the same
 * @param count the positions
 * @param limit the places of the input
 */
public record Span(double from, double size, double jump, int count, int limit) {
  /** The axis of an input. */
  static Span input(int limit) {
    return new Span(0, 1, 1, limit, limit);
  }

  /** Behind windows of {@code taps} taps. */
  Span window(int taps, int stride, int dilation, int padding, int positions) {
    long span = (long) (taps - 1) * dilation + 1;
    return positions == 1 && span >= count
        ? whole()
        : new Span(
            from - padding * jump, size + (span - 1) * jump, jump * stride, positions, limit);
  }

  /** Behind transposed windows, whose first lies {@code padding} before the output. */
  Span transposed(int taps, int stride, int dilation, int padding, int positions) {
    long span = (long) (taps - 1) * dilation + 1;
    double seen = Math.ceil((double) span / stride);
    double first = Math.ceil((padding - span + 1.0) / stride);
    return new Span(from + first * jump, size + (seen - 1) * jump, jump / stride, positions, limit);
  }

  /** Behind an interpolation between {@code taps} positions. */
  Span resized(double taps, double scale, int positions) {
    return new Span(
        from - Math.floor(taps / 2) * jump,
        size + (taps - 1) * jump,
        jump / scale,
        positions,
        limit);
  }

  /** Every {@code step}-th position from {@code start} on. */
  Span slice(int start, int step, int positions) {
    return step < 0 ? whole() : new Span(from + start * jump, size, jump * step, positions, limit);
  }

  /** One position that sees what all of these see, without the padding. */
  Span whole() {
    double first = Math.max(0, from);
    double last = Math.min(limit, from + Math.max(0, count - 1) * jump + size);
    return new Span(first, Math.max(0, last - first), 0, 1, limit);
  }

  /** Positions that see what those of this and of {@code other} see. */
  Span and(Span other) {
    if (jump != other.jump || (count != other.count && jump != 0)) {
      return whole().and(other.whole());
    }
    double first = Math.min(from, other.from);
    double last = Math.max(from + size, other.from + other.size);
    return new Span(
        first, last - first, jump, Math.max(count, other.count), Math.max(limit, other.limit));
  }
}
