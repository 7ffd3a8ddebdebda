package io.tilebrew.graph.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model as its file says, not yet understood.
 *
 * @param irVersion the version of the file format, 0 if not given
 * @param producer the name of the program that wrote it, perhaps empty
 * @param opsets the version of the operators of each domain; the default domain is ""
 * @param functions the qualified names of the operators that the model itself defines
 * @param graph the graph
 */
public record ModelProto(
    long irVersion,
    String producer,
    Map<String, Long> opsets,
    Set<String> functions,
    GraphProto graph) {
  /** Copies the collections. */
  public ModelProto {
    opsets = Map.copyOf(opsets);
    functions = Set.copyOf(functions);
  }

  /** The name of operator {@code type}, with its domain unless that is the default one. */
  static String qualified(String domain, String type) {
    return domain.isEmpty() ? type : domain + ":" + type;
  }

  /** {@code domain} with the two names of the default domain made one. */
  static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  /**
   * A graph.
   *
   * @param name the name, perhaps empty
   * @param nodes the nodes, in the order of the file
   * @param initializers the constants
   * @param sparseInitializers the names of the sparse constants
   * @param inputs the inputs; in files of IR 3 the initializers are among them
   * @param outputs the results
   */
  public record GraphProto(
      String name,
      List<NodeProto> nodes,
      List<TensorProto> initializers,
      Set<String> sparseInitializers,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs) {
    /** Copies the collections. */
    public GraphProto {
      nodes = List.copyOf(nodes);
      initializers = List.copyOf(initializers);
      sparseInitializers = Set.copyOf(sparseInitializers);
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * A node.
   *
   * @param name the name, perhaps empty
   * @param domain the domain of the operator, "" for ONNX's own
   * @param type the operator
   * @param inputs the names of the inputs; an empty one is left out
   * @param outputs the names of the outputs; an empty one is left out
   * @param attributes the attributes, in the order of the file
   */
  public record NodeProto(
      String name,
      String domain,
      String type,
      List<String> inputs,
      List<String> outputs,
      List<AttributeProto> attributes) {
    /** Copies the lists. */
    public NodeProto {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      attributes = List.copyOf(attributes);
    }

    /** A name for people: the node's own, else the one of its first output. */
    String label() {
      return name.isEmpty() && !outputs.isEmpty() ? outputs.getFirst() : name;
    }

    /** The operator with its domain. */
    String qualifiedType() {
      return qualified(domain, type);
    }
  }

  /**
   * A name with a declared type.
   *
   * @param name the name
   * @param kind what the file declares: a tensor, or something that is none
   * @param elementType the number of the element type in ONNX, 0 if not given
   * @param dims the dimensions; null if even their number is not known
   */
  public record ValueInfo(String name, Kind kind, int elementType, @Nullable List<Dim> dims) {
    /** What a value is. */
    public enum Kind {
      NOT_GIVEN,
      TENSOR,
      OTHER
    }
  }

  /**
   * A declared dimension.
   *
   * @param size the size, not positive if not known
   * @param symbol the symbol that stands for the size, or ""
   */
  public record Dim(long size, String symbol) {}
}
