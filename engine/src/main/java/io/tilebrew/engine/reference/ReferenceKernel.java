package io.tilebrew.engine.reference;

import io.tilebrew.engine.Tensor;

/**
 * The reference of an operator: plain loops over row-major tensors, written for clarity. It defines
 * what the operator means, to the last bit.
 */
@FunctionalInterface
public interface ReferenceKernel {
  /**
   * Computes the outputs.
   *
   * @param inputs the inputs, not written to
   * @param outputs tensors of the inferred types, each element of which is written
   */
  void run(Tensor[] inputs, Tensor[] outputs);
}
