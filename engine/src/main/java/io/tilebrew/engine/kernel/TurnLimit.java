package io.tilebrew.engine.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives programs a last parameter, the most turns of each loop around calls.
 *
 * <p>A run with a low limit visits every procedure that a whole run visits, in little time and as
 * often as the most frequent one. So the JIT compiler meets a tile at the end of a row as early as
 * those in its midst. Loops inside procedures that call nothing stay whole: their trip counts are
 * what the JIT compiler builds on.
 */
public final class TurnLimit {
  /** The name of the parameter. */
  public static final String NAME = "turns";

  /** The limit that limits nothing, since loops count floats of an arena at most. */
  public static final int NONE = 1 << 30;

  /** The limit of a short run: both ends of a loop's branch are taken. */
  public static final int SHORT = 2;

  private final Program program;
  private final Set<String> callers = new HashSet<>();

  private TurnLimit(Program program) {
    this.program = program;
    program.procedures().stream().filter(p -> calls(p.body())).forEach(p -> callers.add(p.name()));
  }

  /** The same program with the parameter. */
  public static Program of(Program program) {
    return new TurnLimit(program).limited();
  }

  private Program limited() {
    return new Program(
        program.name(),
        program.lanes(),
        with(program.parameters(), NAME),
        limited(program.main()),
        program.procedures().stream()
            .map(p -> callers.contains(p.name()) ? limited(p) : p)
            .toList());
  }

  private Procedure limited(Procedure procedure) {
    return new Procedure(
        procedure.name(), with(procedure.parameters(), NAME), limited(procedure.body()));
  }

  private List<Statement> limited(List<Statement> body) {
    return body.stream().map(this::limited).toList();
  }

  private Statement limited(Statement statement) {
    return switch (statement) {
      case Statement.Loop(String variable, Index from, Index to, int step, List<Statement> body)
          when calls(body) ->
          new Statement.Loop(
              variable, from, to.least(from.plus(distance(step))), step, limited(body));
      case Statement.Call(String name, List<Index> arguments) when callers.contains(name) ->
          new Statement.Call(name, with(arguments, Index.var(NAME)));
      default -> statement;
    };
  }

  /** How far a loop counts; a product that would overflow limits nothing either. */
  private static Index distance(int step) {
    Index turns = Index.var(NAME);
    return step == 1 ? turns : turns.least(Index.of(NONE / step)).times(step);
  }

  private static boolean calls(List<Statement> body) {
    return body.stream()
        .anyMatch(
            s ->
                s instanceof Statement.Call
                    || (s instanceof Statement.Loop loop && calls(loop.body())));
  }

  private static <T> List<T> with(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
