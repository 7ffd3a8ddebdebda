package io.tilebrew.graph;

import io.tilebrew.engine.jar.JarKernels;
import io.tilebrew.engine.jar.JarNetwork;
import io.tilebrew.engine.jar.JarWriter;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.PlanSource.Answer;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.graph.lower.Compiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles models into jars. */
final class AheadOfTime {
  private AheadOfTime() {}

  /** As {@link Tilebrew#compileToJar}, with a size for each symbol. */
  static void compile(OnnxModel model, CompileOptions options, Map<String, Integer> sizes, Path jar)
      throws IOException {
    JarKernels kernels = new JarKernels();
    JarNetwork network = network(model, new Compiler(options, kernels::define), sizes);
    Replacement.replace(Replacement.target(jar), out -> JarWriter.write(network, kernels, out));
  }

  private static JarNetwork network(
      OnnxModel model, Compiler compiler, Map<String, Integer> sizes) {
    String batch = Tilebrew.batch(model.inputs());
    Map<String, Integer> one = new HashMap<>(sizes);
    if (batch != null) {
      one.put(batch, 1);
    }
    Plan plan = ready(Tilebrew.plan(model, compiler, batch, one, Map.of()));
    boolean free = plan.isBatchFree();
    Map<String, Integer> own = free ? one : sizes;
    if (!own.equals(one)) {
      plan = ready(Tilebrew.plan(model, compiler, null, own, Map.of()));
    }
    requireKernels(model, plan);
    return new JarNetwork(
        model.inputs(),
        Tilebrew.outputs(model, plan, batch),
        free ? batch : null,
        own,
        compiler.lanes(),
        Work.of(model.graph(own)),
        plan);
  }

  private static Plan ready(Answer answer) {
    return switch (answer) {
      case Answer.Ready(Plan plan) -> plan;
      case Answer.Needs(Set<String> inputs) ->
          throw new ModelException(
              "the plan depends on the values of the inputs %s, which are not known ahead of time"
                  .formatted(inputs));
    };
  }

  private static void requireKernels(OnnxModel model, Plan plan) {
    List<String> without =
        plan.steps().stream()
            .filter(Step.Refer.class::isInstance)
            .map(step -> ((Step.Refer) step).name())
            .map(name -> "'%s'".formatted(ModelException.shorten(name)))
            .toList();
    if (!without.isEmpty()) {
      throw ModelException.unsupported(
          "%d steps of a network with inputs %s have no kernel, which a jar needs for each: %s"
              .formatted(without.size(), model.inputs(), String.join(", ", without)));
    }
  }
}
