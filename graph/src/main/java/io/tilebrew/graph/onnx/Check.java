package io.tilebrew.graph.onnx;

import org.jspecify.annotations.Nullable;

/** Checks of what a file says; the caller adds the place. */
final class Check {
  private Check() {}

  /** Throws {@link IllegalArgumentException} with one sentence unless {@code fits}. */
  static void that(boolean fits, String message, @Nullable Object... args) {
    if (!fits) {
      throw new IllegalArgumentException(message.formatted(args));
    }
  }
}
