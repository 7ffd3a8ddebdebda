/** Ready-made networks and the data they work on. */
package io.tilebrew.models;
