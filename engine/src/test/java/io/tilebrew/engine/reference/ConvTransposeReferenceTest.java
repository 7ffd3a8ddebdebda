package io.tilebrew.engine.reference;

import static io.tilebrew.engine.reference.Samples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.problem.Pointwise;
import io.tilebrew.engine.problem.Window;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConvTransposeReferenceTest {
  /** With stride 1 it is the convolution by the turned kernel, over a padded input. */
  @Property(tries = 200)
  void isAConvolutionByTheTurnedKernel(
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int dilation,
      @ForAll @IntRange(min = 1, max = 2) int group,
      @ForAll @IntRange(min = 1, max = 5) int size,
      @ForAll long seed) {
    Tensor x = Samples.integers(seed, 2, 2 * group, size, size);
    Tensor w = Samples.integers(~seed, 2 * group, 3, kernel, kernel);
    Window window = new Window(kernel, kernel, 1, 1, dilation, dilation, 0, 0, 0, 0);
    int pad = window.spanHeight() - 1;
    Tensor y = Samples.unwritten(DataType.FLOAT32, 2, 3 * group, size + pad, size + pad);
    ConvTransposeReference.run(window, group, x, w, null, y);

    ConvProblem conv =
        new ConvProblem(
            2,
            size,
            size,
            2 * group,
            3 * group,
            window.withPadding(pad, pad, pad, pad),
            group,
            Pointwise.NONE,
            null);
    Tensor expected = Samples.unwritten(DataType.FLOAT32, y.shape().dims());
    ConvReference.run(conv, x.floats(), turned(w, group), null, expected.floats());
    assertSame(expected, y);
  }

  /** The weights [C,M,kH,kW] of each group as [M,C,kH,kW], from the last tap to the first. */
  private static float[] turned(Tensor w, int group) {
    int channels = w.shape().dim(0) / group;
    int maps = w.shape().dim(1);
    int taps = w.shape().size(2, 4);
    float[] turned = new float[w.size()];
    for (int i = 0; i < turned.length; i++) {
      int tap = i % taps;
      int m = i / taps % maps;
      int c = i / taps / maps % channels;
      int g = i / taps / maps / channels;
      turned[((g * maps + m) * channels + c) * taps + taps - 1 - tap] = w.floats()[i];
    }
    return turned;
  }

  @Test
  void strideLeavesGapsAndPaddingCrops() {
    Tensor x = Tensor.of(Shape.of(1, 1, 1, 2), 1f, 2);
    Tensor w = Tensor.of(Shape.of(1, 1, 1, 2), 10f, 1);
    Window window = new Window(1, 2, 1, 3, 1, 1, 0, 1, 0, 0);
    Tensor y = Samples.unwritten(DataType.FLOAT32, 1, 1, 1, 5);
    ConvTransposeReference.run(window, 1, x, w, Tensor.of(Shape.of(1), 0.5f), y);
    assertArrayEquals(new float[] {1.5f, 0.5f, 20.5f, 2.5f, 0.5f}, y.floats());
  }
}
