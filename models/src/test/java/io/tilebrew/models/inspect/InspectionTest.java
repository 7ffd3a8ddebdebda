package io.tilebrew.models.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.graph.Graph;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.OnnxFile;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.models.zoo.Cost;
import io.tilebrew.models.zoo.Zoo;
import io.tilebrew.models.zoo.ZooOptions;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionTest {
  /** Figure 2 and section II.B of the paper. */
  @Test
  void theNetOf1998HasTheLayersOfThePaper() {
    Inspection inspection = Inspection.of(Zoo.network("lenet5-1998"));
    assertEquals(
        """
        C1 [1,6,28,28] 156 122,304 5
        S2 [1,6,14,14] 12 5,880 6
        C3 [1,16,10,10] 1,516 151,600 14
        S4 [1,16,5,5] 32 2,000 16
        C5 [1,120] 48,120 48,120 32
        F6 [1,84] 10,164 10,164 32
        Output [1,10] 0 840 32
        """,
        inspection.layers().stream()
            .map(
                layer ->
                    String.format(
                        Locale.ROOT,
                        "%s %s %,d %,d %.0f%n",
                        layer.name(),
                        layer.outputs().getFirst().type().shape(),
                        layer.cost().parameters(),
                        layer.cost().connections(),
                        field(layer).rows().size()))
            .reduce("", String::concat)
            .replace(System.lineSeparator(), "\n"));
    assertEquals(60_000, inspection.total().parameters());
    assertEquals(340_908, inspection.total().connections());
    assertEquals(16, inspection.layers().get(2).groups());
  }

  private static Field field(Layer layer) {
    return Objects.requireNonNull(layer.field());
  }

  /** Sizes that are known from the literature, of layers before any padding is cut away. */
  @ParameterizedTest
  @CsvSource({
    "alexnet, features.10/pool, 195, 32",
    "vgg16, features.28/pool, 212, 32",
    "resnet18, layer4.1, 435, 32",
    "resnet50, layer4.2, 427, 32",
    "mobilenet_v1, block13.pointwise, 315, 32"
  })
  void receptiveFieldsAreThoseOfTheLiterature(String network, String name, int size, int jump) {
    Inspection inspection = Inspection.of(Zoo.network(network, ZooOptions.DEFAULT.withClasses(2)));
    Layer layer =
        inspection.layers().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
    assertEquals(size, field(layer).rows().size());
    assertEquals(size, field(layer).columns().size());
    assertEquals(jump, field(layer).rows().jump());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp", "lenet5", "lenet5-1998", "siamese", "squeezenet1_1", "googlenet", "googlenet-2014",
        "resnet18", "resnet50", "mobilenet_v1", "mobilenet_v2", "densenet121", "nin", "fcn8s"
      })
  void layersHaveEachNodeOnceAndSumUpToTheTotal(String name) {
    Graph graph = Zoo.network(name, small(name));
    Inspection inspection = Inspection.of(graph);
    List<Node> nodes = inspection.layers().stream().flatMap(l -> l.nodes().stream()).toList();
    List<Node> expected = graph.nodes().stream().filter(n -> n.constant() == null).toList();
    assertEquals(expected.size(), nodes.size());
    assertTrue(nodes.containsAll(expected));
    assertEquals(
        inspection.layers().size(),
        inspection.layers().stream().map(Layer::name).distinct().count());
    Cost cost = Cost.of(graph);
    assertEquals(cost, inspection.total());
    assertEquals(cost.connections(), sum(inspection, false));
    assertEquals(cost.multiplyAdds(), sum(inspection, true));
    assertEquals(expected.size(), inspection.nodes());
    inspection.layers().forEach(l -> assertEquals(name.equals("mlp"), l.field() == null));
  }

  /** A size at which a network is quickly made. */
  private static ZooOptions small(String name) {
    return switch (name) {
      case "mlp", "lenet5", "lenet5-1998" -> ZooOptions.DEFAULT;
      case "nin" -> ZooOptions.DEFAULT.withSize(64);
      default -> ZooOptions.DEFAULT.withSize(48);
    };
  }

  private static long sum(Inspection inspection, boolean multiplyAdds) {
    return inspection.layers().stream()
        .map(Layer::cost)
        .mapToLong(cost -> multiplyAdds ? cost.multiplyAdds() : cost.connections())
        .sum();
  }

  @Test
  void fullyConnectedLayersNeedWhatTheyHave() {
    Inspection inspection =
        Inspection.of(Zoo.network("mlp", ZooOptions.DEFAULT.withWidths(9, 90, 50)));
    assertEquals(5_310, inspection.denseWeights());
    assertEquals(5_310, inspection.total().multiplyAdds());
    Layer first = Inspection.of(Zoo.network("lenet5")).layers().getFirst();
    assertEquals(32L * 32 * 6 * 28 * 28, first.denseWeights());
    assertEquals(4L * 6 * 28 * 28, first.activationBytes());
  }

  @Test
  void aBatchMultipliesTheWorkButNotTheFullyConnectedWeights() {
    OnnxModel model = OnnxModel.read(new OnnxFile(Zoo.network("lenet5")).withBatch("N").bytes());
    Inspection one = Inspection.of(model.graph(java.util.Map.of("N", 1)));
    Inspection three = Inspection.of(model.graph(java.util.Map.of("N", 3)));
    assertEquals(3 * one.total().multiplyAdds(), three.total().multiplyAdds());
    assertEquals(3 * one.activationBytes(), three.activationBytes());
    assertEquals(one.denseWeights(), three.denseWeights());
    assertEquals(one.total().parameters(), three.total().parameters());
    assertNotNull(three.layers().getFirst().field());
  }
}
