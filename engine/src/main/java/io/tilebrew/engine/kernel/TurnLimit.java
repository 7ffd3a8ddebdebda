package io.tilebrew.engine.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives programs a last parameter, the most turns of each loop.
 *
 * <p>A run with a low limit visits every procedure that a whole run visits, in little time and as
 * often as the most frequent one. So the JIT compiler meets a tile at the end of a row as early as
 * those in its midst, and it compiles procedures for being called often; a procedure with long
 * loops it would compile once more for the midst of the loop.
 */
public final class TurnLimit {
  /** The name of the parameter. */
  public static final String NAME = "turns";

  /** The limit that limits nothing, since loops count floats of an arena at most. */
  public static final int NONE = 1 << 30;

  /** The limit of a short run: both ends of a loop's branch are taken. */
  public static final int SHORT = 2;

  /** How many more turns an innermost loop may take. */
  private static final int INNERMOST = 8;

  /** The same of one inside of a loop, which takes these turns more often. */
  private static final int NESTED = 2;

  private final Program program;
  private final Set<String> limited = new HashSet<>();

  private TurnLimit(Program program) {
    this.program = program;
    program.procedures().stream()
        .filter(p -> p.body().stream().anyMatch(TurnLimit::isLimited))
        .forEach(p -> limited.add(p.name()));
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
            .map(p -> limited.contains(p.name()) ? limited(p) : p)
            .toList());
  }

  private Procedure limited(Procedure procedure) {
    return new Procedure(
        procedure.name(), with(procedure.parameters(), NAME), limited(procedure.body(), INNERMOST));
  }

  /**
   * Limits loops.
   *
   * @param innermost how many more turns innermost ones may take
   */
  private List<Statement> limited(List<Statement> body, int innermost) {
    return body.stream().map(statement -> limited(statement, innermost)).toList();
  }

  private Statement limited(Statement statement, int innermost) {
    return switch (statement) {
      case Statement.Loop loop -> {
        int more = isInnermost(loop) ? innermost : 1;
        Index end = loop.from().plus(distance(loop.step() * more));
        Index to = isLong(loop, innermost) ? loop.to().least(end) : loop.to();
        yield new Statement.Loop(
            loop.variable(), loop.from(), to, loop.step(), limited(loop.body(), NESTED));
      }
      case Statement.Call(String name, List<Index> arguments) when limited.contains(name) ->
          new Statement.Call(name, with(arguments, Index.var(NAME)));
      default -> statement;
    };
  }

  /** How far a loop counts; a product that would overflow limits nothing either. */
  private static Index distance(int factor) {
    Index turns = Index.var(NAME);
    return factor == 1 ? turns : turns.least(Index.of(NONE / factor)).times(factor);
  }

  /** Whether a statement is a call, or a loop that a limit makes shorter. */
  private static boolean isLimited(Statement statement) {
    return statement instanceof Statement.Call
        || (statement instanceof Statement.Loop loop && isLong(loop, INNERMOST));
  }

  /** Whether a loop may take more turns than a short run lets it. */
  private static boolean isLong(Statement.Loop loop, int innermost) {
    return !isInnermost(loop)
        || !(loop.from() instanceof Index.Const(int from))
        || !(loop.to() instanceof Index.Const(int to))
        || to - from > loop.step() * innermost * SHORT;
  }

  private static boolean isInnermost(Statement.Loop loop) {
    return loop.body().stream()
        .noneMatch(s -> s instanceof Statement.Call || s instanceof Statement.Loop);
  }

  private static <T> List<T> with(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return longer;
  }
}
