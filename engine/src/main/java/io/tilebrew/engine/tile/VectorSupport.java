package io.tilebrew.engine.tile;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether this JVM has the Vector API, which kernels are made of. On the module path it always has;
 * on the class path it must be asked for.
 */
public final class VectorSupport {
  /** The option of the JVM that adds the Vector API. */
  public static final String FLAG = "--add-modules jdk.incubator.vector";

  private static final boolean PRESENT =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private VectorSupport() {}

  /** Whether kernels can run; without, no class that refers to the Vector API may be touched. */
  public static boolean isPresent() {
    return PRESENT;
  }

  /** Warns, once in the life of the JVM, that references run instead of kernels. */
  public static void warn() {
    if (!WARNED.getAndSet(true)) {
      System.getLogger("io.tilebrew")
          .log(
              Level.WARNING,
              "networks run many times slower without the Vector API; start the JVM with " + FLAG);
    }
  }
}
