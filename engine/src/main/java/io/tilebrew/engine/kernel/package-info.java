/**
 * The kernel language: small programs over {@code float[]} arrays, with loops of affine indices and
 * vectors of a fixed number of lanes.
 *
 * <p>A program has three readings, which give the same bits: JVM bytecode and Java source (package
 * {@code codegen}), and {@link io.tilebrew.engine.kernel.KernelInterpreter}.
 */
package io.tilebrew.engine.kernel;
