import org.jspecify.annotations.NullMarked;

/** The network zoo, images and data sets, training, and the command line. */
@NullMarked
module io.tilebrew.models {
  requires transitive io.tilebrew.graph;
  requires info.picocli;
  requires java.desktop;
  requires static org.jspecify;

  exports io.tilebrew.models;

  opens io.tilebrew.models.cli to
      info.picocli;
}
