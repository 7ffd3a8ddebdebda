package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.graph.Explanation.Step;
import io.tilebrew.graph.Roofline;
import io.tilebrew.graph.Trace;
import io.tilebrew.graph.Trace.Timing;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The times of steps as text and as JSON. */
final class TraceReport {
  private static final String ROW = "%4s %11s %6s %8s %8s %9s %-10s %9s  %s%n";

  private final Trace trace;
  private final List<Integer> order;

  /**
   * A report.
   *
   * @param sort whether the longest step comes first, else they stand as they run
   */
  TraceReport(Trace trace, boolean sort) {
    this.trace = trace;
    List<Integer> steps = IntStream.range(0, trace.timings().size()).boxed().toList();
    this.order =
        sort
            ? steps.stream()
                .sorted(Comparator.comparingDouble(i -> -trace.timings().get(i).nanos()))
                .toList()
            : steps;
  }

  /** Prints the steps, which hold for {@code sizes}. */
  void print(String sizes, PrintWriter out) {
    out.printf(
        "steps%s, medians of %d runs%s%n",
        sizes.isEmpty() ? "" : " for " + sizes,
        trace.runs(),
        trace.settled() ? "" : "; not all kernels have warmed up");
    out.printf(
        ROW, "", "us", "share", "GFLOP/s", "of peak", "of bound", "by", "bytes", "step, kernel");
    order.forEach(i -> print(i, out));
    Roofline roofline = trace.roofline();
    out.println("totals");
    out.printf(Locale.ROOT, "  steps     %.1f us%n", trace.nanos() / 1e3);
    out.printf(Locale.ROOT, "  bounds    %.1f us%n", bounds() / 1e3);
    out.printf(Locale.ROOT, "  FMA peak  %.1f GFLOP/s%n", roofline.gigaflops());
    out.printf("  streams   %s%n", streams(roofline));
  }

  private double bounds() {
    return trace.timings().stream().mapToDouble(timing -> timing.bound().nanos()).sum();
  }

  private static String streams(Roofline roofline) {
    return roofline.streams().stream()
        .map(
            stream ->
                String.format(
                    Locale.ROOT, "%.1f GB/s over %d KiB", stream.speed(), stream.size() >> 10))
        .collect(Collectors.joining(", "));
  }

  private void print(int i, PrintWriter out) {
    Step step = trace.explanation().steps().get(i);
    Timing timing = trace.timings().get(i);
    boolean works = step.multiplyAdds() > 0;
    out.printf(
        ROW,
        i + 1,
        decimal(timing.nanos() / 1e3),
        percent(timing.nanos() / trace.nanos()),
        works ? decimal(trace.gigaflops(i)) : "",
        works ? percent(ofPeak(i)) : "",
        percent(timing.ofBound()),
        timing.bound().limit().name().toLowerCase(Locale.ROOT),
        ExplainReport.bytes(bytes(step)),
        Faults.printable(
            "%s: %s; %s".formatted(step.node(), step.problem(), ExplainReport.carrier(step))));
  }

  private double ofPeak(int i) {
    return trace.gigaflops(i) / trace.roofline().gigaflops();
  }

  private static long bytes(Step step) {
    return step.weightBytes() + step.bytesRead() + step.bytesWritten();
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  /** Writes the trace as JSON to {@code target}, a file or {@code -}. */
  void write(Map<String, Integer> sizes, String target, PrintWriter out) throws IOException {
    JsonTarget.write(
        target,
        out,
        json -> {
          json.writeStartObject();
          ExplainReport.writeSizes(sizes, json);
          json.writeNumberField("runs", trace.runs());
          json.writeBooleanField("settled", trace.settled());
          json.writeNumberField("total_us", trace.nanos() / 1e3);
          json.writeNumberField("total_bound_us", bounds() / 1e3);
          json.writeNumberField("peak_gflops", trace.roofline().gigaflops());
          writeStreams(json);
          json.writeArrayFieldStart("steps");
          for (int i : order) {
            write(i, json);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private void writeStreams(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("streams");
    for (Roofline.Stream stream : trace.roofline().streams()) {
      json.writeStartObject();
      json.writeNumberField("bytes", stream.size());
      json.writeNumberField("gbytes_per_s", stream.speed());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(int i, JsonGenerator json) throws IOException {
    Timing timing = trace.timings().get(i);
    json.writeStartObject();
    json.writeNumberField("number", i + 1);
    ExplainReport.writeFields(trace.explanation().steps().get(i), json);
    json.writeNumberField("us", timing.nanos() / 1e3);
    json.writeNumberField("gflops", trace.gigaflops(i));
    json.writeNumberField("percent_of_peak", 100 * ofPeak(i));
    json.writeNumberField("bound_us", timing.bound().nanos() / 1e3);
    json.writeStringField("bound", timing.bound().limit().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("percent_of_bound", 100 * timing.ofBound());
    json.writeEndObject();
  }
}
