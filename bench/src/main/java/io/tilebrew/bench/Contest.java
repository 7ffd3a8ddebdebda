package io.tilebrew.bench;

import io.tilebrew.bench.Outcome.Standing;
import io.tilebrew.graph.CompileOptions;
import io.tilebrew.graph.FmaPeak;
import io.tilebrew.graph.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One network on Tilebrew and its peers, with the same inputs. All must give the same outputs,
 * before the race and after it.
 */
final class Contest implements AutoCloseable {
  private final String name;
  private final Settings settings;
  private final Map<String, TilebrewRunner> ours = new LinkedHashMap<>();
  private final Map<String, Contestant> theirs = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * How a network is run.
   *
   * @param batch the images of a run
   * @param sizes sizes of other open dimensions
   * @param threads the threads of each engine
   * @param variants the options of each form of Tilebrew, by name
   * @param limit the longest that kernels may take to warm up
   */
  record Settings(
      int batch,
      Map<String, Integer> sizes,
      int threads,
      Map<String, CompileOptions> variants,
      Duration limit) {}

  /**
   * Loads the network.
   *
   * @param name a path, or a name such as {@link ModelFile} knows
   */
  Contest(String name, Settings settings, List<Peer> peers) throws IOException {
    this.name = name;
    this.settings = settings;
    Path path = ModelFile.of(name);
    OnnxModel model = OnnxModel.read(path);
    Inputs inputs = Inputs.random(model, settings.batch, settings.sizes);
    settings.variants.forEach(
        (variant, options) ->
            ours.put(
                variant, new TilebrewRunner(model, options.withThreads(settings.threads), inputs)));
    Peer.Task task =
        new Peer.Task(
            path,
            model.graph(inputs.sizes()),
            inputs.tensors(),
            first().outputs(),
            settings.threads);
    for (Peer peer : peers) {
      try {
        theirs.put(peer.name(), peer.load(task));
      } catch (UnsupportedOperationException e) {
        notes.add("%s does not run it: %s".formatted(peer.name(), e.getMessage()));
      }
    }
  }

  private TilebrewRunner first() {
    return ours.values().iterator().next();
  }

  /** What a reader of the times should know, a sentence each. */
  List<String> notes() {
    return notes;
  }

  /**
   * Warms all up and lets them race.
   *
   * @throws IllegalStateException if their outputs differ
   */
  Outcome run(Race race) {
    FmaPeak peakLoop = new FmaPeak();
    requireAgreement();
    warmUp(peakLoop);
    Map<String, Runnable> contestants = new LinkedHashMap<>(ours);
    contestants.putAll(theirs);
    List<Runnable> all = new ArrayList<>(contestants.values());
    all.add(peakLoop);
    boolean sharesSteps = settings.threads > 1 && RoundTrip.isPossible();
    double before = sharesSteps ? RoundTrip.nanos() : 0;
    List<Times> times = race.run(all);
    if (sharesSteps) {
      notes.add(
          "a word to another thread and its answer take %s before the race and %s after it"
              .formatted(Times.text(before), Times.text(RoundTrip.nanos())));
    }
    requireAgreement();
    List<Standing> standings = new ArrayList<>();
    for (String engine : contestants.keySet()) {
      standings.add(new Standing(engine, times.get(standings.size())));
    }
    return new Outcome(
        name,
        settings.batch,
        settings.threads,
        first().multiplyAdds(),
        Report.gigaflops(peakLoop.multiplyAdds(), times.getLast().minimum()) * settings.threads,
        first().references(),
        standings);
  }

  private void requireAgreement() {
    ours.values().forEach(Contestant::run);
    theirs.forEach(
        (engine, peer) -> {
          peer.run();
          ours.values().forEach(runner -> requireAgreement(runner, engine, peer));
        });
  }

  private static void requireAgreement(TilebrewRunner runner, String engine, Contestant peer) {
    for (String output : runner.outputs().keySet()) {
      Agreement.require(output, runner.output(output), engine, peer.output(output));
    }
  }

  private void warmUp(FmaPeak peakLoop) {
    for (TilebrewRunner runner : ours.values()) {
      if (!runner.warmUp(settings.limit)) {
        notes.add(
            "not all kernels have warmed up in %d seconds".formatted(settings.limit.toSeconds()));
      }
    }
    ours.values().forEach(runner -> Race.settle(runner, settings.limit));
    theirs.values().forEach(peer -> Race.settle(peer, settings.limit));
    Race.settle(peakLoop, settings.limit);
  }

  @Override
  public void close() {
    theirs.values().forEach(Contestant::close);
  }
}
