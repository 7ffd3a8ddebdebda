package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where JSON and other text goes: a file, or the output of the command for {@code -}. */
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
    write(target, out, text + System.lineSeparator());
  }

  /** Writes {@code text} to {@code target}. */
  static void write(String target, PrintWriter out, String text) throws IOException {
    if (target.equals("-")) {
      out.print(text);
      return;
    }
    Path folder = Path.of(target).toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new FileSystemException(target, null, "cannot be written, there is no such folder");
    }
    Files.writeString(Path.of(target), text);
  }
}
