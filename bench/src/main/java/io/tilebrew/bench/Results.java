package io.tilebrew.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.bench.Outcome.Standing;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The outcomes of a comparison as files: a table in Markdown, JSON, a chart. */
final class Results {
  private Results() {}

  /**
   * Writes {@code n1-t1.md}, {@code .json} and {@code .png} for batch 1 and one thread, and so on,
   * in the place of those of an earlier comparison.
   *
   * @param machine what the figures depend on
   * @return the files
   */
  static List<Path> write(Path folder, String machine, List<Outcome> outcomes) throws IOException {
    Files.createDirectories(folder);
    Outcome any = outcomes.getFirst();
    String name = "n%d-t%d".formatted(any.batch(), any.threads());
    Path table = folder.resolve(name + ".md");
    Path json = folder.resolve(name + ".json");
    Path chart = folder.resolve(name + ".png");
    Files.writeString(table, table(machine, outcomes));
    Files.writeString(json, json(machine, outcomes));
    Chart.write(chart, outcomes);
    return List.of(table, json, chart);
  }

  /** The table: a line for each network and engine. */
  static String table(String machine, List<Outcome> outcomes) {
    StringBuilder text = new StringBuilder(machine).append("\n\n");
    text.append(
        "| network | engine | median | minimum | of peak | / Tilebrew, medians | minima |\n");
    text.append("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (Outcome outcome : outcomes) {
      for (Standing standing : outcome.standings()) {
        Times times = standing.times();
        double gigaflops = Report.gigaflops(outcome.multiplyAdds(), times.median());
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.1f %% | %.2f | %.2f |\n",
                outcome.network(),
                standing.engine(),
                Times.text(times.median()),
                Times.text(times.minimum()),
                100 * gigaflops / outcome.peak(),
                outcome.ratio(standing),
                outcome.ratioOfMinima(standing)));
      }
    }
    return text.toString();
  }

  /** All numbers, with the time of each round. */
  static String json(String machine, List<Outcome> outcomes) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("machine", machine);
      json.writeArrayFieldStart("networks");
      for (Outcome outcome : outcomes) {
        write(outcome, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void write(Outcome outcome, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("network", outcome.network());
    json.writeNumberField("batch", outcome.batch());
    json.writeNumberField("threads", outcome.threads());
    json.writeNumberField("multiply_adds", outcome.multiplyAdds());
    json.writeNumberField("peak_gflops", outcome.peak());
    json.writeNumberField("steps_without_kernel", outcome.references());
    json.writeArrayFieldStart("engines");
    for (Standing standing : outcome.standings()) {
      json.writeStartObject();
      json.writeStringField("engine", standing.engine());
      json.writeNumberField("median_ns", standing.times().median());
      json.writeNumberField("minimum_ns", standing.times().minimum());
      json.writeNumberField("ratio_of_medians", outcome.ratio(standing));
      json.writeNumberField("ratio_of_minima", outcome.ratioOfMinima(standing));
      json.writeFieldName("rounds_ns");
      json.writeArray(standing.times().nanos(), 0, standing.times().nanos().length);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
