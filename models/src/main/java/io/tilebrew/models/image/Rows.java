package io.tilebrew.models.image;

/** Samples from 0 to 255 that are read a row at a time. */
interface Rows {
  int height();

  int width();

  int channels();

  /** Writes row {@code y} to {@code into}: {@link #width} numbers for each channel. */
  void row(int y, float[][] into);
}
