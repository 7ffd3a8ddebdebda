package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tilebrew.bench.Outcome.Standing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  private static final List<Outcome> OUTCOMES =
      List.of(
          outcome("lenet5", 416_000, 17_310, 38_000, 360_000),
          outcome("vgg16", 15_470_264_320L, 190e6, 380e6, 420e6),
          outcome("odd", 1_000_000, 1e6, 0.8e6));

  @TempDir private Path folder = Path.of("");

  private static Outcome outcome(String network, long multiplyAdds, double... nanos) {
    List<Standing> standings = new ArrayList<>();
    for (double time : nanos) {
      String engine = List.of("Tilebrew", "ONNX Runtime", "PyTorch").get(standings.size());
      standings.add(new Standing(engine, new Times(time, 0.9 * time, 1.2 * time)));
    }
    return new Outcome(network, 1, 2, multiplyAdds, 90, 0, standings);
  }

  @Test
  void tableHasALineForEachEngineOfEachNetwork() {
    List<String> lines = Results.table("a machine", OUTCOMES).lines().toList();
    assertEquals("a machine", lines.getFirst());
    assertEquals(4 + 8, lines.size());
    assertEquals(
        "| lenet5 | ONNX Runtime | 38.00 us | 34.20 us | 24.3 % | 2.20 | 2.20 |", lines.get(5));
  }

  @Test
  void jsonHasAllRounds() throws IOException {
    int numbers = 0;
    try (JsonParser json =
        new JsonFactory().createParser(Results.json("a \"machine\"", OUTCOMES))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        numbers += token.isNumeric() ? 1 : 0;
      }
    }
    assertEquals(3 * 5 + 8 * (4 + 3), numbers);
  }

  @Test
  void filesAreNamedByBatchAndThreads() throws IOException {
    List<Path> files = Results.write(folder.resolve("new"), "a machine", OUTCOMES);
    assertEquals(
        List.of("n1-t2.md", "n1-t2.json", "n1-t2.png"),
        files.stream().map(file -> file.getFileName().toString()).toList());
    for (Path file : files) {
      assertTrue(Files.size(file) > 100, file.toString());
    }
  }

  @Test
  void chartShowsEachEngineInItsColor() throws IOException {
    Path file = Results.write(folder, "a machine", OUTCOMES).getLast();
    BufferedImage image = ImageIO.read(file.toFile());
    for (int color : new int[] {0x2E7D32, 0x9E9E9E, 0xE6862B}) {
      assertTrue(pixels(image, color) > 1000, Integer.toHexString(color));
    }
  }

  private static int pixels(BufferedImage image, int color) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xFFFFFF) == color ? 1 : 0;
      }
    }
    return count;
  }
}
