/** The lowering of a laid-out graph to the plan that runs it. */
package io.tilebrew.graph.lower;
