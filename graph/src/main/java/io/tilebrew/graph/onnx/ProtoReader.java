package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.ModelProto.Dim;
import io.tilebrew.graph.onnx.ModelProto.GraphProto;
import io.tilebrew.graph.onnx.ModelProto.NodeProto;
import io.tilebrew.graph.onnx.ModelProto.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the messages of ONNX's schema into records; numbers of tensors are left where they are. */
public final class ProtoReader {
  private static final int MAX_DEPTH = 64;

  private ProtoReader() {}

  /**
   * The model in {@code source}.
   *
   * @throws ModelException if the file is no ONNX model
   */
  public static ModelProto model(Source source) {
    return Source.guarded("the model", () -> model(source.message("ModelProto")));
  }

  private static ModelProto model(Message message) {
    long irVersion = 0;
    String producer = "";
    Map<String, Long> opsets = new HashMap<>();
    Set<String> functions = new HashSet<>();
    Message graph = null;
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> irVersion = f.varint();
        case 2 -> producer = f.bytes().lenientText();
        case 7 -> graph = f.message("GraphProto", graph);
        case 8 -> opset(f.message("OperatorSetIdProto"), opsets);
        case 25 -> functions.add(function(f.message("FunctionProto")));
        default -> f.skip();
      }
    }
    if (graph == null) {
      throw new ModelException("no valid ONNX: the model has no graph");
    }
    return new ModelProto(irVersion, producer, opsets, functions, graph(graph, 1));
  }

  private static void opset(Message message, Map<String, Long> opsets) {
    String domain = "";
    long version = 0;
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> domain = f.text();
        case 2 -> version = f.varint();
        default -> f.skip();
      }
    }
    Long earlier = opsets.put(ModelProto.domain(domain), version);
    if (earlier != null && earlier != version) {
      throw new ModelException(
          "the model imports operator set '%s' in versions %d and %d, expected one"
              .formatted(ModelException.shorten(domain), earlier, version));
    }
  }

  private static String function(Message message) {
    String domain = "";
    String name = "";
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> name = f.text();
        case 10 -> domain = f.text();
        default -> f.skip();
      }
    }
    return ModelProto.qualified(ModelProto.domain(domain), name);
  }

  private static GraphProto graph(Message message, int depth) {
    if (depth > MAX_DEPTH) {
      throw new ModelException(
          "the graph at offset %d is nested more than %d deep"
              .formatted(message.offset(), MAX_DEPTH));
    }
    String name = "";
    List<NodeProto> nodes = new ArrayList<>();
    List<TensorProto> initializers = new ArrayList<>();
    Set<String> sparse = new HashSet<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> nodes.add(node(f.message("NodeProto"), depth));
        case 2 -> name = f.text();
        case 5 -> initializers.add(TensorProto.read(f.message("TensorProto")));
        case 11 -> inputs.add(valueInfo(f.message("ValueInfoProto")));
        case 12 -> outputs.add(valueInfo(f.message("ValueInfoProto")));
        case 15 -> sparse.add(sparseName(f.message("SparseTensorProto")));
        default -> f.skip();
      }
    }
    return new GraphProto(name, nodes, initializers, sparse, inputs, outputs);
  }

  private static String sparseName(Message message) {
    Message values = null;
    for (Fields f = message.fields(); f.next(); ) {
      if (f.number() == 1) {
        values = f.message("TensorProto", values);
      } else {
        f.skip();
      }
    }
    return values == null ? "" : TensorProto.read(values).name();
  }

  private static NodeProto node(Message message, int depth) {
    message.source().spendNode();
    String name = "";
    String domain = "";
    String type = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<AttributeProto> attributes = new ArrayList<>();
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> inputs.add(f.text());
        case 2 -> outputs.add(f.text());
        case 3 -> name = f.text();
        case 4 -> type = f.text();
        case 5 -> attributes.add(attribute(f.message("AttributeProto"), depth));
        case 7 -> domain = ModelProto.domain(f.text());
        default -> f.skip();
      }
    }
    return new NodeProto(name, domain, type, inputs, outputs, attributes);
  }

  private static AttributeProto attribute(Message message, int depth) {
    AttributeParts parts = new AttributeParts(message);
    for (Fields f = message.fields(); f.next(); ) {
      parts.read(f);
    }
    Message graph = parts.graph;
    return new AttributeProto(
        parts.name, parts.value(graph == null ? null : graph(graph, depth + 1)));
  }

  private static ValueInfo valueInfo(Message message) {
    String name = "";
    Message type = null;
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> name = f.text();
        case 2 -> type = f.message("TypeProto", type);
        default -> f.skip();
      }
    }
    return type == null
        ? new ValueInfo(name, ValueInfo.Kind.NOT_GIVEN, 0, null)
        : declared(name, type);
  }

  private static ValueInfo declared(String name, Message type) {
    Message tensor = null;
    boolean other = false;
    for (Fields f = type.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> tensor = f.message("TypeProto.Tensor", tensor);
        case 4, 5, 7, 8, 9 -> {
          other = true;
          f.skip();
        }
        default -> f.skip();
      }
    }
    if (tensor == null) {
      return new ValueInfo(name, other ? ValueInfo.Kind.OTHER : ValueInfo.Kind.NOT_GIVEN, 0, null);
    }
    int elementType = 0;
    Message shape = null;
    for (Fields f = tensor.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> elementType = (int) f.varint();
        case 2 -> shape = f.message("TensorShapeProto", shape);
        default -> f.skip();
      }
    }
    return new ValueInfo(
        name, ValueInfo.Kind.TENSOR, elementType, shape == null ? null : dims(shape));
  }

  private static List<Dim> dims(Message shape) {
    List<Dim> dims = new ArrayList<>();
    for (Fields f = shape.fields(); f.next(); ) {
      if (f.number() == 1) {
        dims.add(dim(f.message("TensorShapeProto.Dimension")));
      } else {
        f.skip();
      }
    }
    return List.copyOf(dims);
  }

  private static Dim dim(Message message) {
    Dim dim = new Dim(0, "");
    for (Fields f = message.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> dim = new Dim(f.varint(), "");
        case 2 -> dim = new Dim(0, f.text());
        default -> f.skip();
      }
    }
    return dim;
  }

  /** The fields of an attribute, of which its type says which one counts. */
  private static final class AttributeParts {
    private static final String[] KINDS = {
      "nothing",
      "a float",
      "an int",
      "a string",
      "a tensor",
      "a graph",
      "floats",
      "ints",
      "strings",
      "tensors",
      "graphs",
      "a sparse tensor",
      "sparse tensors",
      "a type",
      "types"
    };

    private final Message message;
    private String name = "";
    private long type;
    private boolean hasFloat;
    private float real;
    private boolean hasInt;
    private long integer;
    private @Nullable Slice text;
    private @Nullable Message tensor;
    private @Nullable Message graph;
    private long floats;
    private long ints;
    private boolean strings;
    private boolean reference;

    AttributeParts(Message message) {
      this.message = message;
    }

    void read(Fields f) {
      switch (f.number()) {
        case 1 -> name = f.text();
        case 2 -> {
          hasFloat = true;
          real = f.real();
        }
        case 3 -> {
          hasInt = true;
          integer = f.varint();
        }
        case 4 -> text = f.bytes();
        case 5 -> tensor = f.message("TensorProto", tensor);
        case 6 -> graph = f.message("GraphProto", graph);
        case 7 -> floats += f.count(Numbers.Encoding.FIXED32);
        case 8 -> ints += f.count(Numbers.Encoding.VARINT);
        case 9 -> {
          strings = true;
          f.skip();
        }
        case 20 -> type = f.varint();
        case 21 -> {
          reference = true;
          f.skip();
        }
        default -> f.skip();
      }
    }

    AttributeProto.Value value(@Nullable GraphProto subgraph) {
      if (reference) {
        return new AttributeProto.OtherValue("a reference to an attribute of a function");
      }
      int kind = type == 0 ? present() : Math.clamp(type, -1, KINDS.length);
      return switch (kind) {
        case 1 -> new AttributeProto.FloatValue(real);
        case 2 -> new AttributeProto.IntValue(integer);
        case 3 ->
            new AttributeProto.StringValue(text == null ? new Slice(message.source(), 0, 0) : text);
        case 4 ->
            tensor == null
                ? new AttributeProto.OtherValue("a tensor that is missing")
                : new AttributeProto.TensorValue(TensorProto.read(tensor));
        case 5 ->
            subgraph == null
                ? new AttributeProto.OtherValue("a graph that is missing")
                : new AttributeProto.GraphValue(subgraph);
        case 6 ->
            new AttributeProto.FloatsValue(
                new Numbers(message, 7, Numbers.Encoding.FIXED32, floats));
        case 7 ->
            new AttributeProto.IntsValue(new Numbers(message, 8, Numbers.Encoding.VARINT, ints));
        default ->
            new AttributeProto.OtherValue(
                kind >= 0 && kind < KINDS.length ? KINDS[kind] : "of unknown type " + type);
      };
    }

    /** The type that the field that is there stands for; old files do not say it. */
    private int present() {
      return hasFloat
          ? 1
          : hasInt
              ? 2
              : text != null
                  ? 3
                  : tensor != null
                      ? 4
                      : graph != null ? 5 : floats > 0 ? 6 : ints > 0 ? 7 : strings ? 8 : 0;
    }
  }
}
