package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.graph.Node;
import io.tilebrew.models.inspect.Inspection;
import io.tilebrew.models.inspect.Layer;
import io.tilebrew.models.inspect.Lesson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The layers of a network as text, as JSON and as CSV. */
final class LayerReport {
  /** What a column may say of every layer to be left out of the text. */
  private static final Set<String> USUAL = Set.of("", "1");

  private LayerReport() {}

  /** Prints the table and what its columns mean. */
  static void print(Inspection inspection, PrintWriter out) {
    List<Column> columns =
        Column.ALL.stream().filter(column -> isTold(column, inspection)).toList();
    Table table =
        new Table("  ", Column.WORDS, columns.stream().map(Column::title).toArray(String[]::new));
    for (Layer layer : inspection.layers()) {
      table.add(cells(columns, column -> people(column.value().apply(layer))));
    }
    String[] total = cells(columns, column -> people(column.total().apply(inspection)));
    total[0] = "total";
    table.add(total);
    table.print(out);
    out.printf(
        "%s layers of %s nodes, %s parameters%n",
        people(inspection.layers().size()),
        people(inspection.nodes()),
        people(inspection.total().parameters()));
    out.println("connections      products with weights, biases, pooled inputs and differences");
    if (columns.stream().anyMatch(column -> column.key().equals("receptive_field"))) {
      out.println("field, jump      what an output sees of the image, and how far apart two see");
    }
    out.println("bytes            of what the layer hands on");
    out.println("fully connected  weights, without biases, between the same inputs and outputs");
  }

  /** Whether a column says more than that layers have no windows, no groups or no images. */
  private static boolean isTold(Column column, Inspection inspection) {
    return column.total().apply(inspection) != null
        || inspection.layers().stream()
            .anyMatch(layer -> !USUAL.contains(people(column.value().apply(layer))));
  }

  private static String[] cells(List<Column> columns, Function<Column, String> text) {
    return columns.stream().map(text).toArray(String[]::new);
  }

  /** A value for people. */
  private static String people(@Nullable Object value) {
    return switch (value) {
      case Integer number -> people(number.longValue());
      case Long number -> people(number.longValue());
      case null, default -> plain(value);
    };
  }

  private static String people(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A value as one cell: sizes with x, lists with commas, or once where all of it is equal. */
  private static String plain(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Double number -> number(number);
      case Column.Size(double rows, double columns) -> number(rows) + "x" + number(columns);
      case List<?> list when new HashSet<>(list).size() == 1 -> plain(list.getFirst());
      case List<?> list -> list.stream().map(LayerReport::plain).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }

  private static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%.0f", number)
        : String.format(Locale.ROOT, "%.3g", number);
  }

  /** Writes an array of layers and an object of totals into the current object. */
  static void write(Inspection inspection, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("layers");
    for (Layer layer : inspection.layers()) {
      json.writeStartObject();
      for (Column column : Column.ALL) {
        json.writeFieldName(column.key());
        write(column.value().apply(layer), json);
      }
      json.writeArrayFieldStart("nodes");
      for (Node node : layer.nodes()) {
        json.writeString(node.name());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("total");
    for (Column column : Column.ALL) {
      Object total = column.total().apply(inspection);
      if (total != null) {
        json.writeFieldName(column.key());
        write(total, json);
      }
    }
    json.writeEndObject();
  }

  private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number(number));
      case Double _ -> json.writeNull();
      case Column.Size(double rows, double columns) -> write(List.of(rows, columns), json);
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          write(element, json);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  /** The layers as CSV (RFC 4180): a line of titles, then a line for each layer. */
  static String csv(Inspection inspection) {
    List<String> lines = new ArrayList<>();
    lines.add(line(Column.ALL.stream().map(Column::key).toList()));
    for (Layer layer : inspection.layers()) {
      lines.add(
          line(Column.ALL.stream().map(column -> plain(column.value().apply(layer))).toList()));
    }
    return String.join("", lines);
  }

  private static String line(List<String> cells) {
    return cells.stream().map(LayerReport::quoted).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String quoted(String cell) {
    return cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }

  /** Prints what the layers of a lesson need. */
  static void print(Lesson lesson, PrintWriter out) {
    Table table =
        new Table("  ", 2, "layer", "output", "weights", "connections", "fully connected");
    long weights = 0;
    for (Lesson.Row row : lesson.layers()) {
      table.add(
          row.text(),
          row.output().toString(),
          people(row.weights()),
          people(row.connections()),
          people(row.denseWeights()));
      weights = Math.addExact(weights, row.weights());
    }
    table.print(out);
    out.printf("%s weights, without biases%n", people(weights));
  }
}
