package io.tilebrew.models.cli;

import io.tilebrew.graph.CompileOptions.Kernels;
import io.tilebrew.models.cli.CaseRunner.Result;
import io.tilebrew.models.cli.CaseRunner.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares networks with what their test data say. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Runs test cases and compares the outputs with the expected ones.",
      "A case is a folder with model.onnx and folders test_data_set_N of input_N.pb and"
          + " output_N.pb, as in the ONNX backend suite. The n-th input file is for the n-th input"
          + " of the model, unless all files carry the names of the inputs."
    },
    footer = {
      "",
      "Prints a line for each case that does not pass, and the counts.",
      "",
      "Examples:",
      "  tilebrew verify --scale max --rtol 1e-4 --atol 1e-5 models/squeezenet",
      "  tilebrew verify --list names.txt --json results.json onnx/backend/test/data/node"
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A case, or a folder with cases up to two levels below.")
  private List<Path> paths = List.of();

  @Option(
      names = "--rtol",
      paramLabel = "R",
      defaultValue = "1e-3",
      description = "The relative tolerance (default: ${DEFAULT-VALUE}).")
  private double rtol;

  @Option(
      names = "--atol",
      paramLabel = "A",
      defaultValue = "1e-5",
      description = "The absolute tolerance (default: ${DEFAULT-VALUE}).")
  private double atol;

  @Option(
      names = "--scale",
      paramLabel = "S",
      defaultValue = "element",
      description = {
        "element: |found - expected| <= A + R * |expected| for each element (default);",
        "max: ... <= A + R * the largest |expected| of the tensor."
      })
  private Tolerance.Scale scale = Tolerance.Scale.ELEMENT;

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description =
          "Run only the cases named in FILE, one a line; a name that is not found has failed.")
  private @Nullable Path list;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write an array of {case, status, message, maxError} to FILE.")
  private @Nullable Path json;

  @Mixin private KernelOptions kernels = new KernelOptions();

  @Override
  public Integer call() throws IOException {
    if (!(rtol >= 0 && atol >= 0)) {
      throw new ParameterException(spec.commandLine(), "a tolerance is below 0");
    }
    CaseRunner runner =
        new CaseRunner(kernels.compileOptions(Kernels.LITERAL), new Tolerance(rtol, atol, scale));
    Set<CaseFolder> cases = new LinkedHashSet<>();
    for (Path path : paths) {
      cases.addAll(CaseFolder.below(path));
    }
    Set<String> listed = list == null ? Set.of() : names(list);
    Set<String> missing = new LinkedHashSet<>(listed);
    List<Result> results = new ArrayList<>();
    for (CaseFolder folder : cases) {
      if (list == null || listed.contains(folder.name())) {
        missing.remove(folder.name());
        results.add(shown(runner.run(folder)));
      }
    }
    for (String name : missing) {
      results.add(shown(new Result(name, Status.FAILED, "there is no such case", Double.NaN)));
    }
    if (json != null) {
      JsonReport.write(results, json);
    }
    return summary(results);
  }

  private static Set<String> names(Path list) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    Files.readString(list).lines().map(String::strip).filter(s -> !s.isEmpty()).forEach(names::add);
    return names;
  }

  private Result shown(Result result) {
    if (result.status() != Status.PASSED) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf("%s %s: %s%n", result.status(), Faults.printable(result.name()), result.message());
      out.flush();
    }
    return result;
  }

  private int summary(List<Result> results) {
    long passed = count(results, Status.PASSED);
    long failed = count(results, Status.FAILED);
    long unsupported = count(results, Status.UNSUPPORTED);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%d passed, %d failed, %d unsupported%n", passed, failed, unsupported);
    out.flush();
    return failed + unsupported == 0 ? 0 : Faults.FAILURE;
  }

  private static long count(List<Result> results, Status status) {
    return results.stream().filter(result -> result.status() == status).count();
  }
}
