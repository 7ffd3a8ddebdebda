package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.models.Lenet;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalPictureTest {
  @Test
  void aDigitInAscii() {
    String blank = " ".repeat(28);
    List<String> expected =
        List.of(
            blank,
            blank,
            "                :@-         ",
            "               .##          ",
            "               +%.          ",
            "              :@#           ",
            "             .#%:           ",
            "             +@=            ",
            "            -@#             ",
            "            #@=             ",
            "           =@%.             ",
            "           #%:              ",
            blank,
            blank);
    assertEquals(expected, TerminalPicture.of(Lenet.digit(1), PictureStyle.ASCII).lines());
  }

  @Test
  void twoRowsOfPixelsAreOneLine() {
    BufferedImage image = new BufferedImage(1, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0xff8000);
    image.setRGB(0, 1, 0x808080);
    assertEquals(
        List.of("\u001b[38;2;255;128;0;48;2;128;128;128m▀\u001b[0m"),
        TerminalPicture.of(image, PictureStyle.TRUECOLOR).lines());
    assertEquals(
        List.of("\u001b[38;5;208;48;5;244m▀\u001b[0m"),
        TerminalPicture.of(image, PictureStyle.COLORS256).lines());
    assertEquals(List.of(), TerminalPicture.of(image, PictureStyle.NONE).lines());
  }

  @ParameterizedTest
  @CsvSource({"1000,10,32,1", "10,1000,1,16", "28,28,28,14", "1,1,1,1", "640,480,32,12"})
  void picturesFit(int width, int height, int columns, int rows) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    TerminalPicture picture = TerminalPicture.of(image, PictureStyle.ASCII);
    assertEquals(columns, picture.width());
    assertEquals(rows, picture.lines().size());
    assertTrue(picture.lines().stream().allMatch(line -> line.length() == columns));
  }

  @ParameterizedTest
  @CsvSource({
    "truecolor, xterm, '', true, TRUECOLOR",
    "24bit, '', '', true, TRUECOLOR",
    "'', xterm-256color, '', true, COLORS256",
    "'', xterm, '', true, ASCII",
    "truecolor, xterm, 1, true, ASCII",
    "truecolor, xterm, '', false, ASCII",
  })
  void theTerminalDecides(
      String colors, String term, String no, boolean isTerminal, PictureStyle style) {
    Map<String, String> environment = Map.of("COLORTERM", colors, "TERM", term, "NO_COLOR", no);
    assertEquals(style, PictureStyle.detect(environment, isTerminal, StandardCharsets.UTF_8));
    assertEquals(
        PictureStyle.ASCII,
        PictureStyle.detect(environment, isTerminal, StandardCharsets.US_ASCII));
  }
}
