package io.tilebrew.bench;

import io.tilebrew.bench.Outcome.Standing;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures networks against other engines, in turns in one process. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Measures networks against other engines; the results must agree.",
      "All engines run in one process and take turns, so that whatever disturbs the machine"
          + " disturbs them alike."
    })
final class Compare implements Callable<Integer> {
  private static final String FUSION = "epilogue-fusion";

  /** What is compared if nothing is asked for. */
  private static final List<String> USUAL =
      List.of(
          "lenet5",
          "vgg16",
          "resnet18",
          "googlenet",
          "squeezenet1_1",
          "alexnet",
          "resnet50",
          "nin",
          "mobilenet_v2");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "NETWORK",
      description =
          "A network of the zoo, an ONNX file, 'lenet' for the trained one that comes with"
              + " Tilebrew, or a layer such as 'n1 14x14x6 -> 16 k5 s1 +relu' (default: nine of the"
              + " zoo).")
  private List<String> networks = USUAL;

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
      description = "Threads of each engine (${DEFAULT-VALUE}).")
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

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Also write the results to this folder: a table, JSON and a chart.")
  private @Nullable Path output;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Compare()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Contest.Settings settings = settings();
    Race race = new Race(rounds);
    List<Peer> peers = Peer.all();
    String machine = Machine.note(peers);
    System.out.println(machine);
    List<Outcome> outcomes = new ArrayList<>();
    for (String network : networks) {
      try {
        outcomes.add(compare(network, settings, race, peers));
      } catch (ModelException | IllegalArgumentException | IllegalStateException e) {
        System.out.printf("%s: %s%n", network, e.getMessage());
      }
    }
    if (output != null && !outcomes.isEmpty()) {
      List<Path> files = Results.write(output, machine, outcomes);
      System.out.printf("%nwritten: %s%n", files);
    }
    return outcomes.size() == networks.size() ? 0 : 1;
  }

  private Contest.Settings settings() {
    try {
      CompileOptions options = CompileOptions.DEFAULT.withThreads(threads);
      for (String pass : without) {
        options = options.without(pass);
      }
      Map<String, CompileOptions> variants = new LinkedHashMap<>();
      variants.put(Outcome.OURS, options);
      if (unfused) {
        variants.put("unfused", options.without(FUSION));
      }
      return new Contest.Settings(batch, sizes, threads, variants, Duration.ofSeconds(seconds));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static Outcome compare(
      String network, Contest.Settings settings, Race race, List<Peer> peers) throws IOException {
    try (Contest contest = new Contest(network, settings, peers)) {
      Outcome outcome = contest.run(race);
      System.out.print(text(outcome));
      contest.notes().forEach(note -> System.out.printf("  %s%n", note));
      return outcome;
    }
  }

  private static String text(Outcome outcome) {
    Report report = new Report(outcome.multiplyAdds(), outcome.peak());
    for (Standing standing : outcome.standings()) {
      report.add(standing.engine(), standing.times());
    }
    for (Standing other : outcome.standings().subList(1, outcome.standings().size())) {
      report.ratio(
          "%s / %s".formatted(other.engine(), Outcome.OURS),
          outcome.ratio(other),
          outcome.ratioOfMinima(other));
    }
    return String.format(
        Locale.ROOT,
        "%n%s, batch %d, threads %d%n%s  FMA peak %.1f GFLOP/s, %.1f million multiply-adds, %d"
            + " steps without kernel%n",
        outcome.network(),
        outcome.batch(),
        outcome.threads(),
        report,
        outcome.peak(),
        outcome.multiplyAdds() / 1e6,
        outcome.references());
  }
}
