package io.tilebrew.bench;

import io.tilebrew.engine.problem.ConvProblem;
import io.tilebrew.graph.FmaPeak;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures single convolutions. */
@Command(
    name = "Layers",
    mixinStandardHelpOptions = true,
    description =
        "Measures convolutions, with literal sizes and with parameters, against FMA peak.")
final class Layers implements Callable<Integer> {
  /** Layers of ResNet, VGG, SqueezeNet, MobileNet (pointwise) and LeNet. */
  private static final List<String> DEFAULT =
      List.of(
          "n1 224x224x3 -> 64 k7 s2 p3 +relu",
          "n1 56x56x64 -> 64 k3 s1 p1 +relu",
          "n1 56x56x64 -> 256 k1 s1",
          "n1 56x56x256 -> 64 k1 s1 +relu",
          "n1 56x56x128 -> 128 k3 s2 p1 +relu",
          "n1 28x28x128 -> 128 k3 s1 p1 +relu",
          "n1 56x56x256 -> 512 k1 s2",
          "n1 14x14x256 -> 256 k3 s1 p1 +relu",
          "n1 14x14x1024 -> 256 k1 s1 +relu",
          "n1 7x7x512 -> 512 k3 s1 p1 +relu",
          "n1 7x7x512 -> 2048 k1 s1",
          "n1 224x224x3 -> 64 k3 s1 p1 +relu",
          "n1 224x224x64 -> 64 k3 s1 p1 +relu +max2",
          "n1 56x56x256 -> 256 k3 s1 p1 +relu",
          "n1 14x14x512 -> 512 k3 s1 p1 +relu",
          "n1 227x227x3 -> 96 k7 s2 +relu",
          "n1 56x56x96 -> 16 k1 s1 +relu",
          "n1 56x56x16 -> 64 k3 s1 p1 +relu",
          "n1 13x13x64 -> 256 k3 s1 p1 +relu",
          "n1 13x13x512 -> 1000 k1 s1 +relu",
          "n1 96x96x24 -> 48 k1 s1 +clip(0,6)",
          "n1 24x24x192 -> 192 k1 s1 +clip(0,6)",
          "n1 12x12x384 -> 384 k1 s1 +clip(0,6)",
          "n1 6x6x768 -> 768 k1 s1 +clip(0,6)",
          "n1 32x32x1 -> 6 k5 s1 +relu +max2",
          "n1 14x14x6 -> 16 k5 s1 +relu +max2",
          "n1 5x5x16 -> 120 k5 s1 +relu",
          "n16 1x1x120 -> 84 k1 s1 +relu");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PROBLEM",
      description = "Such as 'n1 56x56x64 -> 64 k3 s1 p1 +relu +max2'; by default a selection.")
  private List<String> problems = DEFAULT;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds = 15;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Seconds of warm-up for each kernel (${DEFAULT-VALUE}).")
  private int seconds = 2;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Layers()).execute(args));
  }

  @Override
  public Integer call() {
    List<ConvProblem> parsed = problems.stream().map(this::parse).toList();
    System.out.println(Machine.note(List.of()));
    parsed.forEach(this::measure);
    return 0;
  }

  private ConvProblem parse(String problem) {
    try {
      return ConvProblem.parse(problem);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void measure(ConvProblem problem) {
    ConvLayer layer = new ConvLayer(problem);
    FmaPeak peakLoop = new FmaPeak();
    List<Runnable> contestants = List.of(layer.literal(), layer.generic(), peakLoop);
    contestants.forEach(contestant -> Race.warmUp(contestant, Duration.ofSeconds(seconds)));
    List<Times> times = new Race(rounds).run(contestants);
    double peak = Report.gigaflops(peakLoop.multiplyAdds(), times.getLast().median());
    System.out.printf("%n%s%n", problem);
    System.out.print(
        new Report(problem.multiplyAdds(), peak)
            .add("literal", times.get(0))
            .add("generic", times.get(1)));
  }
}
