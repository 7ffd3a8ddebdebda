package io.tilebrew.models.zoo;

/** GoogLeNet (Szegedy et al. 2014) without its auxiliary classifiers, in two forms. */
enum Googlenet {
  /** The net of the paper: 5x5 convolutions, biases, local response normalization. */
  PAPER,
  /** torchvision's: batch normalization, and 3x3 convolutions in the place of 5x5. */
  NORMALIZED;

  private static final float EPSILON = 1e-3f;

  Features build(Features image, int classes) {
    return conv(image, "conv1", 64, "k7 s2 p3")
        .maxPoolCeil("k3 s2")
        .then(this::localNorm)
        .then(x -> conv(x, "conv2", 64, "k1"))
        .then(x -> conv(x, "conv3", 192, "k3 p1"))
        .then(this::localNorm)
        .maxPoolCeil("k3 s2")
        .then(x -> inception(x, "inception3a", 64, 96, 128, 16, 32, 32))
        .then(x -> inception(x, "inception3b", 128, 128, 192, 32, 96, 64))
        .maxPoolCeil("k3 s2")
        .then(x -> inception(x, "inception4a", 192, 96, 208, 16, 48, 64))
        .then(x -> inception(x, "inception4b", 160, 112, 224, 24, 64, 64))
        .then(x -> inception(x, "inception4c", 128, 128, 256, 24, 64, 64))
        .then(x -> inception(x, "inception4d", 112, 144, 288, 32, 64, 64))
        .then(x -> inception(x, "inception4e", 256, 160, 320, 32, 128, 128))
        .maxPoolCeil(this == PAPER ? "k3 s2" : "k2 s2")
        .then(x -> inception(x, "inception5a", 256, 160, 320, 32, 128, 128))
        .then(x -> inception(x, "inception5b", 384, 192, 384, 48, 128, 128))
        .globalAvgPool()
        .dropout()
        .linear("fc", classes);
  }

  /** A row of the paper's table 1: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj. */
  private Features inception(
      Features x, String name, int one, int reduce3, int three, int reduce5, int five, int pool) {
    String wide = this == PAPER ? "k5 p2" : "k3 p1";
    Features a = conv(x, name + ".branch1", one, "k1");
    Features b =
        conv(conv(x, name + ".branch2.0", reduce3, "k1"), name + ".branch2.1", three, "k3 p1");
    Features c = conv(conv(x, name + ".branch3.0", reduce5, "k1"), name + ".branch3.1", five, wide);
    Features d = conv(x.maxPool("k3 s1 p1"), name + ".branch4.1", pool, "k1");
    return a.concat(name, b, c, d);
  }

  private Features conv(Features x, String name, int maps, String window) {
    return this == PAPER
        ? x.conv(name, maps, window).relu()
        : x.bareConv(name + ".conv", maps, window).batchNorm(name + ".bn", EPSILON).relu();
  }

  private Features localNorm(Features x) {
    return this == PAPER ? x.lrn(5, 1e-4f, 0.75f, 1) : x;
  }
}
