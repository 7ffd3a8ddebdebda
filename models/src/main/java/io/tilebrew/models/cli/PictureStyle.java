package io.tilebrew.models.cli;

import java.io.Console;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How a picture is shown in the terminal. */
enum PictureStyle {
  AUTO,
  TRUECOLOR,
  COLORS256,
  ASCII,
  NONE;

  /** This style, with {@link #AUTO} replaced by what the terminal can do. */
  @SuppressWarnings("SystemConsoleNull") // the specification allows null
  PictureStyle resolved() {
    if (this != AUTO) {
      return this;
    }
    Console console = System.console();
    boolean isTerminal = console != null && console.isTerminal();
    return detect(System.getenv(), isTerminal, System.out.charset());
  }

  /** The best style for a terminal that says of itself what stands in {@code environment}. */
  static PictureStyle detect(Map<String, String> environment, boolean isTerminal, Charset charset) {
    boolean noColor = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    if (!isTerminal || noColor || !charset.equals(StandardCharsets.UTF_8)) {
      return ASCII;
    }
    String colors = environment.getOrDefault("COLORTERM", "");
    if (colors.equals("truecolor") || colors.equals("24bit")) {
      return TRUECOLOR;
    }
    return environment.getOrDefault("TERM", "").contains("256color") ? COLORS256 : ASCII;
  }
}
