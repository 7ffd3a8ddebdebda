package io.tilebrew.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A test case as in the ONNX backend suite: a folder with {@code model.onnx} and folders {@code
 * test_data_set_N} of {@code input_N.pb} and {@code output_N.pb}.
 */
record CaseFolder(Path path) {
  private static final Pattern NUMBERED = Pattern.compile("(.*_)(\\d{1,9})(\\.pb)?");
  private static final int DEPTH = 2;

  /** The cases at or below {@code path}, sorted. */
  static List<CaseFolder> below(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path, DEPTH)) {
      List<CaseFolder> cases =
          all.filter(folder -> Files.isRegularFile(folder.resolve("model.onnx")))
              .map(folder -> new CaseFolder(folder.toAbsolutePath().normalize()))
              .sorted(Comparator.comparing(CaseFolder::path))
              .toList();
      if (cases.isEmpty()) {
        throw new IOException(
            "%s has no test case, expected folders with model.onnx and test_data_set_0"
                .formatted(path));
      }
      return cases;
    }
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  Path model() {
    return path.resolve("model.onnx");
  }

  /** The folders with data, in the order of their numbers. */
  List<Path> dataSets() throws IOException {
    return numbered(path, "test_data_set_");
  }

  static List<Path> inputs(Path dataSet) throws IOException {
    return numbered(dataSet, "input_");
  }

  static List<Path> outputs(Path dataSet) throws IOException {
    return numbered(dataSet, "output_");
  }

  /** What is called {@code prefix} and a number in {@code folder}; 2 comes before 10. */
  private static List<Path> numbered(Path folder, String prefix) throws IOException {
    record Numbered(int number, Path path) {}
    List<Numbered> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher name = NUMBERED.matcher(String.valueOf(file.getFileName()));
        if (name.matches() && name.group(1).equals(prefix)) {
          found.add(new Numbered(Integer.parseInt(name.group(2)), file));
        }
      }
    }
    return found.stream()
        .sorted(Comparator.comparingInt(Numbered::number))
        .map(Numbered::path)
        .toList();
  }
}
