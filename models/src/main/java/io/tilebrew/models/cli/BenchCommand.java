package io.tilebrew.models.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tilebrew.engine.CompiledJar;
import io.tilebrew.engine.Network;
import io.tilebrew.engine.Settling;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.graph.Work;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how fast a network runs. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Measures how fast a network runs on random inputs, once its kernels are warm.",
      "The peak is what a loop of fused multiply-adds on registers reaches in the same run, for as"
          + " many cores as there are threads. The time to the first result counts from the start"
          + " of the JVM; a network of the zoo is made in that time."
    },
    footer = {
      "",
      "Examples:",
      "  tilebrew bench model.onnx",
      "  tilebrew bench --batch 16 --threads 4 --json - model.onnx",
      "  tilebrew bench model.jar",
      "  tilebrew bench --without epilogue-fusion resnet50"
    })
final class BenchCommand implements Callable<Integer> {
  private static final Duration SETTLING = Duration.ofMillis(500);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = Subject.LABEL,
      description = {Subject.DESCRIPTION, "Or a jar that 'tilebrew compile' has written."})
  private String name = "";

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long is measured (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "120",
      description =
          "The most seconds that kernels may take to warm up (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = {
        "Write median_ms, p99_ms, images_per_s, gflops, percent_of_peak and first_ms to FILE, or to"
            + " the output for -."
      })
  private @Nullable String json;

  @Mixin private SizeOptions sizes = new SizeOptions();
  @Mixin private KernelOptions kernels = new KernelOptions();

  /**
   * What is measured.
   *
   * @param sizes a size for each symbol of its inputs
   * @param multiplyAdds the multiply-adds of a run, which take a moment to find
   */
  private record Runner(
      Network network, Map<String, Integer> sizes, int threads, LongSupplier multiplyAdds) {}

  /**
   * What was measured.
   *
   * @param peak GFLOP/s of all threads
   */
  private record Result(
      Stopwatch times, int images, long multiplyAdds, double peak, double firstMillis) {
    double imagesPerSecond() {
      return images * 1e9 / times.median();
    }

    double gigaflops() {
      return 2.0 * multiplyAdds / times.median();
    }

    double percentOfPeak() {
      return 100 * gigaflops() / peak;
    }
  }

  @Override
  public Integer call() throws IOException {
    if (seconds < 1 || warmUp < 0) {
      throw new ParameterException(
          spec.commandLine(), "a time is too short, expected 1 second or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    Result result = measure(Subject.isJar(name) ? compiled() : compile());
    if (json != null) {
      JsonTarget.write(json, out, generator -> write(result, generator));
    }
    if (json == null || !json.equals("-")) {
      print(result, out);
    }
    out.flush();
    return 0;
  }

  private Runner compile() throws IOException {
    CompileOptions options = kernels.compileOptions(Kernels.ON_WARM_UP);
    OnnxModel model = Subject.model(name);
    Map<String, Integer> chosen = sizes.choose(model);
    return new Runner(
        Tilebrew.compile(model, options),
        chosen,
        options.threads(),
        () -> Work.of(model.graph(chosen)));
  }

  private Runner compiled() throws IOException {
    kernels.refuse(name);
    CompiledJar jar = CompiledJar.read(Path.of(name));
    Map<String, Integer> chosen = sizes.choose(jar);
    int images = jar.batch().map(chosen::get).orElse(1);
    return new Runner(jar.network(), chosen, jar.threads(), () -> images * jar.multiplyAdds());
  }

  private Result measure(Runner runner) {
    Network network = runner.network;
    Map<String, Tensor> inputs = RandomInputs.of(network.inputs(), runner.sizes);
    Map<String, Tensor> outputs = network.run(inputs);
    long first = System.currentTimeMillis();
    if (!network.warmUp(Duration.ofSeconds(warmUp))) {
      spec.commandLine()
          .getErr()
          .printf("note: not all kernels have warmed up in %d seconds%n", warmUp);
    }
    Tensor[] in = inputs.values().toArray(Tensor[]::new);
    Tensor[] out = outputs.values().toArray(Tensor[]::new);
    Runnable run = () -> network.run(in, out);
    settle(run);
    Stopwatch times = Stopwatch.measure(run, Duration.ofSeconds(seconds));
    return new Result(
        times,
        in.length == 0 ? 1 : images(in[0]),
        runner.multiplyAdds.getAsLong(),
        2 * times.peak() * runner.threads,
        first - (double) ManagementFactory.getRuntimeMXBean().getStartTime());
  }

  /** Runs until that no longer becomes faster, but no longer than the kernels may warm up. */
  private void settle(Runnable run) {
    long end = System.nanoTime() + Duration.ofSeconds(warmUp).toNanos();
    Settling.run(2, end, () -> Stopwatch.measure(run, SETTLING).median());
  }

  /** The leading dimension of a tensor of several. */
  private static int images(Tensor tensor) {
    return tensor.shape().rank() < 2 ? 1 : tensor.shape().dim(0);
  }

  private void print(Result result, PrintWriter out) {
    out.printf("%s%n", Faults.printable(name));
    out.printf(
        Locale.ROOT,
        "  median        %.3f ms over %,d runs of %d images, 99 %% within %.3f ms%n",
        result.times.median() / 1e6,
        result.times.nanos().length,
        result.images,
        result.times.p99() / 1e6);
    out.printf(Locale.ROOT, "  throughput    %,.1f images/s%n", result.imagesPerSecond());
    out.printf(
        Locale.ROOT,
        "  convolutions  %.1f GFLOP/s, %.1f %% of the peak of %.1f GFLOP/s%n",
        result.gigaflops(),
        result.percentOfPeak(),
        result.peak);
    out.printf(Locale.ROOT, "  first result  %.0f ms after the start%n", result.firstMillis);
  }

  private static void write(Result result, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("median_ms", result.times.median() / 1e6);
    json.writeNumberField("p99_ms", result.times.p99() / 1e6);
    json.writeNumberField("images_per_s", result.imagesPerSecond());
    json.writeNumberField("gflops", result.gigaflops());
    json.writeNumberField("percent_of_peak", result.percentOfPeak());
    json.writeNumberField("first_ms", result.firstMillis);
    json.writeEndObject();
  }
}
