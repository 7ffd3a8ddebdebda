package io.tilebrew.models.image;

/** The brightness of the paper under the ink: a plane over the picture. */
final class Ground {
  private static final int ROUNDS = 5;

  private Ground() {}

  /**
   * Subtracts from {@code samples} the plane that fits the frame of the picture, a tenth wide, by
   * least squares; what is far from the plane is left out and the plane is fitted again.
   */
  static void subtract(float[] samples, int height, int width) {
    int frame = Math.max(1, Math.min(height, width) / 10);
    double[] plane = {0, 0, 0};
    double reach = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      Fit fit = new Fit();
      for (int i = 0; i < samples.length; i++) {
        int y = i / width;
        int x = i % width;
        boolean inside = y >= frame && y < height - frame && x >= frame && x < width - frame;
        double off = samples[i] - value(plane, (double) y / height, (double) x / width);
        if (!inside && Math.abs(off) <= reach) {
          fit.add((double) y / height, (double) x / width, samples[i], off);
        }
      }
      plane = fit.plane();
      reach = round == 0 ? 255 : Math.max(4, 1.5 * fit.deviation());
    }
    for (int i = 0; i < samples.length; i++) {
      int y = i / width;
      int x = i % width;
      samples[i] -= (float) value(plane, (double) y / height, (double) x / width);
    }
  }

  private static double value(double[] plane, double y, double x) {
    return plane[0] + plane[1] * y + plane[2] * x;
  }

  /** The sums of a least squares fit of {@code a + b y + c x}. */
  private static final class Fit {
    private double n;
    private double y;
    private double x;
    private double yy;
    private double xx;
    private double yx;
    private double v;
    private double vy;
    private double vx;
    private double squares;

    void add(double atY, double atX, double value, double off) {
      n++;
      y += atY;
      x += atX;
      yy += atY * atY;
      xx += atX * atX;
      yx += atY * atX;
      v += value;
      vy += value * atY;
      vx += value * atX;
      squares += off * off;
    }

    double deviation() {
      return Math.sqrt(squares / Math.max(1, n));
    }

    /** The coefficients; level where the points do not tell more. */
    double[] plane() {
      double count = Math.max(1, n);
      double cyy = yy - y * y / count;
      double cxx = xx - x * x / count;
      double cyx = yx - y * x / count;
      double cvy = vy - v * y / count;
      double cvx = vx - v * x / count;
      double determinant = cyy * cxx - cyx * cyx;
      if (determinant < 1e-9 * count * count) {
        return new double[] {v / count, 0, 0};
      }
      double b = (cvy * cxx - cvx * cyx) / determinant;
      double c = (cvx * cyy - cvy * cyx) / determinant;
      return new double[] {(v - b * y - c * x) / count, b, c};
    }
  }
}
