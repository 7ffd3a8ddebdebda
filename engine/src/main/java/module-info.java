import org.jspecify.annotations.NullMarked;

/** Tensors, the kernel language, kernels and the run time: what a compiled network needs. */
@NullMarked
module io.tilebrew.engine {
  requires jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports io.tilebrew.engine;
  exports io.tilebrew.engine.problem;
  exports io.tilebrew.engine.reference to
      io.tilebrew.graph;
}
