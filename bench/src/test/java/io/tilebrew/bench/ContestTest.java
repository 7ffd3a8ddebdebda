package io.tilebrew.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.graph.CompileOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ContestTest {
  private static final Contest.Settings SETTINGS =
      new Contest.Settings(
          2, Map.of(), 2, Map.of(Outcome.OURS, CompileOptions.DEFAULT), Duration.ZERO);

  private static final Race RACE = new Race(1, Duration.ZERO);

  /** A peer whose results are {@code value}. */
  private record Constant(float value) implements Peer {
    @Override
    public String name() {
      return "constant";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public Contestant load(Task task) {
      if (value < 0) {
        throw new UnsupportedOperationException("no");
      }
      return new Contestant() {
        @Override
        public void run() {}

        @Override
        public float[] output(String name) {
          float[] result = Objects.requireNonNull(task.outputs().get(name)).floats().clone();
          result[0] += value;
          return result;
        }

        @Override
        public void close() {}
      };
    }
  }

  @Test
  void enginesRaceOnANetworkOfTheZoo() throws IOException {
    try (Contest contest = new Contest("lenet5", SETTINGS, Peer.all())) {
      Outcome outcome = contest.run(RACE);
      assertEquals(
          List.of("Tilebrew", "ONNX Runtime"),
          outcome.standings().stream().map(Outcome.Standing::engine).toList());
      assertEquals(2, outcome.batch());
      assertTrue(outcome.peak() > 0);
      assertEquals(
          RoundTrip.isPossible(),
          contest.notes().stream().anyMatch(note -> note.startsWith("a word to another thread")));
    }
  }

  @Test
  void peersThatCannotRunItAreNamed() throws IOException {
    try (Contest contest = new Contest("lenet5", SETTINGS, List.of(new Constant(-1)))) {
      assertEquals(List.of("constant does not run it: no"), contest.notes());
      assertEquals(1, contest.run(RACE).standings().size());
    }
  }

  @Test
  void otherResultsAreAFault() throws IOException {
    try (Contest contest = new Contest("lenet5", SETTINGS, List.of(new Constant(1)))) {
      Throwable fault = assertThrows(IllegalStateException.class, () -> contest.run(RACE));
      assertTrue(String.valueOf(fault.getMessage()).contains("constant has"), fault::toString);
    }
  }
}
