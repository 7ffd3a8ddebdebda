package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
  @TempDir Path folder = Path.of("");

  @Test
  void printsInputsOutputsAndNodes() throws IOException {
    CommandRun run = inspect(TinyModel.of("Add", List.of("a", "b"), "sum"));
    assertEquals(0, run.status(), run.err());
    assertEquals(
        """
        %s
          ONNX IR 7, opset 13
        inputs
          a  f32[2]
          b  f32[2]
        outputs
          sum  f32[2]
        layers
          layer  operator  output  parameters  connections  multiply-adds  bytes  fully connected
          sum    Add       f32[2]           0            0              0      8                0
          total                             0            0              0      8                0
        1 layers of 1 nodes, 0 parameters
        connections      products with weights, biases, pooled inputs and differences
        bytes            of what the layer hands on
        fully connected  weights, without biases, between the same inputs and outputs
        """
            .formatted(folder.resolve("model.onnx")),
        run.out().replaceAll("\\R", "\n"));
  }

  @Test
  void readsNetworksOfTheZoo() {
    CommandRun run = CommandRun.of("inspect", "lenet5-1998");
    assertEquals(0, run.status(), run.err());
    List<String> words =
        run.out()
            .lines()
            .filter(l -> l.contains(" C3 "))
            .map(l -> l.replaceAll(" +", " "))
            .toList();
    assertEquals(
        List.of(
            " C3 Conv, Mul, tanh f32[1,16,10,10] 5x5 1 0 16 1,516 151,600 150,000 14x14 2 6,400"
                + " 1,881,600"),
        words);
    assertTrue(run.out().contains("60,000      340,908"), run.out());
    assertEquals(1, CommandRun.of("inspect", "--batch", "2", "lenet5").status());
    CommandRun wrong = CommandRun.of("inspect", "lenet6");
    assertEquals(1, wrong.status());
    assertTrue(wrong.err().contains("there is no network 'lenet6'"), wrong.err());
  }

  @Test
  void writesJson() throws IOException {
    Path file = folder.resolve("layers.json");
    CommandRun run = CommandRun.of("inspect", "--json", file, "lenet5-1998");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("layers"), run.out());
    String json = Files.readString(file);
    assertEquals(
        json.strip(), CommandRun.of("inspect", "--json", "-", "lenet5-1998").out().strip());
    long connections = 0;
    List<String> names = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_INT && "connections".equals(parser.currentName())) {
          connections += parser.getLongValue();
        } else if (token == JsonToken.VALUE_STRING && "layer".equals(parser.currentName())) {
          names.add(parser.getText());
        }
      }
    }
    assertEquals(List.of("C1", "S2", "C3", "S4", "C5", "F6", "Output"), names);
    assertEquals(2 * 340_908, connections);
  }

  @Test
  void writesCsv() throws IOException {
    String name = "a \"quoted\", name\r\nof two lines";
    Path model =
        Files.write(folder.resolve("model.onnx"), TinyModel.of("Relu", List.of("x"), name));
    CommandRun run = CommandRun.of("inspect", "--csv", "-", model);
    assertEquals(0, run.status(), run.err());
    List<List<String>> rows = csv(run.out());
    assertEquals(2, rows.size());
    assertEquals(15, rows.getFirst().size());
    assertEquals(15, rows.getLast().size());
    assertEquals("layer", rows.getFirst().getFirst());
    assertEquals(name, rows.getLast().getFirst());
    assertEquals("8", rows.getLast().get(rows.getFirst().indexOf("activation_bytes")));
  }

  /** The rows of a CSV file (RFC 4180). */
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    Matcher cell = Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^,\"\r\n]*))(,|\r\n)").matcher(text);
    for (int at = 0; at < text.length() && cell.find(at); at = cell.end()) {
      assertEquals(at, cell.start());
      row.add(cell.group(1) == null ? cell.group(2) : cell.group(1).replace("\"\"", "\""));
      if (!cell.group(3).equals(",")) {
        rows.add(row);
        row = new ArrayList<>();
      }
    }
    return rows;
  }

  @Test
  void countsWeightsOfLayersThatAreWrittenDown() {
    CommandRun run = CommandRun.of("inspect", "--layers", "3x3 -> 16 k2 shared by 4");
    assertEquals(0, run.status(), run.err());
    assertEquals("16 weights, without biases", run.last());
    assertEquals(1, CommandRun.of("inspect", "--layers", "3x3 -> 15 k2").status());
    assertEquals(2, CommandRun.of("inspect", "--layers", "3x3 -> 16", "lenet5").status());
  }

  @Test
  void namesCannotCommandTheTerminal() throws IOException {
    String name = "\u001b[31m" + "long".repeat(30);
    CommandRun run = inspect(TinyModel.of("Relu", List.of(name), "y\n"));
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().chars().noneMatch(c -> c == 0x1b), run.out());
    assertTrue(run.out().lines().allMatch(line -> line.length() < 240), run.out());
    assertTrue(run.out().contains("y\\u000a  f32[2]"), run.out());
  }

  @Test
  void whatIsNoModelIsSaidInOneSentence() throws IOException {
    for (byte[] bytes :
        List.of(new byte[0], new byte[] {1, 2, 3}, "<html>".getBytes(StandardCharsets.UTF_8))) {
      CommandRun run = inspect(bytes);
      assertEquals(1, run.status());
      assertEquals(1, run.err().lines().count(), run.err());
      assertEquals("", run.out());
    }
    assertEquals(1, CommandRun.of("inspect", folder.resolve("none.onnx")).status());
  }

  @Test
  void unsupportedOperatorsAreNamed() throws IOException {
    CommandRun run = inspect(TinyModel.of("Frobnicate", List.of("x"), "y"));
    assertEquals(1, run.status());
    assertTrue(run.err().contains("Frobnicate"), run.err());
  }

  private CommandRun inspect(byte[] bytes) throws IOException {
    return CommandRun.of("inspect", Files.write(folder.resolve("model.onnx"), bytes));
  }
}
