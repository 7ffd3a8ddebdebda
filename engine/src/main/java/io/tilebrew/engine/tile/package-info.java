/** The kernel families: each builds programs of the kernel language and packs what they read. */
package io.tilebrew.engine.tile;
