package io.tilebrew.engine.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Random programs that stay inside arrays of {@link #FLOATS} floats: each position is brought into
 * range by an expression of its own.
 */
final class RandomPrograms {
  static final int FLOATS = 200;

  private static final List<String> PARAMETERS = List.of("p", "q", "r");

  private final Random random;
  private final int lanes;
  private int names;

  private RandomPrograms(long seed) {
    random = new Random(seed);
    lanes = 4 << random.nextInt(3);
  }

  /** A program with three parameters; the same for the same seed. */
  static Program program(long seed) {
    RandomPrograms programs = new RandomPrograms(seed);
    List<Procedure> callees = new ArrayList<>();
    for (int i = 0; i < programs.random.nextInt(3); i++) {
      callees.add(programs.procedure("callee" + i, List.of("p", "q"), callees));
    }
    List<String> used = PARAMETERS.subList(0, programs.random.nextInt(PARAMETERS.size() + 1));
    Procedure main = programs.procedure("main", used, callees);
    return new Program("random " + seed, programs.lanes, PARAMETERS, main, callees);
  }

  private Procedure procedure(String name, List<String> parameters, List<Procedure> callees) {
    return new Procedure(name, parameters, block(2, parameters, List.of(), callees));
  }

  /** Statements that see {@code ints}, and may change {@code vectors}. */
  private List<Statement> block(
      int depth, List<String> ints, List<String> vectors, List<Procedure> callees) {
    List<Statement> block = new ArrayList<>();
    List<String> knownInts = new ArrayList<>(ints);
    List<String> knownVectors = new ArrayList<>(vectors);
    for (int i = random.nextInt(2, 6); i > 0; i--) {
      int kind = random.nextInt(8);
      if (kind == 0) {
        String name = "i" + names++;
        block.add(new Statement.Define(name, index(2, knownInts)));
        knownInts.add(name);
      } else if (kind == 1 || knownVectors.isEmpty()) {
        String name = "v" + names++;
        block.add(new Statement.Let(name, vec(random.nextInt(3), knownInts, knownVectors)));
        knownVectors.add(name);
      } else if (kind == 2) {
        block.add(
            new Statement.Assign(
                pick(knownVectors), vec(random.nextInt(3), knownInts, knownVectors)));
      } else if (kind == 3 && depth > 0) {
        block.add(loop(depth, knownInts, knownVectors, callees));
      } else if (kind == 4 && !callees.isEmpty()) {
        Procedure callee = pick(callees);
        List<Index> arguments =
            callee.parameters().stream().map(parameter -> index(2, knownInts)).toList();
        block.add(new Statement.Call(callee.name(), arguments));
      } else if (kind == 5) {
        block.add(new Statement.Prefetch(pick(List.of(Memory.values())), position(knownInts)));
      } else {
        block.add(store(knownInts, knownVectors));
      }
    }
    return block;
  }

  private Statement loop(
      int depth, List<String> ints, List<String> vectors, List<Procedure> callees) {
    String variable = "n" + names++;
    List<String> inner = new ArrayList<>(ints);
    inner.add(variable);
    Index from = Index.of(random.nextInt(-2, 3));
    Index to = clamped(index(1, ints), -3, 4);
    List<Statement> body = block(depth - 1, inner, vectors, callees);
    return new Statement.Loop(variable, from, to, random.nextInt(1, 4), body);
  }

  private Statement store(List<String> ints, List<String> vectors) {
    Index count =
        random.nextBoolean()
            ? Index.of(random.nextInt(1, lanes + 2))
            : clamped(index(1, ints), -2, lanes + 2);
    return new Statement.Store(
        Memory.ARENA, end(ints, count), vec(random.nextInt(3), ints, vectors), count);
  }

  /** A position at which {@code count} lanes can be stored: none of them anywhere. */
  private Index end(List<String> ints, Index count) {
    Index most = count.least(Index.of(lanes)).times(-1).plus(FLOATS);
    return new Index.Least(new Index.Greatest(index(random.nextInt(3), ints), Index.of(0)), most);
  }

  private Vec vec(int depth, List<String> ints, List<String> vectors) {
    int kind = random.nextInt(depth == 0 ? 5 : 12);
    return switch (kind) {
      case 0 -> new Vec.Load(pick(List.of(Memory.values())), position(ints));
      case 1 -> new Vec.Broadcast(pick(List.of(Memory.values())), position(ints));
      case 2 -> new Vec.Splat(pick(List.of(0f, -0f, 1.5f, -1e-40f, Float.NEGATIVE_INFINITY)));
      case 3 -> new Vec.FromIndex(index(2, ints));
      case 5 ->
          new Vec.Fma(
              vec(depth - 1, ints, vectors),
              vec(depth - 1, ints, vectors),
              vec(depth - 1, ints, vectors));
      case 6 ->
          new Vec.Select(
              pick(List.of(Vec.Comparison.values())),
              vec(depth - 1, ints, vectors),
              vec(depth - 1, ints, vectors),
              vec(depth - 1, ints, vectors),
              vec(depth - 1, ints, vectors));
      case 7 ->
          new Vec.PowerOfTwo(
              Vec.add(
                  new Vec.FromIndex(clamped(index(1, ints), -126, 128)), new Vec.Splat(0x1.8p23f)));
      case 8 -> new Vec.Apply(pick(List.of(Vec.Mapping.values())), vec(depth - 1, ints, vectors));
      case 9 -> {
        int width = 1 << random.nextInt(Integer.numberOfTrailingZeros(lanes) + 1);
        yield new Vec.Spread(vec(depth - 1, ints, vectors), width, random.nextInt(width));
      }
      case 10 -> new Vec.EverySecond(vec(depth - 1, ints, vectors), random.nextInt(2));
      default ->
          depth > 0 && kind > 4
              ? arithmetic(
                  pick(List.of(Vec.Function.values())),
                  vec(depth - 1, ints, vectors),
                  vec(depth - 1, ints, vectors))
              : vectors.isEmpty() ? new Vec.Splat(2) : new Vec.Ref(pick(vectors));
    };
  }

  /** Signs of NaN, which are nobody's business, must not decide. */
  private static Vec arithmetic(Vec.Function function, Vec a, Vec b) {
    return function == Vec.Function.UMAX
        ? Vec.umax(new Vec.Apply(Vec.Mapping.ABS, a), new Vec.Apply(Vec.Mapping.ABS, b))
        : new Vec.Arithmetic(function, a, b);
  }

  /** A position from which a vector can be loaded. */
  private Index position(List<String> ints) {
    return clamped(index(random.nextInt(3), ints), 0, FLOATS - lanes);
  }

  private static Index clamped(Index index, int least, int most) {
    return new Index.Least(new Index.Greatest(index, Index.of(least)), Index.of(most));
  }

  /** An index whose magnitude is far from overflow: each factor is clamped. */
  private Index index(int depth, List<String> ints) {
    if (depth == 0) {
      return ints.isEmpty() || random.nextBoolean()
          ? Index.of(random.nextInt(-20, 21))
          : Index.var(pick(ints));
    }
    Index a = index(depth - 1, ints);
    Index b = index(depth - 1, ints);
    return switch (random.nextInt(9)) {
      case 0, 1 -> new Index.Sum(a, b);
      case 2 -> new Index.Sum(a, new Index.Product(b, Index.of(-1)));
      case 3, 4 -> new Index.Product(clamped(a, -30, 30), clamped(b, -30, 30));
      case 5 -> new Index.Product(a, new Index.Quotient(clamped(b, 0, 99), 3));
      case 6 -> new Index.Quotient(new Index.Greatest(a, Index.of(0)), random.nextInt(1, 9));
      case 7 -> new Index.Entry(clamped(a, 0, FLOATS - 1));
      default -> random.nextBoolean() ? new Index.Least(a, b) : new Index.Greatest(a, b);
    };
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Numbers for the arguments of a run. */
  static int[] arguments(long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, PARAMETERS.size()).map(i -> random.nextInt(-50, 50)).toArray();
  }
}
