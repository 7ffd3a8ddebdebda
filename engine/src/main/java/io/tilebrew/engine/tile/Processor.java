package io.tilebrew.engine.tile;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The processor, as far as kernels depend on its make. */
enum Processor {
  /**
   * Fetches the line of a store even if its mask turns out to be empty, and goes on meanwhile. The
   * weights of four vectors by 128 channels stay in the first level of the cache.
   */
  INTEL(true, false, 1, 128),

  /**
   * Any other. On those of AMD (Zen 5) an empty store waits for its line, steps of tens of
   * kilobytes make the processor fetch lines up to a megabyte further, and long streams of weights
   * from the second level of the cache cost less than sums that leave their registers.
   */
  OTHER(false, true, 2.5, 512);

  private final boolean prefetches;

  private final boolean fetchesFar;

  private final double passage;

  private final int depth;

  Processor(boolean prefetches, boolean fetchesFar, double passage, int depth) {
    this.prefetches = prefetches;
    this.fetchesFar = fetchesFar;
    this.passage = passage;
    this.depth = depth;
  }

  /** Whether an empty store prefetches. */
  boolean prefetches() {
    return prefetches;
  }

  /**
   * Whether places that are visited in equal steps had better be near each other, since the
   * processor goes on in its own: it would take lines from another one that writes there.
   */
  boolean fetchesFar() {
    return fetchesFar;
  }

  /**
   * How many times as long it takes to get what another thread has written as to read weights that
   * all threads read.
   */
  double passage() {
    return passage;
  }

  /** The most input channels to add up for some outputs before the next ones. */
  int depth() {
    return depth;
  }

  /** That of this machine; {@link #OTHER} if the system does not tell. */
  static Processor current() {
    return Current.PROCESSOR;
  }

  /** Asks the system once, and only where somebody wants to know. */
  private static final class Current {
    static final Processor PROCESSOR = vendor().contains("GenuineIntel") ? INTEL : OTHER;

    private static String vendor() {
      String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
      if (system.startsWith("windows")) {
        String identifier = System.getenv("PROCESSOR_IDENTIFIER");
        return identifier == null ? "" : identifier;
      }
      if (system.startsWith("mac")) {
        return System.getProperty("os.arch", "").equals("x86_64") ? "GenuineIntel" : "";
      }
      try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/cpuinfo"))) {
        return lines.lines().filter(line -> line.startsWith("vendor_id")).findFirst().orElse("");
      } catch (IOException e) {
        return "";
      }
    }
  }
}
