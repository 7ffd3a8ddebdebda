package io.tilebrew.engine.kernel;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that starts in its generic form and climbs to other ones, each of which is taken if it
 * is faster. All give the same bits.
 */
public final class TieredKernel implements Kernel {
  private final Kernel generic;
  private final List<Supplier<Kernel>> makers;
  private @Nullable Kernel next;
  private volatile Kernel current;
  private volatile int left;

  /**
   * A kernel.
   *
   * @param generic the form whose sizes are parameters
   * @param others make the other forms, the one that is compiled soonest first
   */
  public TieredKernel(Kernel generic, List<Supplier<Kernel>> others) {
    this.generic = generic;
    this.makers = List.copyOf(others);
    this.current = generic;
    this.left = makers.size();
  }

  @Override
  public void run(float[] arena, float[] weights, int[] arguments) {
    current.run(arena, weights, arguments);
  }

  /** The generic form. */
  public Kernel generic() {
    return generic;
  }

  /** The form that runs. */
  public Kernel current() {
    return current;
  }

  /**
   * The form to try next, made by the first call and kept until there is a choice, or null if there
   * is none.
   */
  public synchronized @Nullable Kernel next() {
    if (next == null && left > 0) {
      next = makers.get(makers.size() - left).get();
    }
    return next;
  }

  /**
   * Chooses between the form that runs and {@code tried}; does nothing if that is not the next one
   * any more.
   */
  public synchronized void choose(Kernel tried, boolean isFaster) {
    if (tried == next) {
      current = isFaster ? tried : current;
      next = null;
      left--;
    }
  }

  /** Makes the last form the next one. */
  public synchronized void skipToLast() {
    if (left > 1) {
      next = null;
      left = 1;
    }
  }

  /** Whether no choice is left. */
  public boolean isSettled() {
    return left == 0;
  }

  /** Whether there has been a choice. */
  public boolean hasClimbed() {
    return left < makers.size();
  }
}
