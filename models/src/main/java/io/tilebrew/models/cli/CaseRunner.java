package io.tilebrew.models.cli;

import io.tilebrew.engine.Network;
import io.tilebrew.engine.Port;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.OnnxModel;
import io.tilebrew.graph.TensorFile;
import io.tilebrew.graph.Tilebrew;
import io.tilebrew.models.cli.Tolerance.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Runs test cases and compares their outputs. */
record CaseRunner(CompileOptions options, Tolerance tolerance) {
  /** How a case ended. */
  enum Status {
    PASSED,
    FAILED,
    UNSUPPORTED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The result of a case.
   *
   * @param message what is wrong, or ""
   * @param maxError the largest difference of any element, NaN if it is not known
   */
  record Result(String name, Status status, String message, double maxError) {}

  /** Runs all data sets of {@code folder}. Faults of Tilebrew are results, too. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  Result run(CaseFolder folder) {
    try {
      return compare(folder);
    } catch (ModelException e) {
      Status status = e.isUnsupported() ? Status.UNSUPPORTED : Status.FAILED;
      return new Result(folder.name(), status, String.valueOf(e.getMessage()), Double.NaN);
    } catch (IOException | RuntimeException | Error e) {
      String sentence = Faults.sentence(e);
      if (sentence == null) {
        e.printStackTrace();
      }
      String message = sentence == null ? "a fault of Tilebrew itself: " + e : sentence;
      return new Result(folder.name(), Status.FAILED, Faults.printable(message), Double.NaN);
    }
  }

  private Result compare(CaseFolder folder) throws IOException {
    Network network = Tilebrew.compile(OnnxModel.read(folder.model()), options);
    List<Path> dataSets = folder.dataSets();
    if (dataSets.isEmpty()) {
      return new Result(folder.name(), Status.FAILED, "there is no test_data_set_N", Double.NaN);
    }
    List<String> faults = new ArrayList<>();
    double maxError = 0;
    for (Path dataSet : dataSets) {
      Map<String, Tensor> expected = tensors(CaseFolder.outputs(dataSet), network.outputs());
      Map<String, Tensor> found =
          network.run(tensors(CaseFolder.inputs(dataSet), network.inputs()));
      for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
        String name = entry.getKey();
        Tensor actual = found.get(name);
        if (actual == null) {
          throw new AssertionError("no output " + name);
        }
        Comparison comparison = tolerance.compare(actual, entry.getValue());
        maxError = Math.max(maxError, comparison.maxError());
        if (!comparison.isEqual()) {
          faults.add(
              "%s: output '%s': %s".formatted(dataSet.getFileName(), name, comparison.message()));
        }
      }
    }
    Status status = faults.isEmpty() ? Status.PASSED : Status.FAILED;
    return new Result(folder.name(), status, Faults.printable(String.join("; ", faults)), maxError);
  }

  /** The tensors of {@code files} by port: by name where all names agree, else in order. */
  private static Map<String, Tensor> tensors(List<Path> files, List<Port> ports)
      throws IOException {
    if (files.size() != ports.size()) {
      throw new IllegalArgumentException(
          "there are %d files %s for %s"
              .formatted(files.size(), files.stream().map(Path::getFileName).toList(), ports));
    }
    List<TensorFile> tensors = files.stream().map(TensorFile::read).toList();
    Set<String> names = new HashSet<>();
    ports.forEach(port -> names.add(port.name()));
    boolean byName = names.equals(new HashSet<>(tensors.stream().map(TensorFile::name).toList()));
    Map<String, Tensor> byPort = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      TensorFile file = tensors.get(i);
      byPort.put(byName ? file.name() : ports.get(i).name(), file.tensor());
    }
    return byPort;
  }
}
