/** The command line. */
package io.tilebrew.models.cli;
