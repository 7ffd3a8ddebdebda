package io.tilebrew.engine.kernel;

import java.util.List;

/** A step of a procedure. */
public sealed interface Statement {
  /** Names an index; it does not change. */
  record Define(String name, Index value) implements Statement {}

  /** Makes the vector {@code name}, which {@link Assign} may change. */
  record Let(String name, Vec value) implements Statement {}

  /** Changes the vector {@code name}. */
  record Assign(String name, Vec value) implements Statement {}

  /**
   * Writes the first {@code lanes} lanes of {@code value} from {@code at} on; nothing, wherever
   * {@code at} is, where {@code lanes} is 0 or less, all where it is the lanes of the program or
   * more.
   */
  record Store(Memory memory, Index at, Vec value, Index lanes) implements Statement {}

  /**
   * Asks for the line of the cache that a vector at {@code at} begins in, which is to be read soon;
   * changes nothing. The whole vector must be inside the memory.
   */
  record Prefetch(Memory memory, Index at) implements Statement {}

  /** {@code for (int variable = from; variable < to; variable += step) body}. */
  record Loop(String variable, Index from, Index to, int step, List<Statement> body)
      implements Statement {
    /** Checks the step. */
    public Loop {
      assert step > 0;
      body = List.copyOf(body);
    }
  }

  /** Runs another procedure of the program. */
  record Call(String procedure, List<Index> arguments) implements Statement {
    /** Copies the list. */
    public Call {
      arguments = List.copyOf(arguments);
    }
  }
}
