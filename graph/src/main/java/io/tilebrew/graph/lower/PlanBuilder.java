package io.tilebrew.graph.lower;

import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.Buffer;
import io.tilebrew.engine.plan.FeatureMap;
import io.tilebrew.engine.plan.MemoryPlan;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.Step;
import io.tilebrew.engine.plan.Team;
import io.tilebrew.engine.tile.KernelSpec;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.interpret.References;
import io.tilebrew.graph.op.Operator;
import io.tilebrew.graph.op.Reorder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the steps of a plan, in order, and the row-major tensors that they read and write. */
final class PlanBuilder {
  private final Graph graph;
  private final int images;
  private final KernelLibrary library;
  private final Team team;
  private final List<Plan.TensorSlot> tensors = new ArrayList<>();
  private final Map<Value, Integer> slots = new HashMap<>();
  private final ArenaTensors arena;
  private final List<Integer> inputs;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Buffer> cleared = new HashSet<>();

  /**
   * A plan of no steps yet for the inputs of {@code graph}.
   *
   * @param images the leading dimension of the graph's images
   */
  PlanBuilder(Graph graph, int images, KernelLibrary library, Team team) {
    this.graph = graph;
    this.images = images;
    this.arena = new ArenaTensors(images);
    this.library = library;
    this.team = team;
    this.inputs = graph.inputs().stream().map(this::slot).toList();
  }

  /** Where row-major tensors stand. */
  ArenaTensors arena() {
    return arena;
  }

  /** Adds a step that brings a tensor into a feature map. */
  void pack(Value from, FeatureMap to, boolean channelsLast) {
    int slot = source(from);
    steps.add(new Step.Pack(slot, to, channelsLast));
  }

  /** Brings a row-major tensor into the arena unless it is there. */
  void load(Value value) {
    if (arena.bringIn(value)) {
      pack(value, arena.run(value), true);
    }
  }

  /**
   * Brings a feature map out of the arena, at once or, if it stands there as the tensor does
   * outside, when a step asks for it.
   */
  void unpack(FeatureMap from, Value to, boolean channelsLast) {
    boolean isPixel = from.height() * from.width() == 1;
    if ((channelsLast || isPixel) && from.floats() == from.buffer().floats() && !from.isBlocked()) {
      arena.keep(to, from.buffer());
    } else {
      steps.add(new Step.Unpack(from, slot(to), channelsLast));
    }
  }

  /** Adds a step that computes {@code node} by its reference. */
  void refer(Node node) {
    List<Integer> from = node.inputs().stream().map(this::source).toList();
    refer(node.name(), node.operator(), from, node.outputs().stream().map(this::slot).toList());
  }

  private void refer(String name, Operator operator, List<Integer> from, List<Integer> to) {
    steps.add(new Step.Refer(name, operator.toString(), References.of(operator), from, to));
  }

  /** The map that a step is about to write to; its halo is cleared before the first does. */
  FeatureMap target(FeatureMap map) {
    if (map.hasHalo() && cleared.add(map.buffer())) {
      steps.add(new Step.ClearHalo(map.whole()));
    }
    return map;
  }

  /** How many threads should share a task. */
  int parts(Task task) {
    return team.isWorthCutting(task.work(), task.floats()) ? team.threads() : 1;
  }

  /** Adds a step of a kernel, which threads share if that is worth it. */
  void compute(Task task, KernelSpec whole) {
    int parts = parts(task);
    compute(task, whole.forThreads(parts), parts);
  }

  /** Adds a step of a kernel, whose units at most {@code most} threads share. */
  void compute(Task task, KernelSpec spec, int most) {
    steps.add(
        new Step.Compute(
            task.name(),
            task.problem(),
            library.kernel(spec),
            () -> spec.literal().program(),
            spec.weights(),
            spec.arguments(),
            spec.units(),
            Math.min(most, spec.units()),
            task.work(),
            task.reads(),
            task.writes()));
  }

  /**
   * The plan of all steps.
   *
   * @param batchFree whether there may be any number of images, if every step has a kernel
   * @param reuse whether buffers share memory
   */
  Plan plan(boolean batchFree, boolean reuse) {
    List<Integer> outputs = outputs();
    boolean allKernels = steps.stream().noneMatch(Step.Refer.class::isInstance);
    MemoryPlan memory = reuse ? MemoryPlan.reuse(steps) : MemoryPlan.separate(steps);
    return new Plan(tensors, inputs, outputs, steps, memory, images, batchFree && allKernels, team);
  }

  /** The slots of the outputs; one that is an input, a constant or given twice is copied. */
  private List<Integer> outputs() {
    List<Integer> outputs = new ArrayList<>();
    for (Graph.Output output : graph.outputs()) {
      int slot = source(output.value());
      boolean taken =
          inputs.contains(slot) || outputs.contains(slot) || tensors.get(slot).constant() != null;
      if (taken) {
        int copy = newSlot(output.value().type(), null);
        refer(output.name(), new Reorder(), List.of(slot), List.of(copy));
        slot = copy;
      }
      outputs.add(slot);
    }
    return outputs;
  }

  /** The row-major tensor that is {@code value}, brought out of the arena if it is only there. */
  private int source(Value value) {
    int slot = slot(value);
    if (arena.bringOut(value)) {
      steps.add(new Step.Unpack(arena.run(value), slot, true));
    }
    return slot;
  }

  /** A row-major tensor for {@code value}. */
  private int slot(Value value) {
    return slots.computeIfAbsent(value, v -> newSlot(v.type(), graph.constant(v)));
  }

  private int newSlot(TensorType type, @Nullable Tensor constant) {
    tensors.add(new Plan.TensorSlot(type.element(), type.shape(), constant));
    return tensors.size() - 1;
  }
}
