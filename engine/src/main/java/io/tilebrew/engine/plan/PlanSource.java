package io.tilebrew.engine.plan;

import io.tilebrew.engine.Tensor;
import java.util.Map;
import java.util.Set;

/** What makes the plans of a network. */
@FunctionalInterface
public interface PlanSource {
  /** A plan, or what is missing for one. */
  sealed interface Answer {
    /** The plan. */
    record Ready(Plan plan) implements Answer {}

    /**
     * The values of further inputs, which hold shapes, axes or sizes.
     *
     * @param inputs the names of the inputs, at least one
     */
    record Needs(Set<String> inputs) implements Answer {}
  }

  /**
   * The plan for these sizes and values.
   *
   * @param sizes a size for each symbol in the dimensions of the inputs
   * @param values tensors, by the name of the input, which nobody will change
   */
  Answer plan(Map<String, Integer> sizes, Map<String, Tensor> values);
}
