package io.tilebrew.graph.op;

import io.tilebrew.graph.TensorType;
import java.util.List;

/**
 * What a node does: its attributes, checked when made, and the types it gives.
 *
 * <p>An operator knows no kernel and no file format. Whatever must treat each operator is an
 * exhaustive {@code switch} over these records. Image tensors are [N,C,H,W] whatever their layout
 * in memory.
 */
public sealed interface Operator
    permits Constant,
        Convolution,
        Elementwise,
        Indexing,
        Linear,
        Normalization,
        Pooling,
        Reduction,
        Reorder,
        Resize,
        Shaping {
  /**
   * The types of the outputs, row-major.
   *
   * @throws IllegalArgumentException if the inputs do not fit, with a sentence that says what was
   *     found and what is expected
   */
  List<TensorType> infer(List<TensorType> inputs);

  /** The name, ONNX's where ONNX has the operator. */
  default String name() {
    return getClass().getSimpleName();
  }
}
