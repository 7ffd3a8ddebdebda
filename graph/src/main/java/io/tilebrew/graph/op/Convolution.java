package io.tilebrew.graph.op;

import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Pool;
import org.jspecify.annotations.Nullable;

/** Operators that slide learned kernels over feature maps. */
public sealed interface Convolution extends Operator permits Conv, ConvTranspose {
  /** Applied after the bias; its inputs stand behind the bias. */
  Pointwise epilogue();

  /** The pooling after that, or null. */
  @Nullable Pool pool();

  /** The same with another epilogue. */
  Convolution with(Pointwise epilogue);
}
