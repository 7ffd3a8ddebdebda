package io.tilebrew.graph;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.BackgroundWarmUp;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.PlanSource.Answer;
import io.tilebrew.engine.tile.VectorSupport;
import io.tilebrew.graph.lower.BatchFreedom;
import io.tilebrew.graph.lower.Compiler;
import io.tilebrew.graph.lower.Tuner;
import io.tilebrew.graph.onnx.UnknownValue;
import io.tilebrew.graph.pass.Passes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The compiler: from a model to a network that runs. */
public final class Tilebrew {
  private Tilebrew() {}

  /**
   * Compiles {@code model} with the default options.
   *
   * @throws ModelException if the model is broken or has what is not supported
   */
  public static Network compile(OnnxModel model) {
    return compile(model, CompileOptions.DEFAULT);
  }

  /**
   * Compiles {@code model}. Where only the batch is open, all faults of the model show here; where
   * other sizes are, or inputs decide on shapes, some show at the first run with such inputs.
   *
   * @throws ModelException if the model is broken or has what is not supported
   * @throws IllegalArgumentException if {@code options} ask for literal or generic kernels in a JVM
   *     without the Vector API
   */
  public static Network compile(OnnxModel model, CompileOptions options) {
    List<Port> inputs = model.inputs();
    String batch = batch(inputs);
    Compiler compiler = new Compiler(options);
    Map<String, Integer> sizes = model.defaultSizes();
    boolean known = sizes.keySet().containsAll(model.symbols());
    Answer answer = known ? plan(model, compiler, batch, sizes, Map.of()) : null;
    Plan plan = answer instanceof Answer.Ready(Plan ready) ? ready : null;
    List<Port> outputs = plan == null ? model.declaredOutputs() : outputs(model, plan, batch);
    Network network =
        new Network(
            inputs,
            outputs,
            batch,
            (wanted, values) ->
                answer != null && values.isEmpty() && wanted.equals(sizes)
                    ? answer
                    : plan(model, compiler, batch, wanted, values));
    if (plan != null) {
      network.planFor(sizes);
    }
    if (options.kernels() == CompileOptions.Kernels.TIERED) {
      BackgroundWarmUp.start(network, plan);
    }
    return network;
  }

  /**
   * Compiles {@code model} ahead of time into a jar, which {@link io.tilebrew.engine.CompiledJar}
   * reads: without the model, without this module, and sooner.
   *
   * @param sizes a size for each symbol of the inputs; 1 for a batch that is left out. The jar
   *     serves these, and any batch where each image is computed alone
   * @throws ModelException if the model is broken, has what is not supported, a size is missing, or
   *     a step has no kernel
   * @throws IllegalArgumentException if there is no such symbol, {@code options} ask for
   *     references, or this JVM lacks the Vector API
   * @throws IOException if the jar cannot be written
   */
  public static void compileToJar(
      OnnxModel model, CompileOptions options, Map<String, Integer> sizes, Path jar)
      throws IOException {
    requireVectors("a jar holds vector loops");
    if (options.kernels() == CompileOptions.Kernels.REFERENCE) {
      throw new IllegalArgumentException("kernels are REFERENCE, expected those that a jar holds");
    }
    AheadOfTime.compile(model, options, all(model, sizes), jar);
  }

  /** The graph of {@code model} for a batch of 1 after the passes, for reports. */
  public static Graph optimize(OnnxModel model, CompileOptions options) {
    return optimize(model.graph(), options);
  }

  /** What the passes make of {@code graph}, for reports. */
  public static Graph optimize(Graph graph, CompileOptions options) {
    return new Compiler(options).optimize(graph);
  }

  /**
   * How {@code graph} is computed for the images that it is made for, and why so, for reports.
   *
   * @throws ModelException if it does not fit in an arena
   */
  public static Explanation explain(Graph graph, CompileOptions options) {
    return new Compiler(options).explain(graph, false, 1).explanation();
  }

  /**
   * How {@code model} is computed for given sizes, and why so, for reports.
   *
   * @param sizes a size for each symbol of the inputs; 1 for a batch that is left out
   * @throws ModelException if the model is broken, has what is not supported, or a size is missing
   * @throws IllegalArgumentException if there is no such symbol
   */
  public static Explanation explain(
      OnnxModel model, CompileOptions options, Map<String, Integer> sizes) {
    return explained(model, options, sizes).explanation();
  }

  /**
   * Explains {@code model}, warms it up, and takes the time of each step, for reports.
   *
   * @param sizes a size for each symbol of the inputs; 1 for a batch that is left out
   * @param in tensors of these sizes for the inputs, in order
   * @param warmUp the longest that kernels may take to warm up
   * @param duration how long is measured, about
   * @throws ModelException if the model is broken, has what is not supported, or a size is missing
   * @throws IllegalArgumentException if there is no such symbol, or this JVM lacks the Vector API
   */
  public static Trace trace(
      OnnxModel model,
      CompileOptions options,
      Map<String, Integer> sizes,
      List<Tensor> in,
      Duration warmUp,
      Duration duration) {
    requireVectors("a trace compares with vector loops");
    return explained(model, options, sizes).trace(in.toArray(Tensor[]::new), warmUp, duration);
  }

