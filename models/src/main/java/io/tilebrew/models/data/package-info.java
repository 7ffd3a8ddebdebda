/** Readers and writers of data sets and arrays. */
package io.tilebrew.models.data;
