package io.tilebrew.engine;

import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.plan.Plan;
import io.tilebrew.engine.plan.PlanSource;
import io.tilebrew.engine.plan.PlanSource.Answer;
import io.tilebrew.engine.plan.WarmUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled network: give it inputs, get outputs.
 *
 * <p>Any number of threads may run it at the same time, and each gets bit for bit the result that
 * it would get alone, however many threads share the work of one run. There is nothing to close.
 * Where all of its steps are kernels, a run allocates nothing once a run of the same batch size has
 * been made.
 *
 * <p>Images are row-major [N,C,H,W]; N may be any number where the model leaves it open. For other
 * open dimensions, and for the values of inputs that hold shapes, axes or sizes, a plan is compiled
 * at the first run that has them; the last {@value #MAX_PLANS} plans are kept.
 */
public final class Network {
  // What the first run of a small network waits for is here, and in the contexts of a plan: there
  // are no switches over patterns, since each is linked when it is first met.

  /** The plans kept for different sizes. */
  public static final int MAX_PLANS = 8;

  private final List<Port> inputs;
  private final List<Port> outputs;
  private final @Nullable String batch;
  private final PlanSource source;
  private final Map<Specialization, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

  /** The names of the inputs that hold shapes, axes or sizes, as far as plans have shown. */
  private volatile Set<String> deciding = Set.of();

  private volatile @Nullable Bound latest;

  /**
   * A plan with the inputs that it was last found for.
   *
   * @param values the bits of those inputs that the plan depends on, in order; empty for others
   */
  private record Bound(List<Shape> shapes, List<List<Long>> values, int images, Plan plan) {
    boolean fits(Tensor[] inputs) {
      for (int i = 0; i < inputs.length; i++) {
        List<Long> value = values.get(i);
        if (!inputs[i].shape().equals(shapes.get(i))
            || (!value.isEmpty() && !Specialization.areBits(value, inputs[i]))) {
          return false;
        }
      }
      return true;
    }

    /** Whether the plan serves all inputs of {@code length} elements, if there is one input. */
    boolean fits(int length) {
      return shapes.size() == 1
          && values.getFirst().isEmpty()
          && shapes.getFirst().size() == length;
    }
  }

  /**
   * A network, as the compiler makes it.
   *
   * @param inputs the inputs
   * @param outputs the outputs; a dimension that depends on the inputs is a symbol
   * @param batch the symbol that is the leading dimension of every input, or null
   * @param source makes the plans
   */
  @SuppressWarnings("exports") // only the compiler and compiled networks make one
  public Network(List<Port> inputs, List<Port> outputs, @Nullable String batch, PlanSource source) {
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.batch = batch;
    this.source = source;
  }

  /** The inputs, in the order in which {@link #run(Tensor[], Tensor[])} takes them. */
  public List<Port> inputs() {
    return inputs;
  }

  /** The outputs, in the order in which {@link #run(Tensor[], Tensor[])} fills them. */
  public List<Port> outputs() {
    return outputs;
  }

  /**
   * Runs a network with one float32 input and one float32 output, whose sizes are fixed but for the
   * batch.
   *
   * @param in images, row-major
   * @param out an array for the results, row-major
   * @throws IllegalArgumentException if the network is not of this form, or a length does not fit
   */
  public void run(float[] in, float[] out) {
    Bound bound = latest;
    if (bound == null || !bound.fits(in.length)) {
      bound = bindArray(in);
    }
    requireLength(out.length, bound);
    bound.plan.run(bound.images, in, out);
  }

  private Bound bindArray(float[] in) {
    int length = in.length;
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new IllegalArgumentException(
          "the network has %d inputs and %d outputs, expected one of each to run on arrays"
              .formatted(inputs.size(), outputs.size()));
    }
    Port port = inputs.getFirst();
    int perImage = 1;
    for (Dimension dim : port.dims()) {
      if (dim instanceof Dimension.Fixed(int size)) {
        perImage = Math.multiplyExact(perImage, size);
      } else if (dim instanceof Dimension.Symbol(String name) && !name.equals(batch)) {
        throw new IllegalArgumentException(
            "the size '%s' of input %s is open, expected tensors with a shape"
                .formatted(name, port));
      }
    }
    int images = length / perImage;
    if (length % perImage != 0 || (batch == null && images != 1)) {
      throw new IllegalArgumentException(
          "input '%s' has %d elements, expected %s%d for %s"
              .formatted(
                  port.name(), length, batch == null ? "" : "a multiple of ", perImage, port));
    }
    Shape shape = Shape.of(port.dims().stream().mapToInt(d -> size(d, images)).toArray());
    return bind(
        new Tensor[] {
          port.element() == DataType.FLOAT32
              ? Tensor.of(shape, in)
              : Tensor.zeros(port.element(), shape)
        });
  }

  private static int size(Dimension dim, int images) {
    return dim instanceof Dimension.Fixed(int size) ? size : images;
  }

  private void requireLength(int length, Bound bound) {
    int expected = bound.plan.outputShape(0).size() * bound.images;
    if (inputs.getFirst().element() != DataType.FLOAT32
        || bound.plan.outputType(0) != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "the network maps %s to %s, expected f32 to run on arrays".formatted(inputs, outputs));
    }
    if (length != expected) {
      throw new IllegalArgumentException(
          "output '%s' has an array of %d elements, expected %d"
              .formatted(outputs.getFirst().name(), length, expected));
    }
  }

  /**
   * Runs on named tensors.
   *
   * @param in a tensor for each input
   * @return a new tensor for each output, in order
   * @throws IllegalArgumentException if an input is missing, unknown, or of the wrong type or shape
   */
  public Map<String, Tensor> run(Map<String, Tensor> in) {
    Tensor[] tensors = new Tensor[inputs.size()];
    for (int i = 0; i < tensors.length; i++) {
      Tensor tensor = in.get(inputs.get(i).name());
      if (tensor == null || in.size() != tensors.length) {
        throw new IllegalArgumentException(
            "inputs %s are given, expected %s".formatted(in.keySet(), inputs));
      }
      tensors[i] = tensor;
    }
    Bound bound = bind(tensors);
    Tensor[] results = new Tensor[outputs.size()];
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < results.length; i++) {
      results[i] = Tensor.zeros(bound.plan.outputType(i), outputShape(bound, i));
      named.put(outputs.get(i).name(), results[i]);
    }
    bound.plan.run(bound.images, tensors, results);
    return named;
  }

  /**
   * Runs on tensors in the order of {@link #inputs} into tensors in the order of {@link #outputs}.
   *
   * @throws IllegalArgumentException if a tensor is missing or of the wrong type or shape
   */
  public void run(Tensor[] in, Tensor[] out) {
    if (in.length != inputs.size() || out.length != outputs.size()) {
      throw new IllegalArgumentException(
          "%d inputs and %d outputs are given, expected %d and %d"
              .formatted(in.length, out.length, inputs.size(), outputs.size()));
    }
    Bound bound = bind(in);
    for (int i = 0; i < out.length; i++) {
      if (out[i].type() != bound.plan.outputType(i)
          || out[i].size() != bound.plan.outputShape(i).size() * bound.images) {
        throw new IllegalArgumentException(
            "output '%s' has a tensor %s, expected %s"
                .formatted(
                    outputs.get(i).name(),
                    out[i],
                    Tensor.zeros(bound.plan.outputType(i), outputShape(bound, i))));
      }
    }
    bound.plan.run(bound.images, in, out);
  }

  private static Shape outputShape(Bound bound, int i) {
    Shape shape = bound.plan.outputShape(i);
    return bound.plan.isBatchFree() ? shape.with(0, shape.dim(0) * bound.images) : shape;
  }

  private Bound bind(Tensor[] in) {
    Bound known = latest;
    for (int i = 0; i < in.length; i++) {
      if (in[i].type() != inputs.get(i).element()) {
        throw mismatch(i, in[i], "");
      }
    }
    if (known != null && known.fits(in)) {
      return known;
    }
    Map<String, Integer> sizes = new HashMap<>();
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < in.length; i++) {
      bind(i, in[i], sizes, seen);
    }
    Bound bound = bound(in, sizes);
    latest = bound;
    return bound;
  }

  /** Adds the sizes that {@code tensor} gives to symbols, and where each was first {@code seen}. */
  private void bind(int i, Tensor tensor, Map<String, Integer> sizes, Map<String, String> seen) {
    List<Dimension> dims = inputs.get(i).dims();
    if (dims.size() != tensor.shape().rank()) {
      throw mismatch(i, tensor, "");
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      int size = tensor.shape().dim(axis);
      if (dims.get(axis) instanceof Dimension.Fixed(int expected)) {
        if (size != expected) {
          throw mismatch(i, tensor, "");
        }
      } else if (dims.get(axis) instanceof Dimension.Symbol(String name)) {
        Integer before = sizes.putIfAbsent(name, size);
        String where = seen.putIfAbsent(name, inputs.get(i).name());
        if (before != null && before != size) {
          throw mismatch(
              i, tensor, "; '%s' is %d there and %d in '%s'".formatted(name, size, before, where));
        }
      }
    }
  }

  private IllegalArgumentException mismatch(int i, Tensor found, String detail) {
    return new IllegalArgumentException(
        "input '%s' has a tensor %s, expected %s%s"
            .formatted(inputs.get(i).name(), found, inputs.get(i).type(), detail));
  }

  private Bound bound(Tensor[] in, Map<String, Integer> sizes) {
    if (batch != null) {
      Map<String, Integer> one = new HashMap<>(sizes);
      Integer images = one.put(batch, 1);
      Bound bound = bound(in, one, images == null ? 1 : images);
      if (bound.plan.isBatchFree() && images != null) {
        return bound;
      }
    }
    return bound(in, sizes, 1);
  }

  private Bound bound(Tensor[] in, Map<String, Integer> sizes, int images) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < in.length; i++) {
      named.put(inputs.get(i).name(), in[i]);
    }
    synchronized (plans) {
      Plan plan = plan(sizes, named);
      List<List<Long>> values = new ArrayList<>();
      named.forEach(
          (name, tensor) ->
              values.add(deciding.contains(name) ? Specialization.bits(tensor) : List.of()));
      List<Shape> shapes = Arrays.stream(in).map(Tensor::shape).toList();
      return new Bound(shapes, values, images, plan);
    }
  }

  private Plan plan(Map<String, Integer> sizes, Map<String, Tensor> in) {
    synchronized (plans) {
      while (true) {
        Map<String, Tensor> values = new HashMap<>(in);
        values.keySet().retainAll(deciding);
        values.replaceAll((name, tensor) -> tensor.copy());
        Map<String, List<Long>> bits = new HashMap<>();
        values.forEach((name, tensor) -> bits.put(name, Specialization.bits(tensor)));
        Specialization key = new Specialization(sizes, bits);
        Plan known = plans.get(key);
        if (known != null) {
          return known;
        }
        Answer answer = source.plan(key.sizes(), values);
        if (answer instanceof Answer.Ready(Plan plan)) {
          plans.put(key, plan);
          if (plans.size() > MAX_PLANS) {
            plans.remove(plans.keySet().iterator().next());
          }
          return plan;
        }
        require(((Answer.Needs) answer).inputs(), in);
      }
    }
  }

  /** Takes up {@code names} into the inputs that decide. */
  private void require(Set<String> names, Map<String, Tensor> in) {
    if (!in.keySet().containsAll(names)) {
      throw new IllegalArgumentException(
          "the plan depends on the values of the inputs %s, expected a run with them"
              .formatted(names));
    }
    Set<String> all = new HashSet<>(deciding);
    boolean more = all.addAll(names);
    assert more : names;
    deciding = Set.copyOf(all);
  }

  /**
   * Brings every kernel of the plans made so far to its fastest form and runs it until the JIT
   * compiler has done its work, or as far as {@code limit} allows. A network whose sizes are all
   * fixed, or open in the batch only, has its plan from the start. Results are the same before,
   * meanwhile and after. A network that then rests for minutes, while the JIT compiler is at work
   * for others, may lose what was compiled, unless the JVM runs with {@code
   * -XX:-UseCodeCacheFlushing}.
   *
   * @return whether all kernels have arrived
   */
  public boolean warmUp(Duration limit) {
    List<Plan> all;
    synchronized (plans) {
      all = List.copyOf(plans.values());
    }
    long end = System.nanoTime() + limit.toNanos();
    boolean arrived = true;
    for (Plan plan : all) {
      arrived &= WarmUp.climb(plan, end);
    }
    if (arrived) {
      all.forEach(plan -> WarmUp.runIn(plan, end));
    }
    return arrived;
  }

  /**
   * The plan for these sizes, compiled now if need be; for reports.
   *
   * @throws IllegalArgumentException if it depends on the values of inputs, too
   */
  @SuppressWarnings("exports") // only the compiler sees plans
  public Plan planFor(Map<String, Integer> sizes) {
    return plan(sizes, Map.of());
  }

  /** The inputs and outputs. */
  @Override
  public String toString() {
    return "%s -> %s".formatted(inputs, outputs);
  }
}
