/** The networks from which convolutional nets are taught and measured. */
package io.tilebrew.models.zoo;
