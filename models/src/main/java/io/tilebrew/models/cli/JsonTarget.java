package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where JSON goes: a file, or the output of the command for {@code -}. */
final class JsonTarget {
  private JsonTarget() {}

  /** Writes a value. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes what {@code body} does to {@code target}. */
  static void write(String target, PrintWriter out, Body body) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      body.write(json);
    }
    if (target.equals("-")) {
      out.println(text);
    } else {
      Files.writeString(Path.of(target), text + System.lineSeparator());
    }
  }
}
