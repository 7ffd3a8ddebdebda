/** Networks as typed graphs, and their compiler. */
package io.tilebrew.graph;
