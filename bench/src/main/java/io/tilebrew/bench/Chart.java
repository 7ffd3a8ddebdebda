package io.tilebrew.bench;

import io.tilebrew.bench.Outcome.Standing;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The speed of each engine on each network as bars, that of Tilebrew being 1. */
final class Chart {
  private static final Color[] COLORS = {
    new Color(0x2E7D32), new Color(0x9E9E9E), new Color(0xE6862B), new Color(0x4A6FA5)
  };

  private Chart() {}

  /** Draws {@code outcomes} into a PNG file. */
  static void write(Path file, List<Outcome> outcomes) throws IOException {
    BitmapEncoder.saveBitmap(draw(outcomes), file.toString(), BitmapFormat.PNG);
  }

  /** The chart; an engine that does not run a network has no bar there. */
  static CategoryChart draw(List<Outcome> outcomes) {
    Outcome any = outcomes.getFirst();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(700, 150 * outcomes.size()))
            .height(500)
            .title(
                "Speed, Tilebrew = 1 (batch %d, %d thread%s, medians); higher is faster"
                    .formatted(any.batch(), any.threads(), any.threads() == 1 ? "" : "s"))
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisMax(1.05 * fastest(outcomes));
    List<String> networks = outcomes.stream().map(Outcome::network).toList();
    for (String engine : engines(outcomes)) {
      List<@Nullable Double> speeds = new ArrayList<>();
      outcomes.forEach(outcome -> speeds.add(speed(outcome, engine)));
      chart.addSeries(engine, networks, speeds);
    }
    return chart;
  }

  private static List<String> engines(List<Outcome> outcomes) {
    return outcomes.stream()
        .flatMap(outcome -> outcome.standings().stream())
        .map(Standing::engine)
        .distinct()
        .toList();
  }

  private static @Nullable Double speed(Outcome outcome, String engine) {
    return outcome.standings().stream()
        .filter(standing -> standing.engine().equals(engine))
        .map(standing -> 1 / outcome.ratio(standing))
        .findFirst()
        .orElse(null);
  }

  private static double fastest(List<Outcome> outcomes) {
    return outcomes.stream()
        .flatMapToDouble(o -> o.standings().stream().mapToDouble(s -> 1 / o.ratio(s)))
        .max()
        .orElseThrow();
  }

  private static void style(CategoryStyler styler) {
    styler
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setSeriesColors(COLORS)
        .setChartBackgroundColor(Color.WHITE);
    styler.setYAxisMin(0.0).setPlotGridVerticalLinesVisible(false);
    styler.setLabelsVisible(true).setLabelsPosition(0.5).setAvailableSpaceFill(0.85);
    styler.setLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    styler.setLocale(Locale.ROOT).setPlotContentSize(1).setDecimalPattern("0.00");
  }
}
