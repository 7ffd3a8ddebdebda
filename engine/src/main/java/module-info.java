import org.jspecify.annotations.NullMarked;

/** Tensors, the kernel language, kernels and the run time: what a compiled network needs. */
@NullMarked
module io.tilebrew.engine {
  requires jdk.incubator.vector;
  requires jdk.management;
  requires static transitive org.jspecify;

  exports io.tilebrew.engine;
  exports io.tilebrew.engine.problem;
  exports io.tilebrew.engine.codegen to
      io.tilebrew.graph;
  exports io.tilebrew.engine.jar to
      io.tilebrew.graph;
  exports io.tilebrew.engine.kernel to
      io.tilebrew.graph;
  exports io.tilebrew.engine.plan to
      io.tilebrew.graph;
  exports io.tilebrew.engine.reference to
      io.tilebrew.graph;
  exports io.tilebrew.engine.tile to
      io.tilebrew.graph;
}
