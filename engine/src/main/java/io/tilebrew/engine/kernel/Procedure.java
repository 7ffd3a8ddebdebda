package io.tilebrew.engine.kernel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

  /** The vectors that a turn of a loop hands to the next one. */
  public Set<String> carried() {
    Set<String> carried = new HashSet<>();
    changed(body, carried);
    return carried;
  }

  /**
   * The vectors from outside of {@code statements} that these change.
   *
   * @param carried gets those that their loops change
   */
  private static Set<String> changed(List<Statement> statements, Set<String> carried) {
    Set<String> changed = new HashSet<>();
    Set<String> own = new HashSet<>();
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Let(String name, Vec _) -> own.add(name);
        case Statement.Assign(String name, Vec _) -> changed.add(name);
        case Statement.Loop loop -> {
          Set<String> byLoop = changed(loop.body(), carried);
          carried.addAll(byLoop);
          changed.addAll(byLoop);
        }
        default -> {}
      }
    }
    changed.removeAll(own);
    return changed;
  }
}
