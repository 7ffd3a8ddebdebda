package io.tilebrew.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  @Test
  void unknownOptionIsAUsageError() {
    var command = new CommandLine(new Main()).setErr(new PrintWriter(new StringWriter()));
    assertEquals(2, command.execute("--nonsense"));
    assertEquals(0, command.execute("--version"));
  }
}
