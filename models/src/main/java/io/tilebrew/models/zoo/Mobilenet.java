package io.tilebrew.models.zoo;

/** MobileNet, versions 1 (Howard et al. 2017) and 2 (Sandler et al. 2018). */
final class Mobilenet {
  /** Of version 1: the output channels and the stride of each separable convolution. */
  private static final int[][] SEPARABLE = {
    {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
    {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
  };

  /** Of version 2, table 2: expansion, output channels, repetitions, first stride. */
  private static final int[][] BOTTLENECKS = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private Mobilenet() {}

  static Features version1(Features image, int classes) {
    Features x = image.bareConv("conv0", 32, "k3 s2 p1").batchNorm("bn0").relu();
    for (int i = 0; i < SEPARABLE.length; i++) {
      String name = "block" + (i + 1);
      String window = "k3 s%d p1".formatted(SEPARABLE[i][1]);
      x =
          x.bareConv(name + ".depthwise", x.channels(), window, x.channels())
              .batchNorm(name + ".bn1")
              .relu()
              .bareConv(name + ".pointwise", SEPARABLE[i][0], "k1")
              .batchNorm(name + ".bn2")
              .relu();
    }
    return x.globalAvgPool().dropout().linear("fc", classes);
  }

  static Features version2(Features image, int classes) {
    Features x = convBnRelu6(image, "features.0", 32, "k3 s2 p1", 1);
    int index = 1;
    for (int[] row : BOTTLENECKS) {
      for (int i = 0; i < row[2]; i++) {
        x =
            bottleneck(
                x, "features.%d.conv".formatted(index++), row[0], row[1], i == 0 ? row[3] : 1);
      }
    }
    return convBnRelu6(x, "features.18", 1280, "k1", 1)
        .globalAvgPool()
        .dropout()
        .linear("classifier.1", classes);
  }

  private static Features bottleneck(Features x, String name, int factor, int maps, int stride) {
    int wide = factor * x.channels();
    int at = factor == 1 ? 0 : 1;
    Features y = factor == 1 ? x : convBnRelu6(x, name + ".0", wide, "k1", 1);
    y =
        convBnRelu6(y, name + "." + at, wide, "k3 s%d p1".formatted(stride), wide)
            .bareConv(name + "." + (at + 1), maps, "k1")
            .batchNorm(name + "." + (at + 2));
    return stride == 1 && maps == x.channels() ? x.add(name, y) : y;
  }

  private static Features convBnRelu6(
      Features x, String name, int maps, String window, int groups) {
    return x.bareConv(name + ".0", maps, window, groups).batchNorm(name + ".1").relu6();
  }
}
