package io.tilebrew.graph.lower;

import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where row-major tensors stand: in the arena, where kernels read and write them, outside of it, or
 * both. The elements of an image follow each other without gaps.
 */
final class ArenaTensors {
  private final int images;
  private final Map<Value, Buffer> buffers = new HashMap<>();
  private final Set<Value> inside = new HashSet<>();
  private final Set<Value> onlyInside = new HashSet<>();

  /**
   * Tensors outside.
   *
   * @param images their leading dimension, if they are brought into the arena
   */
  ArenaTensors(int images) {
    this.images = images;
  }

  /** The place of {@code value} in the arena, whether it is there or not yet. */
  Buffer buffer(Value value) {
    return buffers.computeIfAbsent(
        value, v -> new Buffer(v.name(), v.type().shape().size() / images));
  }

  /** The elements of {@code value} as a map of these sizes. */
  FeatureMap map(Value value, int height, int width, int channels) {
    Buffer buffer = buffer(value);
    FeatureMap map = new FeatureMap(buffer, height, width, channels, 0, 0, 0, 0, channels, 0);
    assert map.floats() == buffer.floats() : map;
    return map;
  }

  /** All elements of an image of {@code value} as the channels of one pixel. */
  FeatureMap run(Value value) {
    return map(value, 1, 1, buffer(value).floats());
  }

  /** Whether {@code value} is in the arena. */
  boolean isInside(Value value) {
    return inside.contains(value);
  }

  /** Notes that {@code value} is in the arena, too; whether it was not before. */
  boolean bringIn(Value value) {
    return inside.add(value);
  }

  /** Notes that {@code value} is outside, too; whether it was not before. */
  boolean bringOut(Value value) {
    return onlyInside.remove(value);
  }

  /** Notes that {@code value} is in {@code buffer} and nowhere else. */
  void keep(Value value, Buffer buffer) {
    buffers.put(value, buffer);
    inside.add(value);
    onlyInside.add(value);
  }
}
