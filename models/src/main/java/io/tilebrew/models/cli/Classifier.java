package io.tilebrew.models.cli;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Tensor;
import io.tilebrew.models.image.Preprocess;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A network whose first output has a number for each class.
 *
 * @param labels the names of the classes; one without a name is called by its number
 */
record Classifier(Network network, Preprocess preprocess, List<String> labels) {
  /** A class with its probability, from 0 to 1. */
  record Answer(String label, double probability) {}

  /** The number of classes in {@code output}, where the model fixes it. */
  static OptionalInt classes(Port output) {
    int product = 1;
    for (Dimension dim :
        output.dims().subList(Math.min(1, output.dims().size()), output.dims().size())) {
      if (!(dim instanceof Dimension.Fixed(int size))) {
        return OptionalInt.empty();
      }
      product *= size;
    }
    return OptionalInt.of(product);
  }

  /** The {@code top} most probable classes of {@code image}, best first. */
  List<Answer> classify(BufferedImage image, int top) {
    String input = network.inputs().getFirst().name();
    Map<String, Tensor> outputs = network.run(Map.of(input, preprocess.tensor(image)));
    Tensor scores = outputs.values().iterator().next();
    if (scores.type() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "the first output is %s, expected f32 with a number for each class".formatted(scores));
    }
    double[] probabilities = probabilities(scores.floats());
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
        .limit(top)
        .map(i -> new Answer(label(i), probabilities[i]))
        .toList();
  }

  private String label(int index) {
    return index < labels.size() ? labels.get(index) : String.valueOf(index);
  }

  /** The softmax of {@code scores}, or themselves if they are probabilities already. */
  static double[] probabilities(float[] scores) {
    double[] values = new double[scores.length];
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    boolean probabilities = true;
    for (int i = 0; i < scores.length; i++) {
      values[i] = scores[i];
      max = Math.max(max, scores[i]);
      sum += scores[i];
      probabilities &= scores[i] >= 0 && scores[i] <= 1;
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalArgumentException("the scores of the network are not finite");
    }
    if (probabilities && Math.abs(sum - 1) < 1e-3) {
      return values;
    }
    double total = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.exp(values[i] - max);
      total += values[i];
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= total;
    }
    return values;
  }
}
