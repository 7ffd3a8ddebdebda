package io.tilebrew.models.cli;

import io.tilebrew.graph.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * What the user is told when something goes wrong: one sentence, or the trace of a fault of ours.
 */
final class Faults {
  static final int FAILURE = 1;
  static final int USAGE = 2;

  private Faults() {}

  /** Prints what went wrong and returns the exit code. */
  static int report(Throwable fault, PrintWriter err) {
    String sentence = sentence(fault);
    if (sentence == null) {
      err.println("tilebrew: this is a fault of Tilebrew itself:");
      fault.printStackTrace(err);
    } else {
      err.println("tilebrew: " + sentence);
    }
    err.flush();
    return FAILURE;
  }

  /** The sentence for a fault of the user or the world; null for one of ours. */
  static @Nullable String sentence(Throwable fault) {
    return switch (fault) {
      case NoSuchFileException e -> printable("there is no file " + e.getFile());
      case AccessDeniedException e -> printable("access to " + e.getFile() + " is denied");
      case FileSystemException e -> printable(e.getFile() + ": " + e.getReason());
      case UncheckedIOException e -> printable(message(e));
      case ModelException e -> printable(message(e));
      case IllegalArgumentException e -> printable(message(e));
      case IOException e -> printable(message(e));
      default -> null;
    };
  }

  private static String message(Throwable fault) {
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }

  /** {@code text} in one line, with what a terminal could take for a command escaped. */
  static String printable(String text) {
    return String.valueOf(new ModelException(text).getMessage());
  }
}
