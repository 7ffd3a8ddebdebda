package io.tilebrew.models.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LessonTest {
  @ParameterizedTest
  @CsvSource({
    "3x3 -> 16, 144, 144",
    "3x3 -> 16 shared by 4, 36, 144",
    "3x3 -> 16 k2, 64, 64",
    "3x3 -> 16 k2 shared by 4, 16, 64",
    "9 -> 90 -> 50, 5310, 5310",
    "32x32 -> 500, 512000, 512000",
    "3x32x32 -> conv 16 k5, 1200, 940800",
    "3x224x224 -> conv 16 k5, 1200, 58080000",
    "32x32 -> conv 6 k5 -> 10, 47190, 164640"
  })
  void countsWeightsAndConnections(String text, long weights, long connections) {
    Lesson lesson = Lesson.parse(text);
    assertEquals(weights, lesson.layers().stream().mapToLong(Lesson.Row::weights).sum());
    assertEquals(connections, lesson.layers().stream().mapToLong(Lesson.Row::connections).sum());
  }

  @Property
  void aConvolutionNeedsTheSameWhateverTheImage(
      @ForAll @IntRange(min = 1, max = 64) int from,
      @ForAll @IntRange(min = 1, max = 64) int to,
      @ForAll @IntRange(min = 1, max = 7) int height,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll @IntRange(min = 7, max = 300) int rows,
      @ForAll @IntRange(min = 7, max = 300) int columns) {
    String text = "%dx%dx%d -> conv %d k%dx%d".formatted(from, rows, columns, to, height, width);
    Lesson.Row row = Lesson.parse(text).layers().getFirst();
    assertEquals((long) from * to * height * width, row.weights());
    long positions = (rows - height + 1L) * (columns - width + 1L);
    assertEquals(row.weights() * positions, row.connections());
    assertEquals((long) from * rows * columns * to * positions, row.denseWeights());
  }

  /** A convolution is what looks at windows and shares weights over all their positions. */
  @Property
  void aConvolutionIsLocalAndShared(
      @ForAll @IntRange(min = 1, max = 9) int maps,
      @ForAll @IntRange(min = 1, max = 4) int kernel,
      @ForAll @IntRange(min = 4, max = 12) int size) {
    int positions = (size - kernel + 1) * (size - kernel + 1);
    String local =
        "%1$dx%1$d -> %2$d k%3$d shared by %4$d"
            .formatted(size, maps * positions, kernel, positions);
    Lesson.Row row = Lesson.parse(local).layers().getFirst();
    Lesson.Row conv =
        Lesson.parse("%1$dx%1$d -> conv %2$d k%3$d".formatted(size, maps, kernel))
            .layers()
            .getFirst();
    assertEquals(conv.weights(), row.weights());
    assertEquals(conv.connections(), row.connections());
    assertEquals(conv.output(), row.output());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3x3",
        "3x3 ->",
        "-> 16",
        "3x3 -> conv 16",
        "0x3 -> 16",
        "3x3 -> 0",
        "3x3 -> 16 k4",
        "3x3 -> 15 k2",
        "3x3 -> 16 shared by 5",
        "3x3 -> 16 shared by 0",
        "1x2x3x4 -> 5",
        "3x3 -> conv 4 k2 shared by 2",
        "3x3 -> 16 k99999999999",
        "3x3 -> 16 k2 s0",
        "999999999x999999999 -> 999999999",
        "3x3 -> dense"
      })
  void whatDoesNotFitIsSaidInOneSentence(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> Lesson.parse(text));
    String message = String.valueOf(e.getMessage());
    assertTrue(!message.contains("\n") && message.length() > 15, message);
  }
}
