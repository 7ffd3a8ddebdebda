package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Vec;
import io.tilebrew.engine.problem.Activation;

/** Writes activations at the end of a tile. */
final class Epilogue {
  /** The floats at the start of the weights that hold the bounds of a generic activation. */
  static final int HEADER = 2;

  private Epilogue() {}

  /** {@code activation} of {@code x}. */
  static Vec apply(Code code, Vec.Ref x, Activation activation) {
    return switch (activation) {
      case Activation.None() -> x;
      case Activation.Relu() -> raise(x, new Vec.Splat(0));
      case Activation.Clip(float low, float high) -> {
        Vec raised =
            low == Float.NEGATIVE_INFINITY
                ? x
                : code.let(x.name() + "r", raise(x, new Vec.Splat(low)));
        yield high == Float.POSITIVE_INFINITY ? raised : lower(raised, new Vec.Splat(high));
      }
    };
  }

  /** The activation of {@code x} whose {@link #bounds} stand in the header of the weights. */
  static Vec applyGeneric(Code code, Vec.Ref x) {
    Vec low = new Vec.Broadcast(Memory.WEIGHTS, Index.of(0));
    Vec high = new Vec.Broadcast(Memory.WEIGHTS, Index.of(1));
    Vec raised = code.let(x.name() + "r", raise(x, code.let("low", low)));
    return lower(raised, code.let("high", high));
  }

  /** The least and the greatest value of an activation, for the header. */
  static float[] bounds(Activation activation) {
    return switch (activation) {
      case Activation.None() -> new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
      case Activation.Relu() -> new float[] {0, Float.POSITIVE_INFINITY};
      case Activation.Clip(float low, float high) -> new float[] {low, high};
    };
  }

  private static Vec raise(Vec x, Vec low) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, x, low, low, x);
  }

  private static Vec lower(Vec x, Vec high) {
    return new Vec.Select(Vec.Comparison.LESS_OR_EQUAL, high, x, high, x);
  }
}
