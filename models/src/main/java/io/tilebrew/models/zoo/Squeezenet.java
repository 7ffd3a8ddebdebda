package io.tilebrew.models.zoo;

/** SqueezeNet (Iandola et al. 2016), versions 1.0 and 1.1. */
final class Squeezenet {
  private Squeezenet() {}

  static Features version10(Features image, int classes) {
    return image
        .conv("features.0", 96, "k7 s2")
        .relu()
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 3, 16, 64))
        .then(x -> fire(x, 4, 16, 64))
        .then(x -> fire(x, 5, 32, 128))
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 7, 32, 128))
        .then(x -> fire(x, 8, 48, 192))
        .then(x -> fire(x, 9, 48, 192))
        .then(x -> fire(x, 10, 64, 256))
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 12, 64, 256))
        .then(x -> classifier(x, classes));
  }

  static Features version11(Features image, int classes) {
    return image
        .conv("features.0", 64, "k3 s2")
        .relu()
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 3, 16, 64))
        .then(x -> fire(x, 4, 16, 64))
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 6, 32, 128))
        .then(x -> fire(x, 7, 32, 128))
        .maxPoolCeil("k3 s2")
        .then(x -> fire(x, 9, 48, 192))
        .then(x -> fire(x, 10, 48, 192))
        .then(x -> fire(x, 11, 64, 256))
        .then(x -> fire(x, 12, 64, 256))
        .then(x -> classifier(x, classes));
  }

  /** A fire module: few channels, then as many by 1x1 as by 3x3. */
  private static Features fire(Features x, int index, int squeeze, int expand) {
    String name = "features." + index;
    Features s = x.conv(name + ".squeeze", squeeze, "k1").relu();
    Features one = s.conv(name + ".expand1x1", expand, "k1").relu();
    Features three = s.conv(name + ".expand3x3", expand, "k3 p1").relu();
    return one.concat(name, three);
  }

  private static Features classifier(Features x, int classes) {
    return x.dropout().conv("classifier.1", classes, "k1").relu().globalAvgPool();
  }
}
