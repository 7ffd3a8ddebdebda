package io.tilebrew.models.draw;

import io.tilebrew.graph.Graph;
import io.tilebrew.models.draw.Diagram.Box;
import io.tilebrew.models.draw.Diagram.Kind;
import io.tilebrew.models.draw.Layout.Point;
import io.tilebrew.models.draw.Layout.Rectangle;
import io.tilebrew.models.draw.Layout.Size;
import java.util.List;
import java.util.Locale;

/** A graph as a picture (SVG): boxes for nodes, arrows with shapes between them. */
public final class GraphPicture {
  /** The most boxes of a picture. */
  public static final int MAX_BOXES = 5_000;

  private static final String STYLE =
      """
      text { font-family: 'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif; fill: #1c2733; }
      .name { font-size: 13px; font-weight: bold; text-anchor: middle; }
      .label { font-size: 11px; text-anchor: middle; }
      .result { font-size: 11px; fill: #45525f; stroke: white; stroke-width: 4px;
        stroke-linejoin: round; paint-order: stroke; }
      .arrow { fill: none; stroke: #7b8794; stroke-width: 1.4px; }
      .part { fill: white; fill-opacity: 0.75; stroke: none; }
      """;

  private final Diagram diagram;
  private final List<BoxShape> shapes;
  private final Layout layout;
  private final StringBuilder svg = new StringBuilder();

  private GraphPicture(Diagram diagram) {
    this.diagram = diagram;
    this.shapes = diagram.boxes().stream().map(BoxShape::of).toList();
    this.layout =
        Layout.of(
            shapes.stream().map(shape -> new Size(shape.width(), shape.height())).toList(),
            diagram.arrows());
  }

  /**
   * The text of an SVG file that shows {@code graph}, with the parts of fused nodes as labels in
   * one box.
   *
   * @throws IllegalArgumentException if the graph is too large for a picture
   */
  public static String svg(Graph graph) {
    Diagram diagram = GraphDiagram.of(graph);
    if (diagram.boxes().size() > MAX_BOXES) {
      throw new IllegalArgumentException(
          "the graph has %,d nodes, a picture shows at most %,d"
              .formatted(diagram.boxes().size(), MAX_BOXES));
    }
    return new GraphPicture(diagram).write();
  }

  private String write() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$s\" height=\"%2$s\""
            + " viewBox=\"0 0 %1$s %2$s\">",
        number(layout.width()), number(layout.height()));
    add("<title>%s</title>", escaped(diagram.title()));
    add("<style>%n%s</style>", STYLE);
    add("<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\"");
    add("  markerHeight=\"7\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"#7b8794\"/>");
    add("</marker></defs>");
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    layout.arrows().forEach(this::arrow);
    for (int i = 0; i < shapes.size(); i++) {
      box(diagram.boxes().get(i), shapes.get(i), layout.boxes().get(i));
    }
    add("</svg>");
    return svg.toString();
  }

  private void arrow(List<Point> points) {
    StringBuilder path = new StringBuilder("M").append(text(points.getFirst()));
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      if (i % 2 == 1 || from.x() == to.x()) {
        path.append(" L").append(text(to));
      } else {
        double middle = (from.y() + to.y()) / 2;
        path.append(" C").append(text(new Point(from.x(), middle)));
        path.append(' ').append(text(new Point(to.x(), middle)));
        path.append(' ').append(text(to));
      }
    }
    add("<path class=\"arrow\" marker-end=\"url(#head)\" d=\"%s\"/>", path);
  }

  private void box(Box box, BoxShape shape, Rectangle at) {
    double middle = at.middle();
    add("<g><title>%s</title>", escaped(box.name() + "\n" + String.join("\n", box.labels())));
    add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\" fill=\"%s\" stroke=\"%s\"/>",
        number(at.x()),
        number(at.y()),
        number(at.width()),
        number(at.height()),
        box.labels().isEmpty() ? number(at.height() / 2) : "5",
        fill(box.kind()),
        stroke(box.kind()));
    text("name", middle, at.y() + 18, shape.title());
    double y = at.y() + BoxShape.TITLE_HEIGHT + BoxShape.PADDING / 2;
    for (List<BoxShape.Label> row : shape.rows()) {
      double left = middle - BoxShape.width(row) / 2;
      for (BoxShape.Label label : row) {
        add(
            "<rect class=\"part\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"4\"/>",
            number(left + label.x()),
            number(y),
            number(label.width()),
            number(BoxShape.LABEL_HEIGHT));
        text("label", left + label.x() + label.width() / 2, y + 12.5, label.text());
      }
      y += BoxShape.ROW_HEIGHT;
    }
    if (!box.result().isEmpty()) {
      text("result", middle + 7, at.bottom() + 14, box.result());
    }
    add("</g>");
  }

  private void text(String style, double x, double y, String text) {
    add(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>",
        style, number(x), number(y), escaped(text));
  }

  private void add(String format, Object... args) {
    svg.append(String.format(Locale.ROOT, format, args)).append('\n');
  }

  private static String text(Point point) {
    return number(point.x()) + "," + number(point.y());
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number).replaceFirst("\\.0$", "");
  }

  private static String fill(Kind kind) {
    return switch (kind) {
      case INPUT, OUTPUT -> "#f1f3f5";
      case CONVOLUTION -> "#cfe2ff";
      case LINEAR -> "#dcd3f7";
      case POOLING -> "#cdeccf";
      case ELEMENTWISE -> "#ffe8b8";
      case NORMALIZATION -> "#c9ecec";
      case SHAPING -> "#e6e8eb";
      case OTHER -> "#f9d5d9";
    };
  }

  private static String stroke(Kind kind) {
    return switch (kind) {
      case INPUT, OUTPUT -> "#6b7785";
      case CONVOLUTION -> "#4a7fd1";
      case LINEAR -> "#7d64c4";
      case POOLING -> "#4d9c55";
      case ELEMENTWISE -> "#c9962b";
      case NORMALIZATION -> "#3a9a9a";
      case SHAPING -> "#8a939d";
      case OTHER -> "#c35f6b";
    };
  }

  /** {@code text} for the content of an element; what XML cannot have becomes U+FFFD. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isText(c) ? c : 0xfffd);
              }
            });
    return escaped.toString();
  }

  private static boolean isText(int c) {
    return c == '\n'
        || c == '\t'
        || (c >= 0x20 && c <= 0xd7ff)
        || (c >= 0xe000 && c != 0xfffe && c != 0xffff);
  }
}
