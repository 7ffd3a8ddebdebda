/** The plan of a network and its run: kernels bound to places of one arena. */
package io.tilebrew.engine.plan;