  /**
   * Times the ways to compute the convolutions of {@code model} on this machine; see {@link
   * CompileOptions#withTuning}.
   *
   * @param sizes a size for each symbol of the inputs
   * @param in tensors of these sizes for the inputs, in order
   * @param budget how long it may take, about
   * @param progress is told what is about to be timed
   * @throws ModelException if the model is broken, has what is not supported, or a size is missing
   * @throws IllegalArgumentException if this JVM lacks the Vector API
   */
  public static Tuning tune(
      OnnxModel model,
      CompileOptions options,
      Map<String, Integer> sizes,
      List<Tensor> in,
      Duration budget,
      Consumer<String> progress) {
    requireVectors("a tuning times vector loops");
    CompileOptions usual = options.with(CompileOptions.Kernels.ON_WARM_UP).withTuning(Tuning.NONE);
    return new Tuner(new Compiler(usual), model.graph(all(model, sizes)), in.toArray(Tensor[]::new))
        .tune(budget, progress);
  }

  private static void requireVectors(String who) {
    if (!VectorSupport.isPresent()) {
      throw new IllegalArgumentException(
          "%s, which this JVM runs only with %s".formatted(who, VectorSupport.FLAG));
    }
  }

  /** {@code sizes} and what {@code model} says of other symbols. */
  private static Map<String, Integer> all(OnnxModel model, Map<String, Integer> sizes) {
    Map<String, Integer> all = new HashMap<>(model.defaultSizes());
    all.putAll(sizes);
    return all;
  }

  private static Compiler.Explained explained(
      OnnxModel model, CompileOptions options, Map<String, Integer> sizes) {
    Map<String, Integer> all = all(model, sizes);
    Compiler compiler = new Compiler(options);
    String batch = batch(model.inputs());
    int images = batch == null ? 1 : all.getOrDefault(batch, 1);
    if (batch != null && images > 1) {
      Map<String, Integer> one = new HashMap<>(all);
      one.put(batch, 1);
      if (plan(model, compiler, batch, one, Map.of()) instanceof Answer.Ready(Plan plan)
          && plan.isBatchFree()) {
        return compiler.explain(model.graph(one), true, images);
      }
    }
    return compiler.explain(model.graph(all), false, 1);
  }

  /** The names of the passes, in the order in which they run. */
  public static List<String> passes() {
    return Stream.concat(
            Passes.GRAPH.stream().map(Passes.Pass::name), Stream.of(Passes.MEMORY_PLANNING))
        .toList();
  }

  /** The symbol that is the first of several dimensions of every input, and only that, or null. */
  static @Nullable String batch(List<Port> inputs) {
    String batch = null;
    for (Port input : inputs) {
      if (input.dims().size() < 2
          || !(input.dims().getFirst() instanceof Dimension.Symbol(String name))
          || (batch != null && !batch.equals(name))) {
        return null;
      }
      batch = name;
    }
    String symbol = batch;
    boolean elsewhere =
        inputs.stream()
            .flatMap(i -> i.dims().stream().skip(1))
            .anyMatch(d -> d instanceof Dimension.Symbol(String name) && name.equals(symbol));
    return elsewhere ? null : batch;
  }

  /** The plan of {@code model} for these sizes and values of inputs, or what is missing for it. */
  static Answer plan(
      OnnxModel model,
      Compiler compiler,
      @Nullable String batch,
      Map<String, Integer> sizes,
      Map<String, Tensor> values) {
    Graph one;
    try {
      one = model.graph(sizes, values);
    } catch (ModelException e) {
      if (e.getCause() instanceof UnknownValue unknown) {
        return new Answer.Needs(unknown.inputs());
      }
      throw e;
    }
    boolean free = false;
    if (batch != null && Integer.valueOf(1).equals(sizes.get(batch))) {
      Map<String, Integer> two = new HashMap<>(sizes);
      two.put(batch, 2);
      free = BatchFreedom.holds(one, () -> model.graph(two, values));
    }
    return new Answer.Ready(compiler.compile(one, free));
  }

  /** The outputs of {@code model}, whose shapes {@code plan} tells. */
  static List<Port> outputs(OnnxModel model, Plan plan, @Nullable String batch) {
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < model.outputs().size(); i++) {
      Shape shape = plan.outputShape(i);
      List<Dimension> dims = new ArrayList<>();
      for (int dim : shape.dims()) {
        if (dims.isEmpty() && plan.isBatchFree() && batch != null) {
          dims.add(new Dimension.Symbol(batch));
        } else {
          dims.add(new Dimension.Fixed(dim));
        }
      }
      ports.add(new Port(model.outputs().get(i), plan.outputType(i), dims));
    }
    return ports;
  }
}
