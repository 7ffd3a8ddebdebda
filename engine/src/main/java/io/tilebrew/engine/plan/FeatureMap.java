package io.tilebrew.engine.plan;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the feature maps of one image stand in a buffer: NHWC, or in blocks of channels, each of
 * which is NHWC.
 *
 * <p>A buffer has {@code blocks} blocks, in which a pixel holds {@code pixelStride} floats. Of the
 * channels of all blocks this map has {@code channels} from {@code firstChannel} on, so that
 * several maps can share a buffer as slices of a concatenation. Around the pixels of a block there
 * is a halo, which holds zeros. Behind the last channel there may be room, which kernels write to
 * but nobody reads.
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
 * @param firstChannel the place of channel 0 among those of the buffer
 * @param blocks the blocks of channels
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
    int firstChannel,
    int blocks) {
  /** Maps whose buffer is one block. */
  public FeatureMap(
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
    this(buffer, height, width, channels, top, left, bottom, right, pixelStride, firstChannel, 1);
  }

  /** Memory without a layout for each of the {@code parts} of a step, of {@code floats} floats. */
  public static List<FeatureMap> scratch(String name, int floats, int parts) {
    return parts == 1
        ? List.of(scratch(new Buffer(name, floats)))
        : IntStream.range(0, parts)
            .mapToObj(part -> scratch(new Buffer(name + part, floats, part)))
            .toList();
  }

  private static FeatureMap scratch(Buffer buffer) {
    int floats = buffer.floats();
    return new FeatureMap(buffer, 1, 1, floats, 0, 0, 0, 0, floats, 0);
  }

  /** The same maps in a buffer of blocks of {@code lanes} channels. */
  public FeatureMap inBlocks(int lanes) {
    assert canBlock(lanes) : this;
    return new FeatureMap(
        buffer,
        height,
        width,
        channels,
        top,
        left,
        bottom,
        right,
        lanes,
        firstChannel,
        pixelStride / lanes);
  }

  /**
   * Whether the buffer can be of blocks of {@code lanes} channels, of which this has whole ones; of
   * the last one of the buffer, some may be room.
   */
  public boolean canBlock(int lanes) {
    int end = firstChannel + channels;
    return pixelStride % lanes == 0
        && firstChannel % lanes == 0
        && (channels % lanes == 0 || end + lanes - channels % lanes == pixelStride * blocks);
  }

  /** The same maps in a larger buffer, with room for whole vectors of {@code lanes} channels. */
  public FeatureMap withRoom(int lanes) {
    assert isWhole() && !isBlocked() : this;
    int pixel = Math.ceilDiv(channels, lanes) * lanes;
    int floats = Math.multiplyExact(buffer.floats() / pixelStride, pixel);
    return new FeatureMap(
        new Buffer(buffer.name(), floats),
        height,
        width,
        channels,
        top,
        left,
        bottom,
        right,
        pixel,
        firstChannel);
  }

  /** Whether the channels of a pixel do not lie together. */
  public boolean isBlocked() {
    return blocks > 1;
  }

  /** Floats from one block to the next. */
  public int blockStride() {
    return Math.multiplyExact(top + height + bottom, rowStride());
  }

  /** Whether each channel is a block of its own. */
  public boolean isPlanar() {
    return isBlocked() && pixelStride == 1;
  }

  /**
   * Floats from a vector of {@code lanes} channels, or from a channel if each is a plane, to the
   * next one of the same pixel.
   */
  public int vectorStride(int lanes) {
    assert !isBlocked() || isPlanar() || pixelStride == lanes : this;
    return isBlocked() ? blockStride() : lanes;
  }

  /** Floats from one row to the next. */
  public int rowStride() {
    return Math.multiplyExact(left + width + right, pixelStride);
  }

  /** Floats from one image to the next; the size of the buffer. */
  public int imageStride() {
    return Math.multiplyExact(blocks, blockStride());
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
    int block = firstChannel / pixelStride * blockStride();
    int pixel = (top + row) * rowStride() + (left + column) * pixelStride;
    return block + pixel + firstChannel % pixelStride;
  }

  /** Whether there is a halo. */
  public boolean hasHalo() {
    return (top | left | bottom | right) != 0;
  }

  /** Whether this map has all channels of its buffer. */
  public boolean isWhole() {
    return channels == pixelStride * blocks;
  }

  /** All channels of the buffer. */
  public FeatureMap whole() {
    int all = pixelStride * blocks;
    return new FeatureMap(
        buffer, height, width, all, top, left, bottom, right, pixelStride, 0, blocks);
  }

  /** The channels from {@code first} on of this map. */
  public FeatureMap slice(int first, int count) {
    assert first + count <= channels;
    return new FeatureMap(
        buffer,
        height,
        width,
        count,
        top,
        left,
        bottom,
        right,
        pixelStride,
        firstChannel + first,
        blocks);
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
        firstChannel,
        blocks);
  }

  /** Such as {@code conv1 28x28x6}, or {@code conv2 14x14x4*16} in blocks. */
  @Override
  public String toString() {
    String slice = isWhole() ? "" : "[%d..%d)".formatted(firstChannel, firstChannel + channels);
    String depth =
        isBlocked() ? Math.ceilDiv(channels, pixelStride) + "*" + pixelStride : "" + channels;
    return "%s%s %dx%dx%s".formatted(buffer, slice, height, width, depth);
  }
}
