import org.jspecify.annotations.NullMarked;

/** The network zoo, images and data sets, training, and the command line. */
@NullMarked
module io.tilebrew.models {
  requires transitive io.tilebrew.graph;
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires java.management;
  requires transitive java.desktop;
  requires static org.jspecify;

  exports io.tilebrew.models;
  exports io.tilebrew.models.data;
  exports io.tilebrew.models.image;
  exports io.tilebrew.models.zoo;

  opens io.tilebrew.models.cli to
      info.picocli;
}
