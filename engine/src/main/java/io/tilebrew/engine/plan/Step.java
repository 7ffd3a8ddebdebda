package io.tilebrew.engine.plan;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import io.tilebrew.engine.reference.ReferenceKernel;
import java.util.List;
import java.util.function.Supplier;

/** One action of a plan. */
public sealed interface Step {
  /** The buffers that the step reads. */
  List<Buffer> reads();

  /** The buffers that the step writes, at least in part. */
  List<Buffer> writes();

  /**
   * Runs a kernel on the arena. Several threads may each run it for some of its units, rows say,
   * which do not depend on each other.
   *
   * @param name the node that it computes
   * @param problem what it computes, for reports
   * @param kernel the kernel
   * @param program makes the program of its literal form, for reports
   * @param weights its packed constants
   * @param arguments its arguments
   * @param units what threads may share, 1 if it runs as a whole
   * @param parts the most threads that share it
   * @param multiplyAdds the multiply-adds of one image
   * @param sources the maps that it reads
   * @param targets the maps that it writes
   */
  record Compute(
      String name,
      String problem,
      Kernel kernel,
      Supplier<Program> program,
      float[] weights,
      List<Argument> arguments,
      int units,
      int parts,
      long multiplyAdds,
      List<FeatureMap> sources,
      List<FeatureMap> targets)
      implements Step {
    /** Copies the lists. */
    public Compute {
      arguments = List.copyOf(arguments);
      sources = List.copyOf(sources);
      targets = List.copyOf(targets);
      assert 1 <= parts && parts <= units : name;
    }

    @Override
    public List<Buffer> reads() {
      return sources.stream().map(FeatureMap::buffer).toList();
    }

    @Override
    public List<Buffer> writes() {
      return targets.stream().map(FeatureMap::buffer).toList();
    }

    @Override
    public String toString() {
      String shared = parts == 1 ? "" : " in %d parts".formatted(parts);
      return "compute %s (%s) %s -> %s%s".formatted(name, problem, reads(), writes(), shared);
    }
  }

  /** Writes zeros into the halo of a feature map. */
  record ClearHalo(FeatureMap map) implements Step {
    @Override
    public List<Buffer> reads() {
      return List.of();
    }

    @Override
    public List<Buffer> writes() {
      return List.of(map.buffer());
    }

    @Override
    public String toString() {
      return "clear halo of " + map;
    }
  }

  /**
   * Brings a row-major tensor into the arena.
   *
   * @param channelsLast whether it is [N,H,W,C], else [N,C,H,W] or [N,C]
   */
  record Pack(int tensor, FeatureMap map, boolean channelsLast) implements Step {
    @Override
    public List<Buffer> reads() {
      return List.of();
    }

    @Override
    public List<Buffer> writes() {
      return List.of(map.buffer());
    }

    @Override
    public String toString() {
      return "pack #%d -> %s".formatted(tensor, map);
    }
  }

  /**
   * Brings feature maps from the arena into a row-major tensor.
   *
   * @param channelsLast whether it is [N,H,W,C], else [N,C,H,W] or [N,C]
   */
  record Unpack(FeatureMap map, int tensor, boolean channelsLast) implements Step {
    @Override
    public List<Buffer> reads() {
      return List.of(map.buffer());
    }

    @Override
    public List<Buffer> writes() {
      return List.of();
    }

    @Override
    public String toString() {
      return "unpack %s -> #%d".formatted(map, tensor);
    }
  }

  /** Runs a reference on row-major tensors. */
  record Refer(
      String name,
      String problem,
      ReferenceKernel kernel,
      List<Integer> inputs,
      List<Integer> outputs)
      implements Step {
    /** Copies the lists. */
    public Refer {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }

    @Override
    public List<Buffer> reads() {
      return List.of();
    }

    @Override
    public List<Buffer> writes() {
      return List.of();
    }

    @Override
    public String toString() {
      return "reference %s (%s) %s -> %s"
          .formatted(name, problem, tensors(inputs), tensors(outputs));
    }

    private static List<String> tensors(List<Integer> ids) {
      return ids.stream().map(id -> "#" + id).toList();
    }
  }
}
