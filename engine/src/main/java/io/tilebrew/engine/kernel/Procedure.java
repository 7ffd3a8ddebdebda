package io.tilebrew.engine.kernel;

import java.util.List;

/**
 * A named list of statements with {@code int} parameters; it sees the arrays of the program. It
 * becomes one JVM method, so it must stay well under 8,000 bytes of code to be compiled.
 */
public record Procedure(String name, List<String> parameters, List<Statement> body) {
  /** Copies the lists. */
  public Procedure {
    parameters = List.copyOf(parameters);
    body = List.copyOf(body);
  }

  /** Whether it calls no other. */
  public boolean isLeaf() {
    return body.stream().noneMatch(Procedure::calls);
  }

  private static boolean calls(Statement statement) {
    return switch (statement) {
      case Statement.Call _ -> true;
      case Statement.Loop loop -> loop.body().stream().anyMatch(Procedure::calls);
      default -> false;
    };
  }
}
