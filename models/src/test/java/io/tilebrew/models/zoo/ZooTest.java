package io.tilebrew.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphVerifier;
import io.tilebrew.graph.Node;
import io.tilebrew.graph.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZooTest {
  /** Zeros; those of one size are one array, so that the large networks take less memory. */
  private static Graph withoutWeights(String name) {
    Map<Integer, float[]> zeros = new HashMap<>();
    return Zoo.network(
        name,
        ZooOptions.DEFAULT,
        (parameter, size, middle, reach) -> zeros.computeIfAbsent(size, float[]::new));
  }

  /** The costs that the tables of the papers, and arithmetic over them, give. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mlp            |     266,610 |        266,200 | fc2                          | [1,100]
          lenet5         |      61,706 |        416,520 | conv2/pool                   | [1,16,5,5]
          lenet5-rgb     |      62,006 |        651,720 | conv2/pool                   | [1,16,5,5]
          lenet5-1998    |      60,000 |        325,680 | C3                           | [1,16,10,10]
          alexnet-2012   |  60,965,224 |    724,406,816 | conv5/pool                   | [1,256,6,6]
          alexnet        |  61,100,840 |    714,188,480 | features.10/pool             | [1,256,6,6]
          vgg11          | 132,863,336 |  7,609,090,048 | features.18/pool             | [1,512,7,7]
          vgg13          | 133,047,848 | 11,308,466,176 | features.22/pool             | [1,512,7,7]
          vgg16          | 138,357,544 | 15,470,264,320 | features.28/pool             | [1,512,7,7]
          vgg19          | 143,667,240 | 19,632,062,464 | features.34/pool             | [1,512,7,7]
          nin            |   7,595,176 |  1,100,188,800 | cccp8                        | [1,1000,6,6]
          googlenet      |   6,624,904 |  1,498,376,192 | inception5b                  | [1,1024,7,7]
          googlenet-2014 |   6,998,552 |  1,582,671,872 | inception5b                  | [1,1024,7,7]
          resnet18       |  11,689,512 |  1,814,073,344 | layer4.1                     | [1,512,7,7]
          resnet34       |  21,797,672 |  3,663,761,408 | layer4.2                     | [1,512,7,7]
          resnet50       |  25,557,032 |  4,089,184,256 | layer4.2                     | [1,2048,7,7]
          resnet101      |  44,549,160 |  7,801,405,440 | layer3.22                    | [1,1024,14,14]
          resnet152      |  60,192,808 | 11,513,626,624 | layer3.35                    | [1,1024,14,14]
          squeezenet1_0  |   1,248,424 |    818,924,576 | features.12                  | [1,512,13,13]
          squeezenet1_1  |   1,235,496 |    349,151,936 | features.12                  | [1,512,13,13]
          mobilenet_v1   |   4,231,976 |    568,740,352 | block13.pointwise            | [1,1024,7,7]
          mobilenet_v2   |   3,504,872 |    300,774,272 | features.18.0                | [1,1280,7,7]
          densenet121    |   7,978,856 |  2,834,161,664 | features.norm5               | [1,1024,7,7]
          fcn8s          | 134,489,759 | 62,860,657,728 | upscore8                     | [1,21,312,312]
          siamese        |     257,024 |     11,904,000 | fc                           | [1,128]
          """)
  void costsWhatThePaperSays(
      String name, String parameters, String multiplyAdds, String layer, String shape) {
    Graph graph = GraphVerifier.verify(withoutWeights(name));
    Cost cost = Cost.of(graph);
    assertEquals(number(parameters), cost.parameters());
    assertEquals(number(multiplyAdds), cost.multiplyAdds());
    assertEquals(shape, node(graph, layer).output().type().shape().toString());
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private static Node node(Graph graph, String name) {
    return graph.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void allAreNamed() {
    assertEquals(25, Zoo.names().size());
    Zoo.names().forEach(name -> assertTrue(Zoo.summary(name).length() > 10));
  }

  /** Layers C1 to F6 and the output of figure 2 and section II.B of the paper. */
  @ParameterizedTest
  @CsvSource({
    "C1, 156, 122304",
    "S2, 12, 5880",
    "C3, 1516, 151600",
    "S4, 32, 2000",
    "C5, 48120, 48120",
    "F6, 10164, 10164",
    "Output, 0, 840"
  })
  void theNetOf1998HasTheConnectionsOfThePaper(String layer, long parameters, long connections) {
    Graph graph = withoutWeights("lenet5-1998");
    long foundParameters = 0;
    long foundConnections = 0;
    for (Node node : graph.nodes()) {
      if (node.name().replaceAll("/.*", "").equals(layer)) {
        foundParameters += Cost.of(graph, node).parameters();
        foundConnections += Cost.of(graph, node).connections();
      }
    }
    assertEquals(parameters, foundParameters);
    assertEquals(connections, foundConnections);
    assertEquals(340_908, Cost.of(graph).connections());
  }

  @Test
  void bitmapsOfDigitsDiffer() {
    float[] all = Lenet5Of1998.bitmaps().floats();
    for (int a = 0; a < 10; a++) {
      for (int b = 0; b < a; b++) {
        int differing = 0;
        for (int i = 0; i < 84; i++) {
          assertEquals(1, Math.abs(all[a * 84 + i]));
          differing += all[a * 84 + i] == all[b * 84 + i] ? 0 : 1;
        }
        assertTrue(differing >= 8, a + " and " + b);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "alexnet, features.0.weight features.10.bias classifier.1.weight classifier.6.bias",
    "squeezenet1_1, features.3.expand3x3.weight features.12.squeeze.bias classifier.1.weight",
    "resnet18, conv1.weight bn1.running_var layer2.0.downsample.0.weight layer4.1.bn2.bias fc.bias",
    "resnet50, layer1.0.downsample.1.running_mean layer3.5.conv3.weight",
    "googlenet, conv1.conv.weight inception3a.branch2.1.bn.bias inception5b.branch4.1.conv.weight",
    "mobilenet_v2, features.1.conv.0.1.weight features.2.conv.1.0.weight features.17.conv.3.bias",
    "mobilenet_v2, features.1.conv.1.weight features.18.1.running_mean classifier.1.weight",
    "densenet121, features.denseblock4.denselayer16.conv2.weight features.transition3.conv.weight"
  })
  void parametersAreNamedAsInTorchvision(String network, String names) {
    List<String> all = withoutWeights(network).nodes().stream().map(Node::name).toList();
    assertTrue(all.containsAll(List.of(names.split(" ", -1))), () -> new TreeSet<>(all).toString());
  }

  @Test
  void weightsDependOnSeedAndName() {
    Graph one = Zoo.network("lenet5");
    Graph same = Zoo.network("lenet5");
    Graph other = Zoo.network("lenet5", ZooOptions.DEFAULT.withSeed(1));
    assertArrayEquals(floats(one, "conv2.weight"), floats(same, "conv2.weight"));
    assertNotEquals(floats(one, "conv2.weight")[0], floats(other, "conv2.weight")[0]);
    assertNotEquals(floats(one, "conv2.weight")[0], floats(one, "fc1.weight")[0]);
  }

  @Test
  void weightsAreSpreadAsHeAndGlorotSay() {
    Graph graph = Zoo.network("siamese");
    assertSpread(Math.sqrt(6.0 / (32 * 25)), floats(graph, "conv2.weight"));
    assertSpread(Math.sqrt(6.0 / (64 * 25 + 128)), floats(graph, "fc.weight"));
  }

  private static void assertSpread(double reach, float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      assertTrue(Math.abs(value) <= reach * 1.000001);
      sum += value;
      squares += value * value;
    }
    assertEquals(0, sum / values.length, reach / 50);
    assertEquals(reach * reach / 3, squares / values.length, reach * reach / 50);
  }

  private static float[] floats(Graph graph, String name) {
    Tensor tensor = Objects.requireNonNull(node(graph, name).constant());
    return tensor.floats();
  }

  @Test
  void bothImagesOfTheSiameseNetMeetTheSameWeights() {
    Graph graph = Zoo.network("siamese");
    Value weight = node(graph, "conv1.weight").output();
    assertEquals(2, graph.consumers(weight).size());
    assertSame(weight, graph.consumers(weight).getLast().input(1));
  }

  @Test
  void optionsChangeSizesAndClasses() {
    Graph graph = Zoo.network("resnet18", ZooOptions.DEFAULT.withSize(64).withClasses(7));
    assertEquals("[1,3,64,64]", graph.inputs().getFirst().type().shape().toString());
    assertEquals("[1,7]", graph.outputs().getFirst().value().type().shape().toString());
    Graph mlp = Zoo.network("mlp", ZooOptions.DEFAULT.withWidths(9, 90, 50));
    assertEquals(9 * 90 + 90 + 90 * 50 + 50, Cost.of(mlp).parameters());
  }

  @Test
  void impossibleOptionsAreRefused() {
    ZooOptions usual = ZooOptions.DEFAULT;
    assertRefused("the size of images is 33, expected 32", "lenet5", usual.withSize(33));
    assertRefused("classes of lenet5-1998 are fixed", "lenet5-1998", usual.withClasses(3));
    assertRefused("no widths", "vgg16", usual.withWidths(1, 2));
    assertRefused("no size", "mlp", usual.withSize(5));
    assertRefused("does not work on images of 12x12", "squeezenet1_0", usual.withSize(12));
    assertRefused("do not divide into", "alexnet", usual.withSize(100));
    assertThrows(IllegalArgumentException.class, () -> usual.withSize(-1));
    assertThrows(IllegalArgumentException.class, () -> usual.withWidths(3));
  }

  private static void assertRefused(String why, String name, ZooOptions options) {
    var e = assertThrows(IllegalArgumentException.class, () -> Zoo.network(name, options));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(why), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vgg17", "VGG16", "resnet", "mobilenet"})
  void namesNearToAWrongOneAreTold(String name) {
    var e = assertThrows(IllegalArgumentException.class, () -> Zoo.network(name));
    String near = name.substring(0, 3).toLowerCase(Locale.ROOT);
    String message = String.valueOf(e.getMessage());
    assertTrue(
        Arrays.stream(message.split("near to it are", -1)).anyMatch(s -> s.contains(near)),
        message);
  }
}
