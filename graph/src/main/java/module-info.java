import org.jspecify.annotations.NullMarked;

/** The graph, its passes, ONNX at its border, and the compiler. */
@NullMarked
module io.tilebrew.graph {
  requires transitive io.tilebrew.engine;
  requires static transitive org.jspecify;

  exports io.tilebrew.graph;
  exports io.tilebrew.graph.op;
}
