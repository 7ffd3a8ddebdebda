package io.tilebrew.engine.tile;

import io.tilebrew.engine.kernel.Index;
import io.tilebrew.engine.kernel.Memory;
import io.tilebrew.engine.kernel.Statement;
import io.tilebrew.engine.kernel.Vec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A list of statements in the making. */
final class Code {
  private final List<Statement> statements = new ArrayList<>();

  /** What was added. */
  List<Statement> statements() {
    return List.copyOf(statements);
  }

  /** Names {@code value}; a literal or a variable needs no name. */
  Index define(String name, Index value) {
    if (value instanceof Index.Const || value instanceof Index.Var) {
      return value;
    }
    statements.add(new Statement.Define(name, value));
    return Index.var(name);
  }

  /** Makes the vector {@code name}. */
  Vec let(String name, Vec value) {
    statements.add(new Statement.Let(name, value));
    return new Vec.Ref(name);
  }

  /** Changes the vector {@code name}. */
  void assign(String name, Vec value) {
    statements.add(new Statement.Assign(name, value));
  }

  /** Stores the first {@code lanes} lanes into the arena. */
  void store(Index at, Vec value, Index lanes) {
    statements.add(new Statement.Store(Memory.ARENA, at, value, lanes));
  }

  /** Calls a procedure. */
  void call(String procedure, List<Index> arguments) {
    statements.add(new Statement.Call(procedure, arguments));
  }

  /** Counts {@code variable} from 0 to {@code count}; a loop known to run once is only its body. */
  void loop(String variable, Index count, BiConsumer<Code, Index> body) {
    if (count.isConst(1)) {
      body.accept(this, Index.of(0));
    } else {
      loop(variable, Index.of(0), count, 1, inner -> body.accept(inner, Index.var(variable)));
    }
  }

  /** Counts {@code variable} from {@code from} to {@code to} by {@code step}. */
  void loop(String variable, Index from, Index to, int step, Consumer<Code> body) {
    if (from.equals(to)) {
      return;
    }
    Code inner = new Code();
    body.accept(inner);
    statements.add(new Statement.Loop(variable, from, to, step, inner.statements()));
  }
}
