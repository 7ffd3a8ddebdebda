import org.jspecify.annotations.NullMarked;

/** The graph of a network, its passes, ONNX in and out, and the compiler. */
@NullMarked
module io.tilebrew.graph {
  requires transitive io.tilebrew.engine;
  requires static org.jspecify;

  exports io.tilebrew.graph;
}
