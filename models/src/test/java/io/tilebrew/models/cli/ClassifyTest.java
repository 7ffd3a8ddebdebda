package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.models.Lenet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyTest {
  @TempDir Path folder = Path.of("");

  @Test
  void withoutArgumentsTheBundledDigitsAreClassified() {
    CommandRun run = CommandRun.of("classify", "--top", "1", "--picture", "none");
    assertEquals(0, run.status(), run.err());
    String expected =
        IntStream.range(0, 10)
            .mapToObj(digit -> "digit-" + digit + ".png\\R +\\d+\\.\\d\\d %  " + digit + "\\R")
            .reduce("", String::concat);
    assertTrue(run.out().matches(expected), run.out());
  }

  @Test
  void pictureStandsBesideTheAnswer() throws IOException {
    Path image = digit(1);
    CommandRun run = CommandRun.of("classify", "--picture", "ascii", "--top", "2", image);
    assertEquals(0, run.status(), run.err());
    String[] lines = run.out().split("\\R", -1);
    assertEquals(" ".repeat(14) + ":@#" + " ".repeat(13) + image, lines[5]);
    assertTrue(run.out().matches("(?s).*   \\d+\\.\\d\\d %  1\\R.*"), run.out());
  }

  @Test
  void oneBrokenImageLeavesTheOthersAlone() throws IOException {
    Path broken = Files.write(folder.resolve("broken.png"), new byte[3]);
    CommandRun run =
        CommandRun.of(
            "classify", "--picture", "none", folder.resolve("none.png"), broken, digit(3));
    assertEquals(1, run.status());
    assertTrue(run.out().contains("%  3"), run.out());
    assertEquals(
        "tilebrew: there is no file %s%ntilebrew: %s is no PNG, JPEG, GIF, BMP or TIFF image%n"
            .formatted(folder.resolve("none.png"), broken),
        run.err());
  }

  @Test
  void labelsAndPreprocessingComeFromFiles() throws IOException {
    Path model = model();
    Path labels = Files.writeString(folder.resolve("labels.txt"), "n0 zero\none\n");
    CommandRun guessed =
        CommandRun.of("classify", "--model", model, "--labels", labels, "--top", "1", digit(0));
    assertEquals(0, guessed.status(), guessed.err());
    assertTrue(
        guessed.err().contains("note: assuming --preprocess \"gray 32 scale 1/255\""),
        guessed.err());
    assertTrue(guessed.out().contains("%  n0 zero"), guessed.out());
    Files.writeString(folder.resolve("lenet.preprocess"), "# digits\ngray 28 pad 2 scale 1/255\n");
    CommandRun given = CommandRun.of("classify", "--model", model, digit(0));
    assertEquals("", given.err());
    assertTrue(given.out().contains("%  0"), given.out());
  }

  @Test
  void preprocessingMustMakeWhatTheModelTakes() {
    CommandRun run = CommandRun.of("classify", "--preprocess", "rgb 224");
    assertEquals(1, run.status());
    assertEquals(
        "tilebrew: the preprocessing 'rgb 224' makes [1,3,224,224], but the input is"
            + " image: f32[batch,1,32,32]"
            + System.lineSeparator(),
        run.err());
  }

  @Test
  void scoresBecomeProbabilitiesOnce() {
    assertArrayEquals(
        new double[] {0.25, 0.75}, Classifier.probabilities(new float[] {.25f, .75f}));
    assertArrayEquals(
        new double[] {0.5, 0.5}, Classifier.probabilities(new float[] {1000, 1000}), 1e-12);
    assertArrayEquals(
        new double[] {1 / (1 + Math.E), Math.E / (1 + Math.E)},
        Classifier.probabilities(new float[] {0, 1.0001f}),
        1e-4);
    assertThrows(
        IllegalArgumentException.class, () -> Classifier.probabilities(new float[] {0, Float.NaN}));
  }

  private Path digit(int digit) throws IOException {
    Path file = folder.resolve("digit.png");
    ImageIO.write(Lenet.digit(digit), "png", file.toFile());
    return file;
  }

  private Path model() throws IOException {
    Path file = folder.resolve("lenet.onnx");
    try (InputStream stream = Lenet.class.getResourceAsStream("lenet5.onnx")) {
      if (stream != null) {
        Files.copy(stream, file);
      }
    }
    return file;
  }
}
