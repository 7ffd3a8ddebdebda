/** Pictures and what is done to them before a network sees them. */
package io.tilebrew.models.image;
