/** Tensors, kernels and the run time of compiled networks. */
package io.tilebrew.engine;
