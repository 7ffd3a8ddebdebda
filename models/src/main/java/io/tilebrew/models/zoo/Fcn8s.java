package io.tilebrew.models.zoo;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.op.ConvTranspose;
import io.tilebrew.graph.op.Shaping.Slice;
import java.util.List;

/**
 * FCN-8s (Long, Shelhamer and Darrell 2015): VGG-16 whose fully connected layers are convolutions,
 * and scores of three depths brought to the size of the image and added.
 */
final class Fcn8s {
  private Fcn8s() {}

  /** Scores for each pixel of {@code image}. */
  static Features build(Features image, int classes) {
    // So much padding keeps a last feature map for small images; the crops take it away again.
    Features pool1 = stage(image, 1, 64, 2, "k3 p100");
    Features pool2 = stage(pool1, 2, 128, 2, "k3 p1");
    Features pool3 = stage(pool2, 3, 256, 3, "k3 p1");
    Features pool4 = stage(pool3, 4, 512, 3, "k3 p1");
    Features scores =
        stage(pool4, 5, 512, 3, "k3 p1")
            .conv("fc6", 4096, "k7")
            .relu()
            .dropout()
            .conv("fc7", 4096, "k1")
            .relu()
            .dropout()
            .conv("score_fr", classes, "k1");
    Features deep = upsampled(scores, "upscore2", 2);
    Features middle = crop(pool4.conv("score_pool4", classes, "k1"), 5, deep).add("fuse4", deep);
    Features fused = upsampled(middle, "upscore_pool4", 2);
    Features all = crop(pool3.conv("score_pool3", classes, "k1"), 9, fused).add("fuse3", fused);
    return crop(upsampled(all, "upscore8", 8), 31, image);
  }

  private static Features stage(Features x, int stage, int maps, int convs, String first) {
    Features y = x;
    for (int i = 1; i <= convs; i++) {
      y = y.conv("conv%d_%d".formatted(stage, i), maps, i == 1 ? first : "k3 p1").relu();
    }
    return y.maxPoolCeil("k2 s2");
  }

  /** A transposed convolution that starts as bilinear interpolation. */
  private static Features upsampled(Features x, String name, int factor) {
    int kernel = 2 * factor;
    int channels = x.channels();
    float[] weight = new float[channels * channels * kernel * kernel];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < kernel * kernel; i++) {
        double row = tent(i / kernel, factor);
        weight[(c * channels + c) * kernel * kernel + i] = (float) (row * tent(i % kernel, factor));
      }
    }
    Window window = new Window(kernel, kernel, factor, factor, 1, 1, 0, 0, 0, 0);
    int height = (x.height() - 1) * factor + kernel;
    int width = (x.shape().dim(3) - 1) * factor + kernel;
    return x.net()
        .add(
            name,
            new ConvTranspose(window, 1, height, width),
            x.value(),
            x.net()
                .constant(
                    name + ".weight",
                    Tensor.of(Shape.of(channels, channels, kernel, kernel), weight)));
  }

  /** The height of a tent over 2 * {@code factor} points at point {@code i}. */
  private static double tent(int i, int factor) {
    return 1 - Math.abs(i - (factor - 0.5)) / factor;
  }

  /** The part of {@code x} from row and column {@code offset} on that is as large as {@code y}. */
  private static Features crop(Features x, int offset, Features y) {
    Shape shape = Shape.of(1, x.channels(), y.height(), y.shape().dim(3));
    return x.then("crop", new Slice(List.of(0, 0, offset, offset), List.of(1, 1, 1, 1), shape));
  }
}
