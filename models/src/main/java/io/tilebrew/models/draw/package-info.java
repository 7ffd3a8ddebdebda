/** Pictures of graphs. */
package io.tilebrew.models.draw;
