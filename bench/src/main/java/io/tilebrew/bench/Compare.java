package io.tilebrew.bench;

import ai.onnxruntime.OrtException;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.FmaPeak;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures networks against ONNX Runtime, in turns in one process. */
@Command(
    name = "Compare",
    mixinStandardHelpOptions = true,
    description = "Measures networks against ONNX Runtime; the results must agree.")
final class Compare implements Callable<Integer> {
  private static final String FUSION = "epilogue-fusion";

  /** How long each side runs before the race. */
  private static final Duration RUNNING = Duration.ofSeconds(3);

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "An ONNX file, or 'lenet' for the one that comes with Tilebrew.")
  private List<String> models = List.of();

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds = 31;

  @Option(names = "--batch", paramLabel = "N", description = "Images a run (${DEFAULT-VALUE}).")
  private int batch = 1;

  @Option(
      names = "--size",
      paramLabel = "SYMBOL=N",
      description = "The size of an open dimension other than the batch.")
  private Map<String, Integer> sizes = Map.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of either side (${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(names = "--without", paramLabel = "PASS", description = "Leave a pass out.")
  private List<String> without = List.of();

  @Option(names = "--unfused", description = "Also run Tilebrew without " + FUSION + ".")
  private boolean unfused;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "The most seconds that the kernels may take to warm up (${DEFAULT-VALUE}).")
  private int seconds = 120;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Compare()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    System.out.println(Machine.note());
    int status = 0;
    for (String model : models) {
      try {
        compare(model);
      } catch (ModelException | IllegalArgumentException | IllegalStateException | OrtException e) {
        System.out.printf("%s: %s%n", model, e.getMessage());
        status = 1;
      }
    }
    return status;
  }

  private void compare(String name) throws IOException, OrtException {
    Path path = ModelFile.of(name);
    OnnxModel model = OnnxModel.read(path);
    Inputs inputs = Inputs.random(model, batch, sizes);
    CompileOptions options = CompileOptions.DEFAULT.withThreads(threads);
    for (String pass : without) {
      options = options.without(pass);
    }
    List<TilebrewRunner> tilebrew = new ArrayList<>();
    tilebrew.add(new TilebrewRunner(model, options, inputs));
    if (unfused) {
      tilebrew.add(new TilebrewRunner(model, options.without(FUSION), inputs));
    }
    try (OnnxRuntimeRunner peer =
        new OnnxRuntimeRunner(path, threads, inputs.tensors(), tilebrew.getFirst().outputs())) {
      requireAgreement(tilebrew, peer);
      System.out.printf("%n%s, batch %d%n", name, batch);
      measure(tilebrew, peer);
      requireAgreement(tilebrew, peer);
    }
  }

  private static void requireAgreement(List<TilebrewRunner> tilebrew, OnnxRuntimeRunner peer) {
    peer.run();
    for (TilebrewRunner ours : tilebrew) {
      ours.run();
      ours.outputs()
          .forEach((name, found) -> Agreement.require(name, found.floats(), peer.output(name)));
    }
  }

  private void measure(List<TilebrewRunner> tilebrew, OnnxRuntimeRunner peer) {
    Race race = new Race(rounds);
    FmaPeak peakLoop = new FmaPeak();
    List<Runnable> contestants = new ArrayList<>(List.of(peakLoop, peer));
    contestants.addAll(tilebrew);
    warmUp(tilebrew, contestants);
    List<Times> times = race.run(contestants);
    TilebrewRunner ours = tilebrew.getFirst();
    double peak = Report.gigaflops(peakLoop.multiplyAdds(), times.getFirst().minimum());
    Report report =
        new Report(ours.multiplyAdds(), peak)
            .add("Tilebrew", times.get(2))
            .add("ONNX Runtime", times.get(1));
    if (unfused) {
      report.add("unfused", times.get(3)).ratio("unfused / Tilebrew", times.get(3), times.get(2));
    }
    System.out.print(report.ratio("ONNX Runtime / Tilebrew", times.get(1), times.get(2)));
    System.out.printf(
        Locale.ROOT,
        "  FMA peak %.1f GFLOP/s, %.1f million multiply-adds, %d steps without kernel%n",
        peak,
        ours.multiplyAdds() / 1e6,
        ours.references());
  }

  private void warmUp(List<TilebrewRunner> tilebrew, List<Runnable> contestants) {
    Duration limit = Duration.ofSeconds(seconds);
    for (TilebrewRunner ours : tilebrew) {
      if (!ours.warmUp(limit)) {
        System.out.printf("  not all kernels have warmed up in %d seconds%n", seconds);
      }
    }
    Duration alone = limit.compareTo(RUNNING) < 0 ? limit : RUNNING;
    contestants.forEach(contestant -> Race.warmUp(contestant, alone));
  }
}
