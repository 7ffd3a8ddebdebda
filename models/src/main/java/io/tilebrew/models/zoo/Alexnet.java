package io.tilebrew.models.zoo;

/** AlexNet (Krizhevsky, Sutskever and Hinton 2012) and its later form with one tower. */
final class Alexnet {
  private Alexnet() {}

  /** The net of the paper: two groups, local response normalization, overlapping pooling. */
  static Features paper(Features image, int classes) {
    // The paper's alpha of 1e-4 is for each of the 5 channels.
    return image
        .conv("conv1", 96, "k11 s4")
        .relu()
        .lrn(5, 5e-4f, 0.75f, 2)
        .maxPool("k3 s2")
        .conv("conv2", 256, "k5 p2", 2)
        .relu()
        .lrn(5, 5e-4f, 0.75f, 2)
        .maxPool("k3 s2")
        .conv("conv3", 384, "k3 p1")
        .relu()
        .conv("conv4", 384, "k3 p1", 2)
        .relu()
        .conv("conv5", 256, "k3 p1", 2)
        .relu()
        .maxPool("k3 s2")
        .flatten()
        .linear("fc6", 4096)
        .relu()
        .dropout()
        .linear("fc7", 4096)
        .relu()
        .dropout()
        .linear("fc8", classes);
  }

  /** "One weird trick for parallelizing convolutional neural networks" (Krizhevsky 2014). */
  static Features oneTower(Features image, int classes) {
    return image
        .conv("features.0", 64, "k11 s4 p2")
        .relu()
        .maxPool("k3 s2")
        .conv("features.3", 192, "k5 p2")
        .relu()
        .maxPool("k3 s2")
        .conv("features.6", 384, "k3 p1")
        .relu()
        .conv("features.8", 256, "k3 p1")
        .relu()
        .conv("features.10", 256, "k3 p1")
        .relu()
        .maxPool("k3 s2")
        .adaptiveAvgPool(6)
        .flatten()
        .dropout()
        .linear("classifier.1", 4096)
        .relu()
        .dropout()
        .linear("classifier.4", 4096)
        .relu()
        .linear("classifier.6", classes);
  }
}
