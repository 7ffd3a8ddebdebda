/** The references: plain loops that define what each kernel family means. */
package io.tilebrew.engine.reference;
