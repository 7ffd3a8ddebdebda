import org.jspecify.annotations.NullMarked;

/** Tensors, kernels and the run time: what a compiled model needs. */
@NullMarked
module io.tilebrew.engine {
  requires jdk.incubator.vector;
  requires static org.jspecify;

  exports io.tilebrew.engine;
}
