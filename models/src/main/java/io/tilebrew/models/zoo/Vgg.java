package io.tilebrew.models.zoo;

/** VGG (Simonyan and Zisserman 2014), configurations A, B, D and E, without normalization. */
final class Vgg {
  /** Channels of 3x3 convolutions, and M for a max pooling. */
  static final String A = "64 M 128 M 256 256 M 512 512 M 512 512 M";

  static final String B = "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M";
  static final String D = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M";
  static final String E = "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M";

  private Vgg() {}

  static Features build(String configuration, Features image, int classes) {
    Features x = image;
    int index = 0;
    for (String layer : configuration.split(" ", -1)) {
      boolean pool = layer.equals("M");
      x =
          pool
              ? x.maxPool("k2 s2")
              : x.conv("features." + index, Integer.parseInt(layer), "k3 p1").relu();
      index += pool ? 1 : 2;
    }
    return x.adaptiveAvgPool(7)
        .flatten()
        .linear("classifier.0", 4096)
        .relu()
        .dropout()
        .linear("classifier.3", 4096)
        .relu()
        .dropout()
        .linear("classifier.6", classes);
  }
}
