package io.tilebrew.models.zoo;

/** Network in Network (Lin, Chen and Yan 2013), in its form for ImageNet. */
final class Nin {
  private Nin() {}

  static Features build(Features image, int classes) {
    return image
        .conv("conv1", 96, "k11 s4")
        .relu()
        .conv("cccp1", 96, "k1")
        .relu()
        .conv("cccp2", 96, "k1")
        .relu()
        .maxPoolCeil("k3 s2")
        .conv("conv2", 256, "k5 p2")
        .relu()
        .conv("cccp3", 256, "k1")
        .relu()
        .conv("cccp4", 256, "k1")
        .relu()
        .maxPoolCeil("k3 s2")
        .conv("conv3", 384, "k3 p1")
        .relu()
        .conv("cccp5", 384, "k1")
        .relu()
        .conv("cccp6", 384, "k1")
        .relu()
        .maxPoolCeil("k3 s2")
        .dropout()
        .conv("conv4", 1024, "k3 p1")
        .relu()
        .conv("cccp7", 1024, "k1")
        .relu()
        .conv("cccp8", classes, "k1")
        .relu()
        .globalAvgPool();
  }
}
