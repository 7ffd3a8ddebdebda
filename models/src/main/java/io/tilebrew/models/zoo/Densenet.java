package io.tilebrew.models.zoo;

/** DenseNet-121 (Huang et al. 2016): every layer of a block sees the outputs of all before it. */
final class Densenet {
  private static final int GROWTH = 32;
  private static final int[] LAYERS = {6, 12, 24, 16};

  private Densenet() {}

  static Features build(Features image, int classes) {
    Features x =
        image
            .bareConv("features.conv0", 64, "k7 s2 p3")
            .batchNorm("features.norm0")
            .relu()
            .maxPool("k3 s2 p1");
    for (int block = 1; block <= LAYERS.length; block++) {
      for (int i = 1; i <= LAYERS[block - 1]; i++) {
        x = layer(x, "features.denseblock%d.denselayer%d".formatted(block, i));
      }
      x = block < LAYERS.length ? transition(x, "features.transition" + block) : x;
    }
    return x.batchNorm("features.norm5").relu().globalAvgPool().linear("classifier", classes);
  }

  private static Features layer(Features x, String name) {
    Features y =
        x.batchNorm(name + ".norm1")
            .relu()
            .bareConv(name + ".conv1", 4 * GROWTH, "k1")
            .batchNorm(name + ".norm2")
            .relu()
            .bareConv(name + ".conv2", GROWTH, "k3 p1");
    return x.concat(name, y);
  }

  private static Features transition(Features x, String name) {
    return x.batchNorm(name + ".norm")
        .relu()
        .bareConv(name + ".conv", x.channels() / 2, "k1")
        .avgPool("k2 s2");
  }
}
