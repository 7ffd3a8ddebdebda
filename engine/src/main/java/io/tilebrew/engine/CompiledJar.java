package io.tilebrew.engine;

import io.tilebrew.engine.jar.JarNetwork;
import io.tilebrew.engine.jar.JarReader;
import io.tilebrew.engine.plan.BackgroundWarmUp;
import io.tilebrew.engine.plan.PlanSource.Answer;
import io.tilebrew.engine.tile.Lanes;
import io.tilebrew.engine.tile.VectorSupport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A network that was compiled ahead of time into a jar, which holds its plan, its weights as its
 * kernels read them, and the classes of these kernels. It needs neither the model nor the compiler
 * and gives bit for bit the results of a network that was compiled from the model at run time.
 *
 * <p>A jar is code: read it only if you would run it.
 *
 * @param network the network; its kernels warm up when {@link Network#warmUp} is called
 * @param sizes a size for each symbol of its inputs, for which it was compiled
 * @param batch the symbol among these that may have any size nevertheless, if there is one
 * @param threads the threads at work on a run
 * @param multiplyAdds the multiply-adds of convolutions and matrix products for these sizes
 */
public record CompiledJar(
    Network network,
    Map<String, Integer> sizes,
    Optional<String> batch,
    int threads,
    long multiplyAdds) {
  /** Copies the map. */
  public CompiledJar {
    sizes = Map.copyOf(sizes);
  }

  /**
   * Reads the network in {@code jar}, and warms it up in the background as if it were compiled now.
   *
   * @throws IOException as {@link #read}
   * @throws IllegalArgumentException as {@link #read}
   */
  public static Network load(Path jar) throws IOException {
    JarNetwork read = checked(jar);
    Network network = network(jar, read);
    BackgroundWarmUp.start(network, read.plan());
    return network;
  }

  /**
   * Reads {@code jar}.
   *
   * @throws IOException if it cannot be read, is no compiled network, or one of another version of
   *     Tilebrew
   * @throws IllegalArgumentException if this JVM lacks the Vector API, or this machine has not the
   *     vectors that it was compiled for
   */
  public static CompiledJar read(Path jar) throws IOException {
    JarNetwork read = checked(jar);
    return new CompiledJar(
        network(jar, read),
        read.sizes(),
        Optional.ofNullable(read.batch()),
        read.plan().threads(),
        read.multiplyAdds());
  }

  private static JarNetwork checked(Path jar) throws IOException {
    if (!VectorSupport.isPresent()) {
      throw new IllegalArgumentException(
          "%s holds kernels, which this JVM runs only with %s".formatted(jar, VectorSupport.FLAG));
    }
    JarNetwork read = JarReader.read(jar);
    if (read.lanes() > Lanes.best()) {
      throw new IllegalArgumentException(
          "%s was compiled for vectors of %d floats, expected at most the %d of this machine"
              .formatted(jar, read.lanes(), Lanes.best()));
    }
    return read;
  }

  private static Network network(Path jar, JarNetwork read) {
    Network network =
        new Network(
            read.inputs(),
            read.outputs(),
            read.batch(),
            (wanted, values) -> {
              if (!wanted.equals(read.sizes())) {
                throw new IllegalArgumentException(
                    "the inputs have the sizes %s, expected %s, for which %s was compiled"
                        .formatted(wanted, read.sizes(), jar));
              }
              return new Answer.Ready(read.plan());
            });
    network.planFor(read.sizes());
    return network;
  }
}
