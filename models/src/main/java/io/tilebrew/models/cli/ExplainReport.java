package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.graph.Explanation;
import io.tilebrew.graph.Explanation.Step;
import io.tilebrew.graph.Explanation.Totals;
import io.tilebrew.graph.Explanation.Unfused;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An explanation as text and as JSON. */
final class ExplainReport {
  private ExplainReport() {}

  /** Prints {@code explanation}, which holds for {@code sizes}. */
  static void print(Explanation explanation, String sizes, PrintWriter out) {
    out.println(sizes.isEmpty() ? "steps" : "steps for " + sizes);
    int number = 0;
    for (Step step : explanation.steps()) {
      number++;
      out.printf("%4d  %s: %s%n", number, text(step.node()), text(step.problem()));
      if (!step.fused().isEmpty()) {
        out.printf("        with %s%n", text(String.join(", ", step.fused())));
      }
      out.printf("        %s; %s%n", carrier(step), traffic(step));
      if (!step.tuned().isEmpty()) {
        out.printf("        timed: %s%n", text(step.tuned()));
      }
    }
    if (!explanation.unfused().isEmpty()) {
      out.println("not fused");
      for (Unfused node : explanation.unfused()) {
        out.printf(
            "  %s %s behind %s: %s%n",
            text(node.node()),
            text(node.operator()),
            text(node.convolution()),
            text(node.reason()));
      }
    }
    print(explanation.totals(), out);
  }

  /** What carries {@code step} out, such as {@code direct 2x6, 8 lanes}. */
  static String carrier(Step step) {
    return switch (step.kind()) {
      case KERNEL -> step.kernel();
      case REFERENCE -> "reference" + text(reason(step));
      case CONVERSION -> "conversion";
      case HALO -> "halo";
    };
  }

  /** Why a step has no kernel, after what it is: a colon and a sentence, or nothing. */
  static String reason(Step step) {
    return step.refusal().isEmpty() ? "" : ": " + step.refusal();
  }

  private static String traffic(Step step) {
    String work =
        step.multiplyAdds() == 0 ? "" : millions(step.multiplyAdds()) + " multiply-adds, ";
    String weights = step.weightBytes() == 0 ? "" : bytes(step.weightBytes()) + " of weights, ";
    return "%s%sreads %s, writes %s"
        .formatted(work, weights, bytes(step.bytesRead()), bytes(step.bytesWritten()));
  }

  private static void print(Totals totals, PrintWriter out) {
    out.println("totals");
    out.printf("  images         %d%n", totals.images());
    out.printf(
        Locale.ROOT,
        "  multiply-adds  %s, %.1f %% of them in generated kernels%n",
        millions(totals.multiplyAdds()),
        100 * totals.coverage());
    out.printf(
        "  steps          %d kernels, %d references%n", totals.kernels(), totals.references());
    out.printf(
        "  arena          %s, the largest live set is %s%n",
        bytes(totals.arenaBytes()), bytes(totals.liveBytes()));
    out.printf("  weights        %s%n", bytes(totals.weightBytes()));
    out.printf(
        "  classes        %d with literal sizes, %d generic%n",
        totals.literalClasses(), totals.genericClasses());
  }

  private static String text(String text) {
    return Faults.printable(text);
  }

  private static String millions(long number) {
    return String.format(Locale.ROOT, "%,.3f million", number / 1e6);
  }

  /** A number of bytes for people. */
  static String bytes(long number) {
    return number < 10_000
        ? number + " B"
        : number < 10_000_000
            ? String.format(Locale.ROOT, "%.1f kB", number / 1e3)
            : String.format(Locale.ROOT, "%.1f MB", number / 1e6);
  }

  /** Writes {@code explanation} as JSON to {@code target}, a file or {@code -}. */
  static void write(
      Explanation explanation, Map<String, Integer> sizes, String target, PrintWriter out)
      throws IOException {
    JsonTarget.write(
        target,
        out,
        json -> {
          json.writeStartObject();
          writeSizes(sizes, json);
          json.writeArrayFieldStart("steps");
          for (Step step : explanation.steps()) {
            write(step, json);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("unfused");
          for (Unfused node : explanation.unfused()) {
            write(node, json);
          }
          json.writeEndArray();
          write(explanation.totals(), json);
          json.writeEndObject();
        });
  }

  private static void write(Step step, JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeFields(step, json);
    json.writeEndObject();
  }

  /** Writes what is known of {@code step} as fields of an object. */
  static void writeFields(Step step, JsonGenerator json) throws IOException {
    json.writeStringField("node", step.node());
    json.writeStringField("kind", step.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("problem", step.problem());
    writeStrings("origins", step.origins(), json);
    writeStrings("fused", step.fused(), json);
    json.writeStringField("tuned", step.tuned());
    json.writeStringField("kernel", step.kernel());
    json.writeNumberField("multiply_adds", step.multiplyAdds());
    json.writeNumberField("products", step.products());
    json.writeNumberField("weight_bytes", step.weightBytes());
    json.writeNumberField("bytes_read", step.bytesRead());
    json.writeNumberField("bytes_written", step.bytesWritten());
    json.writeStringField("refusal", step.refusal());
  }

  /** Writes {@code sizes} as a field. */
  static void writeSizes(Map<String, Integer> sizes, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("sizes");
    for (Map.Entry<String, Integer> size : sizes.entrySet()) {
      json.writeNumberField(size.getKey(), size.getValue());
    }
    json.writeEndObject();
  }

  private static void writeStrings(String name, List<String> values, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static void write(Unfused node, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("node", node.node());
    json.writeStringField("operator", node.operator());
    json.writeStringField("convolution", node.convolution());
    json.writeStringField("reason", node.reason());
    json.writeEndObject();
  }

  private static void write(Totals totals, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("totals");
    json.writeNumberField("images", totals.images());
    json.writeNumberField("multiply_adds", totals.multiplyAdds());
    json.writeNumberField("multiply_adds_in_kernels", totals.inKernels());
    json.writeNumberField("kernels", totals.kernels());
    json.writeNumberField("references", totals.references());
    json.writeNumberField("arena_bytes", totals.arenaBytes());
    json.writeNumberField("live_bytes", totals.liveBytes());
    json.writeNumberField("weight_bytes", totals.weightBytes());
    json.writeNumberField("literal_classes", totals.literalClasses());
    json.writeNumberField("generic_classes", totals.genericClasses());
    json.writeEndObject();
  }
}
