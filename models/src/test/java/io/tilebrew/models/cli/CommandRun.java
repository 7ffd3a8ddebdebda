package io.tilebrew.models.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** A command line that was run in this JVM, with what it printed. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    CommandLine command = Main.command(words);
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = Main.execute(command, words);
    return new CommandRun(status, out.toString(), err.toString());
  }

  /** The last line of the output. */
  String last() {
    return out.lines().reduce("", (before, line) -> line);
  }
}
