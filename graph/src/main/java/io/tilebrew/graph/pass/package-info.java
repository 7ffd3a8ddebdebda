/**
 * The passes of the compiler, each from graph to graph; {@link io.tilebrew.graph.pass.Passes} lists
 * them.
 */
package io.tilebrew.graph.pass;
