package io.tilebrew.graph;

import io.tilebrew.engine.problem.Algorithm;
import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.engine.tile.ConvChoice;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ways to compute convolutions that were the fastest on a machine, chosen by timing; immutable.
 *
 * <p>As a file it is text: a first line {@value #HEADER}, then a line for each convolution, in four
 * parts between semicolons: the convolution, the floats in a vector, the choice, and the
 * microseconds of each way that was timed. Empty lines and those that begin with {@code #} do not
 * count.
 *
 * <pre>{@code
 * tilebrew tuning 1
 * n1 56x56x64 -> 64 k1 s1 +relu; 8; 2x5; direct 281.4, 2x5 269.9, 2x4 301.0
 * }</pre>
 */
public final class Tuning {
  /** No choices: everything as usual. */
  public static final Tuning NONE = new Tuning(List.of());

  private static final String HEADER = "tilebrew tuning 1";
  private static final int PARTS = 4;

  /** More than a tuning of all known networks, so that a wrong file is refused early. */
  private static final long MOST_BYTES = 16 << 20;

  private final Map<Key, Entry> entries = new LinkedHashMap<>();

  private record Key(ConvProblem problem, int lanes) {}

  /**
   * The choice for a convolution.
   *
   * @param problem the convolution of one image, such as {@code n1 56x56x64 -> 64 k1 s1 +relu}; it
   *     does not name an algorithm
   * @param lanes the floats in a vector
   * @param choice {@code direct}, {@code w2}, {@code w4}, {@code w6}, {@code w2k5}, {@code w4k5},
   *     or a tile such as {@code 2x5}
   * @param micros the microseconds of each choice that was timed; may be none
   */
  public record Entry(String problem, int lanes, String choice, Map<String, Double> micros) {
    /**
     * Checks that the convolution can be computed so.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public Entry {
      micros = Collections.unmodifiableMap(new LinkedHashMap<>(micros));
      ConvProblem parsed = ConvProblem.parse(problem);
      if (lanes != 4 && lanes != 8 && lanes != 16) {
        throw new IllegalArgumentException(
            "%d floats are in a vector, expected 4, 8 or 16".formatted(lanes));
      }
      List<ConvChoice> candidates = ConvChoice.candidates(parsed, lanes);
      if (parsed.algorithm() != Algorithm.DIRECT || parsed.batch() != 1) {
        throw new IllegalArgumentException(
            "'%s' has a batch or names an algorithm, expected n1 and none".formatted(problem));
      }
      if (!candidates.contains(ConvChoice.parse(choice))) {
        throw new IllegalArgumentException(
            "%s is no way to compute '%s', expected one of %s"
                .formatted(choice, problem, candidates));
      }
    }

    /** The times for people, the shortest first: {@code 2x5 269.9 us, direct 281.4 us}. */
    public String times() {
      return String.join(
          ", ",
          micros.entrySet().stream()
              .sorted(Comparator.comparingDouble(Map.Entry::getValue))
              .map(e -> String.format(Locale.ROOT, "%s %.1f us", e.getKey(), e.getValue()))
              .toList());
    }

    private String line() {
      List<String> times =
          micros.entrySet().stream()
              .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue()))
              .toList();
      return "%s; %d; %s; %s".formatted(problem, lanes, choice, String.join(", ", times));
    }
  }

  /** A tuning of these entries; of several for a convolution the last counts. */
  public Tuning(List<Entry> entries) {
    for (Entry entry : entries) {
      this.entries.put(new Key(ConvProblem.parse(entry.problem), entry.lanes), entry);
    }
  }

  /** The entries, in order. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** The entry for a convolution of one image by vectors of {@code lanes} floats, or null. */
  public @Nullable Entry entry(ConvProblem problem, int lanes) {
    return entries.get(new Key(problem.with(Algorithm.DIRECT), lanes));
  }

  /**
   * Reads a file.
   *
   * @throws ModelException if it is missing or not of the form above
   */
  public static Tuning read(Path file) {
    List<Entry> entries = new ArrayList<>();
    List<String> lines = lines(file);
    if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
      throw new ModelException(
          "file '%s' is no tuning, expected a first line '%s'".formatted(file, HEADER));
    }
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          entries.add(parse(line));
        } catch (IllegalArgumentException e) {
          throw new ModelException(
              "file '%s', line %d: %s".formatted(file, i + 1, e.getMessage()), e);
        }
      }
    }
    return new Tuning(entries);
  }

  private static List<String> lines(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ModelException(
            "file '%s' has %d bytes, expected a tuning of at most %d"
                .formatted(file, Files.size(file), MOST_BYTES));
      }
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ModelException("file '%s' is no tuning, expected text".formatted(file), e);
    } catch (IOException e) {
      throw new ModelException("file '%s' cannot be read".formatted(file), e);
    }
  }

  private static Entry parse(String line) {
    String[] parts = line.split(";", -1);
    if (parts.length != PARTS) {
      throw new IllegalArgumentException(
          "%d parts are between semicolons, expected %d".formatted(parts.length, PARTS));
    }
    Map<String, Double> micros = new LinkedHashMap<>();
    for (String time : parts[3].isBlank() ? new String[0] : parts[3].split(",", -1)) {
      String[] words = time.strip().split(" ", -1);
      if (words.length != 2) {
        throw new IllegalArgumentException(
            "'%s' is no time, expected one such as '2x5 269.9'".formatted(time.strip()));
      }
      micros.put(ConvChoice.parse(words[0]).toString(), number(words[1]));
    }
    return new Entry(parts[0].strip(), (int) number(parts[1].strip()), parts[2].strip(), micros);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no number".formatted(text), e);
    }
  }

  /**
   * Writes a file that {@link #read} reads.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    lines.add("# convolution; floats in a vector; choice; microseconds of what was timed");
    entries.values().forEach(entry -> lines.add(entry.line()));
    Files.write(file, lines);
  }

  @Override
  public String toString() {
    return "%d convolutions".formatted(entries.size());
  }
}
