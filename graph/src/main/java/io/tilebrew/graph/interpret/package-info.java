/** The reference interpreter of graphs. */
package io.tilebrew.graph.interpret;
