package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** The statements of a procedure in the making; it keeps the names of the procedure apart. */
final class Code {
  private final List<Statement> statements = new ArrayList<>();
  private final Set<String> names;

  /** The code of a procedure with these parameters. */
  Code(List<String> parameters) {
    this(new HashSet<>(parameters));
  }

  private Code(Set<String> names) {
    this.names = names;
  }

  /** What was added. */
  List<Statement> statements() {
    return List.copyOf(statements);
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Names {@code value}; a literal or a variable needs no name. */
  Index define(String wanted, Index value) {
    if (value instanceof Index.Const || value instanceof Index.Var) {
      return value;
    }
    String name = unique(wanted);
    statements.add(new Statement.Define(name, value));
    return Index.var(name);
  }

  /** Makes a vector. */
  Vec.Ref let(String wanted, Vec value) {
    String name = unique(wanted);
    statements.add(new Statement.Let(name, value));
    return new Vec.Ref(name);
  }

  /** Changes a vector. */
  void assign(Vec.Ref vector, Vec value) {
    statements.add(new Statement.Assign(vector.name(), value));
  }

  /** Stores the first {@code lanes} lanes into the arena. */
  void store(Index at, Vec value, Index lanes) {
    statements.add(new Statement.Store(Memory.ARENA, at, value, lanes));
  }

  /** Asks for the weights that begin at {@code at}. */
  void prefetch(Index at) {
    statements.add(new Statement.Prefetch(Memory.WEIGHTS, at));
  }

  /** Calls a procedure. */
  void call(String procedure, List<Index> arguments) {
    statements.add(new Statement.Call(procedure, arguments));
  }

  /** Counts from 0 to {@code count}; a loop known to run once is only its body. */
  void loop(String wanted, Index count, BiConsumer<Code, Index> body) {
    if (count.isConst(1)) {
      body.accept(this, Index.of(0));
    } else {
      loop(wanted, Index.of(0), count, 1, body);
    }
  }

  /** Counts from {@code from} to {@code to} by {@code step}. */
  void loop(String wanted, Index from, Index to, int step, BiConsumer<Code, Index> body) {
    if (from.equals(to)) {
      return;
    }
    String variable = unique(wanted);
    Code inner = new Code(names);
    body.accept(inner, Index.var(variable));
    statements.add(new Statement.Loop(variable, from, to, step, inner.statements()));
  }
}
