package io.tilebrew.engine.tile;

import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.engine.plan.FeatureMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random inputs of a pointwise function beside an output: maps and constants, as large as the
 * output or spread over some of its axes.
 *
 * @param operands the inputs as kernels take them
 * @param tensors the same as references take them
 */
record Inputs(List<Operand> operands, List<Tensor> tensors) {
  /** What kinds of input there may be. */
  enum Kind {
    /** Any. */
    ANY,
    /** Constants with a number for each channel. */
    CHANNELWISE
  }

  /**
   * {@code count} inputs beside an output of {@code shape}, all made of {@code seed}.
   *
   * @param rarity one number in so many is special
   */
  static Inputs random(long seed, int count, Kind kind, Shape shape, int rarity) {
    Random random = new Random(seed);
    List<Operand> operands = new ArrayList<>();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean constant = kind == Kind.CHANNELWISE || random.nextInt(3) == 0;
      boolean channelwise = kind == Kind.CHANNELWISE || random.nextInt(3) == 0;
      Shape own =
          Shape.of(
              constant ? 1 : shape.dim(0),
              random.nextInt(3) == 0 && !channelwise ? 1 : shape.dim(1),
              channelwise || random.nextInt(6) == 0 ? 1 : shape.dim(2),
              channelwise || random.nextInt(6) == 0 ? 1 : shape.dim(3));
      Tensor tensor = Tensor.of(own, Floats.special(random.nextLong(), own.size(), rarity));
      tensors.add(tensor);
      operands.add(
          constant
              ? new Operand.Constant(tensor)
              : new Operand.Map(
                  Layout.random(random).map("r" + i, own.dim(2), own.dim(3), own.dim(1))));
    }
    return new Inputs(operands, tensors);
  }

  /** The same with maps in blocks of {@code lanes} channels where they can be. */
  Inputs inBlocks(int lanes) {
    List<Operand> blocked =
        operands.stream()
            .map(
                operand ->
                    operand instanceof Operand.Map(FeatureMap map) && map.canBlock(lanes)
                        ? new Operand.Map(map.inBlocks(lanes))
                        : operand)
            .toList();
    return new Inputs(blocked, tensors);
  }

  /** The same with some maps of whole vectors of channels in blocks. */
  Inputs partlyInBlocks(int lanes, long seed) {
    Random random = new Random(seed);
    List<Operand> blocked = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      boolean fits =
          operands.get(i) instanceof Operand.Map(FeatureMap map) && map.channels() % lanes == 0;
      Shape shape = tensors.get(i).shape();
      blocked.add(
          fits && random.nextBoolean()
              ? new Operand.Map(
                  Layout.TIGHT
                      .inBlocks(lanes)
                      .map("r" + i, shape.dim(2), shape.dim(3), shape.dim(1)))
              : operands.get(i));
    }
    return new Inputs(blocked, tensors);
  }

  /** The maps among the inputs. */
  List<FeatureMap> maps() {
    return operands.stream()
        .filter(Operand.Map.class::isInstance)
        .map(o -> ((Operand.Map) o).map())
        .toList();
  }

  /** Writes the maps. */
  void put(TestArena arena) {
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) instanceof Operand.Map(FeatureMap map)) {
        arena.put(map, tensors.get(i).floats());
      }
    }
  }

  @Override
  public String toString() {
    return operands.toString();
  }
}
