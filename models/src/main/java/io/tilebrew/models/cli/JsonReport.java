package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.models.cli.CaseRunner.Result;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The results of test cases as JSON. */
final class JsonReport {
  private JsonReport() {}

  /** Writes an array of objects; {@code maxError} is null where it is not known. */
  static void write(List<Result> results, Path file) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file);
        JsonGenerator json = new JsonFactory().createGenerator(writer)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (Result result : results) {
        json.writeStartObject();
        json.writeStringField("case", result.name());
        json.writeStringField("status", result.status().toString());
        json.writeStringField("message", result.message());
        if (Double.isNaN(result.maxError())) {
          json.writeNullField("maxError");
        } else {
          json.writeNumberField("maxError", result.maxError());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }
}
