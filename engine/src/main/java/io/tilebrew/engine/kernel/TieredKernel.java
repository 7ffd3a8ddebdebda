package io.tilebrew.engine.kernel;

import java.util.Arrays;
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
  private final @Nullable Kernel[] made;
  private volatile Kernel current;
  private volatile int tried;

  /**
   * A kernel.
   *
   * @param generic the form whose sizes are parameters
   * @param others make the other forms, the one that is compiled soonest first
   */
  public TieredKernel(Kernel generic, List<Supplier<Kernel>> others) {
    this.generic = generic;
    this.makers = List.copyOf(others);
    this.made = new Kernel[makers.size()];
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

  /** The form that runs. */
  public Kernel current() {
    return current;
  }

  /** The number of the last form; those before it count from 0. */
  public int last() {
    return makers.size() - 1;
  }

  /** Form {@code number}, made by the first call and kept until that or a later one is chosen. */
  public synchronized Kernel form(int number) {
    Kernel form = made[number];
    if (form == null) {
      form = makers.get(number).get();
      made[number] = number < tried ? null : form;
    }
    return form;
  }

  /**
   * Chooses between the form that runs and form {@code number}; does nothing after a choice of that
   * or a later one.
   */
  public synchronized void choose(int number, boolean isFaster) {
    if (number >= tried) {
      current = isFaster ? form(number) : current;
      Arrays.fill(made, tried, number + 1, null);
      tried = number + 1;
    }
  }

  /** Whether no choice is left. */
  public boolean isSettled() {
    return tried == makers.size();
  }

  /** Whether there has been a choice. */
  public boolean hasClimbed() {
    return tried > 0;
  }
}
