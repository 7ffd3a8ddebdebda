package io.tilebrew.models.zoo;

/**
 * ResNet (He et al. 2015).
 *
 * @param bottleneck whether a block is 1x1, 3x3, 1x1 convolutions with four times the channels at
 *     its end, else two of 3x3; a stride is in the 3x3 (known as v1.5)
 * @param blocks the blocks of each of four stages
 */
record Resnet(boolean bottleneck, int... blocks) {
  Features build(Features image, int classes) {
    Features x =
        image.bareConv("conv1", 64, "k7 s2 p3").batchNorm("bn1").relu().maxPool("k3 s2 p1");
    for (int stage = 1; stage <= 4; stage++) {
      int maps = 32 << stage;
      for (int i = 0; i < blocks[stage - 1]; i++) {
        int stride = stage > 1 && i == 0 ? 2 : 1;
        x = block(x, "layer%d.%d".formatted(stage, i), maps, stride);
      }
    }
    return x.globalAvgPool().linear("fc", classes);
  }

  private Features block(Features x, String name, int maps, int stride) {
    Features y = bottleneck ? bottleneck(x, name, maps, stride) : basic(x, name, maps, stride);
    boolean same = stride == 1 && x.channels() == y.channels();
    Features shortcut =
        same
            ? x
            : x.bareConv(name + ".downsample.0", y.channels(), "k1 s" + stride)
                .batchNorm(name + ".downsample.1");
    return y.add(name, shortcut).relu();
  }

  private static Features basic(Features x, String name, int maps, int stride) {
    return x.bareConv(name + ".conv1", maps, "k3 s%d p1".formatted(stride))
        .batchNorm(name + ".bn1")
        .relu()
        .bareConv(name + ".conv2", maps, "k3 p1")
        .batchNorm(name + ".bn2");
  }

  private static Features bottleneck(Features x, String name, int maps, int stride) {
    return x.bareConv(name + ".conv1", maps, "k1")
        .batchNorm(name + ".bn1")
        .relu()
        .bareConv(name + ".conv2", maps, "k3 s%d p1".formatted(stride))
        .batchNorm(name + ".bn2")
        .relu()
        .bareConv(name + ".conv3", 4 * maps, "k1")
        .batchNorm(name + ".bn3");
  }
}
