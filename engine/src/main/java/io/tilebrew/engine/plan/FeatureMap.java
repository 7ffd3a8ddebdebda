package io.tilebrew.engine.plan;

import java.util.List;

/**
 * Where the NHWC feature maps of one image stand in a buffer.
 *
 * <p>A pixel holds {@code pixelStride} floats, of which this map has {@code channels} from {@code
 * firstChannel} on, so that several maps can share a buffer as slices of a concatenation. Around
 * the pixels there is a halo, which holds zeros.
 *
 * @param buffer the buffer
 * @param height rows without the halo
 * @param width columns without the halo
 * @param channels channels of this map
 * @param top halo rows above
 * @param left halo columns on the left
 * @param bottom halo rows below
 * @param right halo columns on the right
 * @param pixelStride floats from one pixel to the next
 * @param firstChannel the place of channel 0 in a pixel
 */
public record FeatureMap(
    Buffer buffer,
    int height,
    int width,
    int channels,
    int top,
    int left,
    int bottom,
    int right,
    int pixelStride,
    int firstChannel) {
  /** Floats from one row to the next. */
  public int rowStride() {
    return Math.multiplyExact(left + width + right, pixelStride);
  }

  /** Floats from one image to the next; the size of the buffer. */
  public int imageStride() {
    return Math.multiplyExact(top + height + bottom, rowStride());
  }

  /** The floats of one image, without the halo. */
  public int floats() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** The floats of one image of all {@code maps}, without halos. */
  public static long floats(List<FeatureMap> maps) {
    return maps.stream().mapToLong(FeatureMap::floats).sum();
  }

  /** The place of pixel ({@code row}, {@code column}), which may lie in the halo. */
  public int at(int row, int column) {
    return (top + row) * rowStride() + (left + column) * pixelStride + firstChannel;
  }

  /** Whether there is a halo. */
  public boolean hasHalo() {
    return (top | left | bottom | right) != 0;
  }

  /** Whether this map has the pixels of its buffer to itself. */
  public boolean isWhole() {
    return channels == pixelStride;
  }

  /** All channels of the buffer. */
  public FeatureMap whole() {
    return new FeatureMap(
        buffer, height, width, pixelStride, top, left, bottom, right, pixelStride, 0);
  }

  /** The channels from {@code first} on of this map. */
  public FeatureMap slice(int first, int count) {
    assert first + count <= channels;
    return new FeatureMap(
        buffer, height, width, count, top, left, bottom, right, pixelStride, firstChannel + first);
  }

  /**
   * The map of these many rows and columns more, which were halo; a negative number gives rows or
   * columns to the halo.
   */
  public FeatureMap grow(int top, int left, int bottom, int right) {
    assert this.top >= top && this.left >= left : this;
    assert this.bottom >= bottom && this.right >= right : this;
    return new FeatureMap(
        buffer,
        top + height + bottom,
        left + width + right,
        channels,
        this.top - top,
        this.left - left,
        this.bottom - bottom,
        this.right - right,
        pixelStride,
        firstChannel);
  }

  /** Such as {@code conv1 28x28x6}. */
  @Override
  public String toString() {
    String slice = isWhole() ? "" : "[%d..%d)".formatted(firstChannel, firstChannel + channels);
    return "%s%s %dx%dx%d".formatted(buffer, slice, height, width, channels);
  }
}
