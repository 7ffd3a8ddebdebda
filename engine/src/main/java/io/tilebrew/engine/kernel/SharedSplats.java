package io.tilebrew.engine.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Names each number that a procedure has in all lanes of several vectors, once and first of all,
 * which changes no result. The JVM's optimizing compiler would find them by itself, but the one
 * before it gives up procedures that are too long.
 */
public final class SharedSplats {
  private SharedSplats() {}

  /** The same program with such numbers named. */
  public static Program of(Program program) {
    return new Program(
        program.name(),
        program.lanes(),
        program.parameters(),
        shared(program.main()),
        program.procedures().stream().map(SharedSplats::shared).toList());
  }

  private static Procedure shared(Procedure procedure) {
    Map<Vec.Splat, Integer> counts = new LinkedHashMap<>();
    replace(
        procedure.body(),
        splat -> {
          counts.merge(splat, 1, Integer::sum);
          return splat;
        });
    Map<Vec.Splat, Vec> names = new LinkedHashMap<>();
    List<Statement> body = new ArrayList<>();
    counts.forEach(
        (splat, count) -> {
          if (count > 1) {
            String name = "splat" + names.size();
            names.put(splat, new Vec.Ref(name));
            body.add(new Statement.Let(name, splat));
          }
        });
    if (names.isEmpty()) {
      return procedure;
    }
    body.addAll(replace(procedure.body(), splat -> names.getOrDefault(splat, splat)));
    return new Procedure(procedure.name(), procedure.parameters(), body);
  }

  private static List<Statement> replace(List<Statement> body, Function<Vec.Splat, Vec> by) {
    return body.stream().map(statement -> replace(statement, by)).toList();
  }

  private static Statement replace(Statement statement, Function<Vec.Splat, Vec> by) {
    return switch (statement) {
      case Statement.Let(String name, Vec value) -> new Statement.Let(name, replace(value, by));
      case Statement.Assign(String name, Vec value) ->
          new Statement.Assign(name, replace(value, by));
      case Statement.Store(Memory memory, Index at, Vec value, Index lanes) ->
          new Statement.Store(memory, at, replace(value, by), lanes);
      case Statement.Loop(String variable, Index from, Index to, int step, List<Statement> body) ->
          new Statement.Loop(variable, from, to, step, replace(body, by));
      case Statement.Define _, Statement.Prefetch _, Statement.Call _ -> statement;
    };
  }

  private static Vec replace(Vec vec, Function<Vec.Splat, Vec> by) {
    return switch (vec) {
      case Vec.Splat splat -> by.apply(splat);
      case Vec.Fma(Vec a, Vec b, Vec c) ->
          new Vec.Fma(replace(a, by), replace(b, by), replace(c, by));
      case Vec.Arithmetic(Vec.Function function, Vec a, Vec b) ->
          new Vec.Arithmetic(function, replace(a, by), replace(b, by));
      case Vec.Apply(Vec.Mapping function, Vec a) -> new Vec.Apply(function, replace(a, by));
      case Vec.Select(Vec.Comparison comparison, Vec a, Vec b, Vec then, Vec otherwise) ->
          new Vec.Select(
              comparison,
              replace(a, by),
              replace(b, by),
              replace(then, by),
              replace(otherwise, by));
      case Vec.PowerOfTwo(Vec rounded) -> new Vec.PowerOfTwo(replace(rounded, by));
      case Vec.Spread(Vec value, int width, int lane) ->
          new Vec.Spread(replace(value, by), width, lane);
      case Vec.EverySecond(Vec value, int first) -> new Vec.EverySecond(replace(value, by), first);
      case Vec.Ref _, Vec.Load _, Vec.Broadcast _, Vec.FromIndex _ -> vec;
    };
  }
}
