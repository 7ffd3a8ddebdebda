package io.tilebrew.engine.jar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * How a jar holds a network. The entry {@link #PLAN} is big-endian: {@link #MAGIC}, {@link
 * #VERSION}, the names of the classes, tables of buffers, kernels and lengths of weights, and what
 * refers to these by number. The entry {@link #WEIGHTS}, which is not compressed, has the weights
 * one behind the other, little-endian.
 */
final class Format {
  static final int MAGIC = 0x54426a72;

  /** Changes with the format, the interface of kernels, or the meaning of a plan. */
  static final int VERSION = 1;

  static final String PLAN = "META-INF/tilebrew/plan";
  static final String WEIGHTS = "META-INF/tilebrew/weights";
  static final String MANIFEST = "META-INF/MANIFEST.MF";

  /** The weights that are read or written at once. */
  static final int BLOCK = 1 << 16;

  private Format() {}

  /** The weights that stand in {@code bytes}. */
  static FloatBuffer weights(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** What a dimension is. */
  enum DimensionTag {
    FIXED,
    SYMBOL
  }

  /** What a step is. */
  enum StepTag {
    COMPUTE,
    CLEAR_HALO,
    PACK,
    UNPACK
  }

  /** What an argument is. */
  enum ArgumentTag {
    FIXED,
    BATCH,
    TURNS,
    PLACE,
    MOVING,
    COUNT,
    LAST,
    CHUNKS,
    LARGEST_CHUNK,
    SCRATCH
  }

  /** The entry of the class called {@code name}. */
  static String entry(String name) {
    return name.replace('.', '/') + ".class";
  }
}
