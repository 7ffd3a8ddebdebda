package io.tilebrew.engine.plan;

import java.util.Map;

/** What makes the plans of a network. */
@FunctionalInterface
public interface PlanSource {
  /**
   * The plan for these sizes.
   *
   * @param sizes a size for each symbol in the dimensions of the inputs
   */
  Plan plan(Map<String, Integer> sizes);
}
