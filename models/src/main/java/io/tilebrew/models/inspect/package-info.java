/** What the layers of a network are and cost. */
package io.tilebrew.models.inspect;
