package io.tilebrew.models.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Shape;
import io.tilebrew.models.image.Preprocess.Channels;
import io.tilebrew.models.image.Preprocess.Fit;
import io.tilebrew.models.image.Preprocess.Inversion;
import io.tilebrew.models.image.Preprocess.Scale;
import java.awt.image.BufferedImage;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessTest {
  @Property
  void whatIsPrintedParsesToTheSame(@ForAll("specs") Preprocess spec) {
    assertEquals(spec, Preprocess.parse(spec.toString()));
  }

  @Provide
  Arbitrary<Preprocess> specs() {
    Arbitrary<Channels> channels = Arbitraries.of(Channels.class);
    Arbitrary<Integer> sides = Arbitraries.integers().between(1, 500);
    return channels.flatMap(
        c ->
            Combinators.combine(
                    Combinators.combine(sides, sides).as(Tuple::of),
                    fits(c),
                    Arbitraries.of(Inversion.class),
                    scales(),
                    numbers(c),
                    numbers(c),
                    Arbitraries.integers().between(0, 9),
                    Arbitraries.of(true, false))
                .as(
                    (size, fit, inversion, scale, mean, std, pad, nhwc) ->
                        new Preprocess(
                            c,
                            size.get1(),
                            size.get2(),
                            fit,
                            inversion,
                            scale,
                            mean,
                            std,
                            pad,
                            nhwc)));
  }

  private static Arbitrary<Fit> fits(Channels channels) {
    return Arbitraries.of(
        new Fit.Cover(),
        new Fit.Stretch(),
        new Fit.Crop(),
        new Fit.ResizeAndCrop(640),
        channels == Channels.GRAY ? new Fit.Digit() : new Fit.Cover());
  }

  private static Arbitrary<Scale> scales() {
    Arbitrary<Float> numbers = Arbitraries.floats().filter(f -> f != 0);
    return Combinators.combine(numbers, numbers).as(Scale::new);
  }

  private static Arbitrary<List<Float>> numbers(Channels channels) {
    Arbitrary<Float> numbers = Arbitraries.floats().filter(f -> f != 0);
    return Arbitraries.of(0, 1, channels.count()).flatMap(n -> numbers.list().ofSize(n));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bgr 227 mean 104,117,123 | bgr 227 mean 104,117,123",
        "rgb 224x320 std .5 mean 1e2 crop resize 400 | rgb 224x320 resize 400 crop mean 100 std"
            + " 0.5",
        "gray 28 pad 2 scale 1/255 invert auto | gray 28 invert auto scale 1/255 pad 2",
        "gray 28x28 digit invert nhwc scale 1 | gray 28 digit invert nhwc",
      })
  void wordsComeInAnyOrder(String text, String canonical) {
    assertEquals(canonical, Preprocess.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | it ends early, expected rgb, bgr or gray",
        "rgba 3 | 'rgba' comes first, expected rgb, bgr or gray",
        "rgb | it ends early, expected a size",
        "rgb 3x | '3x' is no size",
        "rgb -3 | '-3' is no size",
        "rgb 0 | height 0 is not from 1",
        "rgb 9000x1 | height 9000 is not from 1",
        "rgb 3 blur | 'blur' is unknown, expected resize",
        "rgb 3 crop crop | 'crop' is given twice",
        "rgb 3 resize 4 | expected crop with it",
        "rgb 3 resize 2 crop | resize 2 is not from 3",
        "rgb 3 stretch digit | exclude each other",
        "rgb 3 stretch crop | exclude resize and crop",
        "rgb 3 digit | digit works on gray",
        "rgb 3 mean 1,2 | mean has 2 numbers, expected 1 or 3",
        "rgb 3 mean 1,,2 | '' is no number",
        "rgb 3 std 0 | std has a 0",
        "rgb 3 scale 1/0 | is no number",
        "rgb 3 scale NaN | 'NaN' is no number",
        "rgb 3 scale 1e99 | is no number",
        "rgb 3 scale | it ends early, expected a number after scale",
        "rgb 3 pad 99999 | pad 99999 is not from 0",
      })
  void whatIsWrongIsSaid(String text, String message) {
    var fault = assertThrows(IllegalArgumentException.class, () -> Preprocess.parse(text));
    assertTrue(String.valueOf(fault.getMessage()).contains(message), fault.getMessage());
  }

  @Property(tries = 100)
  void onePaintedAllOverStaysSo(
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(max = 255) int light) {
    BufferedImage image = gray(height, width);
    for (int i = 0; i < height * width; i++) {
      image.getRaster().setSample(i % width, i / width, 0, light);
    }
    for (float value : Preprocess.parse("gray 13x17").apply(image)) {
      assertEquals(light, value, 1e-3f);
    }
  }

  @Test
  void eachStepHasItsPlace() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x0a141e);
    assertArrayEquals(new float[] {30, 20, 10}, Preprocess.parse("bgr 1").apply(image));
    assertArrayEquals(
        new float[] {(245 / 5f - 1) / 2, (235 / 5f - 2) / 3, (225 / 5f - 3) / 4},
        Preprocess.parse("rgb 1 std 2,3,4 mean 1,2,3 scale 1/5 invert").apply(image));
    assertArrayEquals(
        new float[] {(299 * 10 + 587 * 20 + 114 * 30) / 1000f},
        Preprocess.parse("gray 1").apply(image));
  }

  @Test
  void paddingIsZeroAndChannelsLieAsWanted() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x010203);
    Preprocess planes = Preprocess.parse("rgb 1 pad 1 mean 10");
    float[] expected = new float[27];
    expected[4] = -9;
    expected[13] = -8;
    expected[22] = -7;
    assertEquals(Shape.of(1, 3, 3, 3), planes.shape());
    assertArrayEquals(expected, planes.apply(image));
    Preprocess pixels = Preprocess.parse("rgb 1x2 nhwc stretch pad 0");
    assertEquals(Shape.of(1, 1, 2, 3), pixels.shape());
    assertArrayEquals(new float[] {1, 2, 3, 1, 2, 3}, pixels.apply(image));
  }

  @Test
  void onlyTheWantedPartOfAnArrayIsWritten() {
    float[] into = {7, 7, 7, 7};
    Preprocess spec = Preprocess.parse("gray 1x2 stretch");
    spec.apply(gray(1, 1), into, 1);
    assertArrayEquals(new float[] {7, 0, 0, 7}, into);
    assertThrows(IllegalArgumentException.class, () -> spec.apply(gray(1, 1), into, 3));
    assertThrows(IllegalArgumentException.class, () -> spec.apply(gray(1, 1), into, -1));
  }

  @Test
  void transparencyIsLaidOnWhite() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    image.setRGB(1, 0, 0x33ff0000);
    assertArrayEquals(
        new float[] {255, 255, 255, 204, 255, 204}, Preprocess.parse("rgb 1x2").apply(image));
  }

  @Test
  void samplesOfGrayImagesAreTakenAsTheyAre() {
    BufferedImage image = gray(1, 1);
    image.getRaster().setSample(0, 0, 0, 128);
    assertArrayEquals(new float[] {128, 128, 128}, Preprocess.parse("rgb 1").apply(image));
    BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 65535);
    assertArrayEquals(new float[] {255}, Preprocess.parse("gray 1").apply(deep));
  }

  @Test
  void whatSticksOutIsCutEvenly() {
    BufferedImage image = ramp(2, 10);
    assertArrayEquals(new float[] {4, 5}, Preprocess.parse("gray 1x2 crop").apply(image));
    assertArrayEquals(
        new float[] {4, 5, 4, 5}, Preprocess.parse("gray 2 resize 2 crop").apply(image));
    assertArrayEquals(new float[] {4, 5, 4, 5}, Preprocess.parse("gray 2").apply(image));
    var fault =
        assertThrows(
            IllegalArgumentException.class, () -> Preprocess.parse("gray 3 crop").apply(image));
    assertEquals(
        "the picture is 2x10 (height x width), expected at least 3x3 to crop", fault.getMessage());
  }

  @Test
  void reducingWeighsAllPixels() {
    // A triangle 4 wide weighs the first pixels 0.75, 0.75 and 0.25.
    float[] row = Preprocess.parse("gray 1x2 stretch").apply(ramp(1, 4));
    assertEquals((0 * 0.75f + 1 * 0.75f + 2 * 0.25f) / 1.75f, row[0], 1e-5f);
    assertEquals(3 - row[0], row[1], 1e-5f);
  }

  @Test
  void inversionGoesByTheBorder() {
    Preprocess spec = Preprocess.parse("gray 3 invert auto");
    BufferedImage dark = gray(3, 3);
    dark.getRaster().setSample(1, 1, 0, 200);
    assertEquals(200, spec.apply(dark)[4]);
    BufferedImage light = gray(3, 3);
    for (int i = 0; i < 9; i++) {
      light.getRaster().setSample(i % 3, i / 3, 0, i == 4 ? 0 : 250);
    }
    assertEquals(255, spec.apply(light)[4]);
    assertEquals(5, spec.apply(light)[0]);
  }

  @Test
  void aPageWithoutInkIsBlack() {
    for (float value : Preprocess.parse("gray 28 digit").apply(gray(100, 50))) {
      assertEquals(0, value);
    }
  }

  private static BufferedImage gray(int height, int width) {
    return new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
  }

  private static BufferedImage ramp(int height, int width) {
    BufferedImage image = gray(height, width);
    for (int i = 0; i < height * width; i++) {
      image.getRaster().setSample(i % width, i / width, 0, i % width);
    }
    return image;
  }
}
