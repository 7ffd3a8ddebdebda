package io.tilebrew.graph.onnx;

import io.tilebrew.graph.Value;

/**
 * The numbers of a tensor of integers, as float32.
 *
 * @param value a float32 tensor of the same shape, of whole numbers
 * @param shift what is to be added to each to have the integer
 */
record Shifted(Value value, float shift) {}
