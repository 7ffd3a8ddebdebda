package io.tilebrew.engine.kernel;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that starts in its generic form and is replaced by its literal form once that is faster.
 * Both give the same bits.
 */
public final class TieredKernel implements Kernel {
  private final Kernel generic;
  private final Supplier<Kernel> maker;
  private @Nullable Kernel literal;
  private volatile Kernel current;
  private volatile boolean settled;

  /**
   * A kernel.
   *
   * @param generic the form whose sizes are parameters
   * @param literal makes the form whose sizes are literals
   */
  public TieredKernel(Kernel generic, Supplier<Kernel> literal) {
    this.generic = generic;
    this.maker = literal;
    this.current = generic;
  }

  @Override
  public void run(float[] arena, float[] weights, int[] arguments) {
    current.run(arena, weights, arguments);
  }

  /** The generic form. */
  public Kernel generic() {
    return generic;
  }

  /** The literal form, made by the first call and kept until the form is chosen. */
  public synchronized Kernel literal() {
    if (literal == null) {
      literal = maker.get();
    }
    return literal;
  }

  /** Runs {@code kernel} from now on, for good. */
  public synchronized void settle(Kernel kernel) {
    current = kernel;
    settled = true;
    literal = null;
  }

  /** Whether the form has been chosen. */
  public boolean isSettled() {
    return settled;
  }
}
