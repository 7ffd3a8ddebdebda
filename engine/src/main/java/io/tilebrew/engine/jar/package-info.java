/** Networks compiled ahead of time: a plan, its weights and its classes in a jar. */
package io.tilebrew.engine.jar;
