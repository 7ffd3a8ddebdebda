/** Benchmarks of single kernels and whole networks, also against other engines. */
@NullMarked
package io.tilebrew.bench;

import org.jspecify.annotations.NullMarked;
