/** Engines to compare with that are too large for the ordinary build. */
@NullMarked
package io.tilebrew.bench.peers;

import org.jspecify.annotations.NullMarked;
