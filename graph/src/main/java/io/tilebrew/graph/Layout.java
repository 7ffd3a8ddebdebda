package io.tilebrew.graph;

/** How the elements of a value stand in memory. It never changes what the value means. */
public sealed interface Layout {
  /** Row-major, as the shape says. */
  Layout PLAIN = new Plain();

  /** NHWC without a halo. */
  Layout NHWC = new Nhwc(0, 0, 0, 0);

  /** Row-major, as the shape says. */
  record Plain() implements Layout {
    @Override
    public String toString() {
      return "";
    }
  }

  /**
   * Channels innermost, with a border of zeros (the halo) around each feature map. The shape stays
   * [N,C,H,W], or [N,C] for maps of one pixel.
   */
  record Nhwc(int top, int left, int bottom, int right) implements Layout {
    /** The smallest halo that covers this one and {@code other}. */
    public Nhwc max(Nhwc other) {
      return new Nhwc(
          Math.max(top, other.top),
          Math.max(left, other.left),
          Math.max(bottom, other.bottom),
          Math.max(right, other.right));
    }

    /** Whether this halo has room for {@code other}. */
    public boolean covers(Nhwc other) {
      return max(other).equals(this);
    }

    @Override
    public String toString() {
      boolean none = (top | left | bottom | right) == 0;
      return none ? " nhwc" : " nhwc halo %d,%d,%d,%d".formatted(top, left, bottom, right);
    }
  }
}
