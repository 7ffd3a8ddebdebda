package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Procedure;
import io.tilebrew.engine.kernel.Program;
import java.util.List;

/** Steps of which only the kernel and the buffers count. */
final class BareStep {
  private static final Program EMPTY =
      new Program("empty", 8, List.of(), new Procedure("main", List.of(), List.of()), List.of());

  private BareStep() {}

  /** A step that runs {@code kernel} and touches these buffers. */
  static Step of(Kernel kernel, List<Buffer> reads, List<Buffer> writes) {
    return new Step.Compute(
        "s",
        "",
        kernel,
        () -> EMPTY,
        new float[0],
        List.of(new Argument.Turns()),
        1,
        1,
        1,
        maps(reads),
        maps(writes));
  }

  private static List<FeatureMap> maps(List<Buffer> buffers) {
    return buffers.stream()
        .map(b -> new FeatureMap(b, 1, 1, b.floats(), 0, 0, 0, 0, b.floats(), 0))
        .toList();
  }
}
