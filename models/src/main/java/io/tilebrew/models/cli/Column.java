package io.tilebrew.models.cli;

import io.tilebrew.engine.problem.Window;
import io.tilebrew.graph.Value;
import io.tilebrew.models.inspect.Field;
import io.tilebrew.models.inspect.Inspection;
import io.tilebrew.models.inspect.Layer;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A column of the table of layers.
 *
 * @param title its title for people
 * @param key its title for programs
 * @param value a string, a number, a {@link Size} or a list of numbers of a layer; null where it
 *     has none
 * @param total the sum over the layers, or null where that means nothing
 */
record Column(
    String title,
    String key,
    Function<Layer, @Nullable Object> value,
    Function<Inspection, @Nullable Object> total) {
  /** Rows and columns. */
  record Size(double rows, double columns) {}

  /** How many of {@link #ALL} are words; the others are numbers. */
  static final int WORDS = 3;

  /** The columns. */
  static final List<Column> ALL =
      List.of(
          column("layer", "layer", Layer::name),
          column("operator", "operator", Layer::operator),
          column("output", "output", Column::outputs),
          window("kernel", w -> new Size(w.kernelHeight(), w.kernelWidth())),
          window("stride", w -> List.of(w.strideHeight(), w.strideWidth())),
          window("padding", w -> List.of(w.padTop(), w.padLeft(), w.padBottom(), w.padRight())),
          window("dilation", w -> List.of(w.dilationHeight(), w.dilationWidth())),
          column("groups", "groups", layer -> layer.window() == null ? null : layer.groups()),
          new Column(
              "parameters",
              "parameters",
              layer -> layer.cost().parameters(),
              all -> all.total().parameters()),
          new Column(
              "connections",
              "connections",
              layer -> layer.cost().connections(),
              all -> all.total().connections()),
          new Column(
              "multiply-adds",
              "multiply_adds",
              layer -> layer.cost().multiplyAdds(),
              all -> all.total().multiplyAdds()),
          field("field", "receptive_field", f -> new Size(f.rows().size(), f.columns().size())),
          field("jump", "jump", Column::jump),
          new Column(
              "bytes", "activation_bytes", Layer::activationBytes, Inspection::activationBytes),
          new Column(
              "fully connected", "dense_weights", Layer::denseWeights, Inspection::denseWeights));

  private static Column column(String title, String key, Function<Layer, @Nullable Object> value) {
    return new Column(title, key, value, all -> null);
  }

  private static Column window(String title, Function<Window, Object> value) {
    return column(
        title,
        title,
        layer -> {
          Window window = layer.window();
          return window == null ? null : value.apply(window);
        });
  }

  private static Column field(String title, String key, Function<Field, @Nullable Object> value) {
    return column(
        title,
        key,
        layer -> {
          Field field = layer.field();
          return field == null ? null : value.apply(field);
        });
  }

  private static @Nullable Object jump(Field field) {
    double rows = field.rows().jump();
    double columns = field.columns().jump();
    return rows == 0 && columns == 0 ? null : List.of(rows, columns);
  }

  private static String outputs(Layer layer) {
    return layer.outputs().stream()
        .map(Value::type)
        .map(Object::toString)
        .collect(Collectors.joining(" "));
  }
}
