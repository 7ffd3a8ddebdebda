package io.tilebrew.models.zoo;

/** LeNet-5 as it is taught today: ReLU, max pooling, every map sees all maps before it. */
final class Lenet5 {
  private Lenet5() {}

  static Features build(Features image, int classes) {
    return image
        .conv("conv1", 6, "k5")
        .relu()
        .maxPool("k2 s2")
        .conv("conv2", 16, "k5")
        .relu()
        .maxPool("k2 s2")
        .flatten()
        .linear("fc1", 120)
        .relu()
        .linear("fc2", 84)
        .relu()
        .linear("fc3", classes);
  }
}
