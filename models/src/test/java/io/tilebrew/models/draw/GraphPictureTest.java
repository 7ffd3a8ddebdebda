package io.tilebrew.models.draw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.Graph;
import io.tilebrew.graph.GraphBuilder;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Value;
import io.tilebrew.graph.op.Elementwise.Activate;
import io.tilebrew.models.zoo.Zoo;
import io.tilebrew.models.zoo.ZooOptions;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class GraphPictureTest {
  private static final CompileOptions FUSED =
      new CompileOptions(Kernels.REFERENCE, 0, Set.of("layout"));

  private static Document parse(String svg)
      throws IOException, SAXException, ParserConfigurationException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static int count(Document document, String name, String style) {
    NodeList all = document.getElementsByTagName(name);
    int count = 0;
    for (int i = 0; i < all.getLength(); i++) {
      var attribute = all.item(i).getAttributes().getNamedItem("class");
      count += attribute != null && attribute.getNodeValue().equals(style) ? 1 : 0;
    }
    return count;
  }

  /** All of the zoo but those whose weights take long to make: their form is that of others. */
  @ParameterizedTest
  @CsvSource({
    "mlp, 0",
    "lenet5, 0",
    "lenet5-rgb, 0",
    "lenet5-1998, 0",
    "nin, 64",
    "googlenet, 32",
    "googlenet-2014, 48",
    "resnet18, 32",
    "resnet34, 32",
    "resnet50, 32",
    "squeezenet1_0, 32",
    "squeezenet1_1, 48",
    "mobilenet_v1, 32",
    "mobilenet_v2, 32",
    "densenet121, 32",
    "siamese, 0"
  })
  void picturesAreWellFormedAndShowEachNode(String name, int size)
      throws IOException, SAXException, ParserConfigurationException {
    Graph graph = Zoo.network(name, ZooOptions.DEFAULT.withSize(size));
    for (Graph each : List.of(graph, Tilebrew.optimize(graph, FUSED))) {
      Diagram diagram = GraphDiagram.of(each);
      Document document = parse(GraphPicture.svg(each));
      assertEquals("svg", document.getDocumentElement().getTagName());
      assertEquals(diagram.boxes().size(), count(document, "text", "name"));
      assertEquals(diagram.arrows().size(), count(document, "path", "arrow"));
      assertEquals(
          diagram.boxes().stream().mapToInt(box -> box.labels().size()).sum(),
          count(document, "text", "label"));
      assertEquals(GraphPicture.svg(each), GraphPicture.svg(each));
    }
  }

  @Test
  void partsOfFusedNodesAreLabels() {
    Graph graph = Tilebrew.optimize(Zoo.network("lenet5"), FUSED);
    assertEquals(
        List.of("Conv k5 s1", "bias", "relu", "max2"),
        GraphDiagram.of(graph).boxes().get(1).labels());
    Graph residual =
        Tilebrew.optimize(Zoo.network("resnet18", ZooOptions.DEFAULT.withSize(32)), FUSED);
    assertTrue(
        GraphDiagram.of(residual).boxes().stream()
            .anyMatch(box -> box.labels().contains("add bn1/pool")));
  }

  @Test
  void namesCannotCommandTheViewer()
      throws IOException, SAXException, ParserConfigurationException {
    String name = "<script>&\"'\u0000\u001b\ud800\ufffe]]>%s";
    GraphBuilder builder = new GraphBuilder(name);
    Value x = builder.input(name, TensorType.f32(1, 2));
    builder.output(name, builder.add(name, new Activate(Activation.RELU), x));
    String svg = GraphPicture.svg(builder.build());
    Document document = parse(svg);
    assertEquals(0, document.getElementsByTagName("script").getLength());
    assertTrue(document.getDocumentElement().getTextContent().contains("<script>&\"'"));
  }

  @Test
  void tooManyNodesAreRefused() {
    GraphBuilder builder = new GraphBuilder("long");
    Value x = builder.input("x", TensorType.f32(1));
    for (int i = 0; i < GraphPicture.MAX_BOXES; i++) {
      x = builder.add("y", new Activate(Activation.RELU), x);
    }
    builder.output("y", x);
    Graph graph = builder.build();
    var e = assertThrows(IllegalArgumentException.class, () -> GraphPicture.svg(graph));
    assertTrue(String.valueOf(e.getMessage()).contains("at most 5,000"));
  }
}
