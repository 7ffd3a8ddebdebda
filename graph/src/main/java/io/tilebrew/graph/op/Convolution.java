package io.tilebrew.graph.op;

/** Operators that slide learned kernels over feature maps. */
public sealed interface Convolution extends Operator permits Conv, ConvTranspose {}
