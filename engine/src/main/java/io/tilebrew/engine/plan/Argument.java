package io.tilebrew.engine.plan;

/** An argument of a kernel, known once the place of the buffers and the size of the batch are. */
public sealed interface Argument {
  /** A number. */
  record Fixed(int value) implements Argument {}

  /** A number that differs between the parts of a step, and so is no literal of their program. */
  record PerPart(int value) implements Argument {}

  /** The images of the batch. */
  record Batch() implements Argument {}

  /** The most turns of loops around calls, see {@link io.tilebrew.engine.kernel.TurnLimit}. */
  record Turns() implements Argument {}

  /** The place {@code within} the first image of {@code buffer}. */
  record Place(Buffer buffer, int within) implements Argument {}
}
