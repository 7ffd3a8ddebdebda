package io.tilebrew.bench;

import io.tilebrew.engine.tile.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the figures of a report depend on beside the code. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** One line: the processor, its vectors, the JDK, the peers. */
  static String note(List<Peer> peers) {
    return "%s, %d processors, %d lanes; %s %s%s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            Lanes.best(),
            System.getProperty("java.vm.name"),
            Runtime.version(),
            peers.stream()
                .map(peer -> "; %s %s".formatted(peer.name(), peer.version()))
                .collect(Collectors.joining()));
  }

  private static String processor() {
    String unknown = System.getProperty("os.arch", "unknown processor");
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(unknown);
    } catch (IOException e) {
      return unknown;
    }
  }
}
