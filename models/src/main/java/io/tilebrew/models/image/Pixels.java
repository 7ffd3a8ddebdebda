package io.tilebrew.models.image;

/** Samples from 0 to 255 in memory: for each channel a plane of rows. */
record Pixels(int height, int width, float[][] planes) implements Rows {
  static Pixels zeros(int channels, int height, int width) {
    return new Pixels(height, width, new float[channels][height * width]);
  }

  @Override
  public int channels() {
    return planes.length;
  }

  @Override
  public void row(int y, float[][] into) {
    for (int c = 0; c < planes.length; c++) {
      System.arraycopy(planes[c], y * width, into[c], 0, width);
    }
  }

  float at(int channel, int y, int x) {
    return planes[channel][y * width + x];
  }

  /** The mean of the outermost pixels, over all channels. */
  double borderMean() {
    double sum = 0;
    int count = 0;
    for (float[] plane : planes) {
      for (int y = 0; y < height; y++) {
        int step = y == 0 || y == height - 1 ? 1 : Math.max(1, width - 1);
        for (int x = 0; x < width; x += step) {
          sum += plane[y * width + x];
          count++;
        }
      }
    }
    return sum / count;
  }
}
