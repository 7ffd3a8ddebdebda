package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Port.Dimension;
import io.tilebrew.engine.Shape;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.TensorType;
import io.tilebrew.graph.onnx.ModelProto.Dim;
import io.tilebrew.graph.onnx.ModelProto.GraphProto;
import io.tilebrew.graph.onnx.ModelProto.ValueInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The inputs of a model and their symbolic sizes. */
public final class Signature {
  private static final int MAX_RANK = 32;

  private Signature() {}

  /**
   * The inputs of {@code graph} that no initializer gives a value.
   *
   * <p>An initializer that is an input, too, is a constant: old files list them all.
   *
   * @throws ModelException if the type or rank of one is not declared or not supported
   */
  public static List<Port> inputs(GraphProto graph) {
    Set<String> given = new HashSet<>(graph.sparseInitializers());
    for (TensorProto initializer : graph.initializers()) {
      given.add(initializer.name());
    }
    List<Port> ports = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      if (!given.contains(input.name())) {
        ports.add(port(input));
      }
    }
    return List.copyOf(ports);
  }

  /** The outputs as declared; one without a usable type counts as a float32 scalar. */
  public static List<Port> outputs(GraphProto graph) {
    List<Port> ports = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      try {
        ports.add(port(output.name(), output));
      } catch (IllegalArgumentException e) {
        ports.add(new Port(output.name(), DataType.FLOAT32, List.of()));
      }
    }
    return ports;
  }

  private static Port port(ValueInfo input) {
    try {
      return port(input.name(), input);
    } catch (IllegalArgumentException e) {
      throw Unsupported.mark(fault(input.name(), String.valueOf(e.getMessage())), e);
    }
  }

  private static Port port(String name, ValueInfo input) {
    Check.that(!name.isEmpty(), "has no name");
    Check.that(input.kind() != ValueInfo.Kind.NOT_GIVEN, "has no type, expected a tensor");
    Check.that(
        input.kind() == ValueInfo.Kind.TENSOR, "is a sequence, map or optional, not a tensor");
    List<Dim> declared = input.dims();
    if (declared == null) {
      throw new IllegalArgumentException(
          "has no shape, expected at least the number of dimensions");
    }
    Check.that(
        declared.size() <= MAX_RANK,
        "has %d dimensions, expected at most %d",
        declared.size(),
        MAX_RANK);
    List<Dimension> dims = new ArrayList<>();
    for (Dim dim : declared) {
      Check.that(dim.size() <= Integer.MAX_VALUE, "has a dimension of %d", dim.size());
      if (dim.size() > 0) {
        dims.add(new Dimension.Fixed((int) dim.size()));
      } else {
        String unnamed = name + "_" + dims.size();
        dims.add(new Dimension.Symbol(dim.symbol().isEmpty() ? unnamed : dim.symbol()));
      }
    }
    return new Port(name, ElementTypes.of(input.elementType()), dims);
  }

  /** The symbols in {@code inputs}, in the order in which they occur. */
  public static Set<String> symbols(List<Port> inputs) {
    Set<String> symbols = new LinkedHashSet<>();
    for (Port input : inputs) {
      for (Dimension dim : input.dims()) {
        if (dim instanceof Dimension.Symbol(String name)) {
          symbols.add(name);
        }
      }
    }
    return symbols;
  }

  /** Size 1 for each symbol that only ever is the first of several dimensions. */
  public static Map<String, Integer> batchSizes(List<Port> inputs) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    Set<String> others = new HashSet<>();
    for (Port input : inputs) {
      for (int i = 0; i < input.dims().size(); i++) {
        if (input.dims().get(i) instanceof Dimension.Symbol(String name)) {
          if (i == 0 && input.dims().size() > 1) {
            sizes.put(name, 1);
          } else {
            others.add(name);
          }
        }
      }
    }
    sizes.keySet().removeAll(others);
    return sizes;
  }

  /**
   * The types of {@code inputs}, by name.
   *
   * @throws ModelException if a symbol has no size, a shape is too large, or a name occurs twice
   */
  public static Map<String, TensorType> types(List<Port> inputs, Map<String, Integer> sizes) {
    Map<String, TensorType> types = new LinkedHashMap<>();
    for (Port input : inputs) {
      if (types.put(input.name(), type(input, sizes)) != null) {
        throw fault(input.name(), "is listed twice");
      }
    }
    return types;
  }

  private static TensorType type(Port input, Map<String, Integer> sizes) {
    int[] dims = new int[input.dims().size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] =
          switch (input.dims().get(i)) {
            case Dimension.Fixed(int size) -> size;
            case Dimension.Symbol(String symbol) -> {
              Integer size = sizes.get(symbol);
              if (size == null) {
                throw fault(
                    input.name(),
                    "dimension '%s' is free, expected a size for it".formatted(symbol));
              }
              yield size;
            }
          };
    }
    try {
      return new TensorType(input.element(), Shape.of(dims));
    } catch (IllegalArgumentException e) {
      throw Unsupported.mark(fault(input.name(), String.valueOf(e.getMessage())), e);
    }
  }

  private static ModelException fault(String input, String problem) {
    return new ModelException("input '%s': %s".formatted(ModelException.shorten(input), problem));
  }
}
