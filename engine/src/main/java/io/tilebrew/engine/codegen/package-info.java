/** Writers of the kernel language: JVM bytecode, Java source. */
package io.tilebrew.engine.codegen;
