/** Benchmarks against other engines. */
@NullMarked
package io.tilebrew.bench;

import org.jspecify.annotations.NullMarked;
