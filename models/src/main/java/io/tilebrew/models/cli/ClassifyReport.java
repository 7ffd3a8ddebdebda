package io.tilebrew.models.cli;

import io.tilebrew.models.Lenet;
import io.tilebrew.models.cli.Classifier.Answer;
import io.tilebrew.models.image.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints images beside their most probable classes. */
final class ClassifyReport {
  private final Classifier classifier;
  private final int top;
  private final PictureStyle style;
  private final PrintWriter out;

  ClassifyReport(Classifier classifier, int top, PictureStyle style, PrintWriter out) {
    this.classifier = classifier;
    this.top = top;
    this.style = style;
    this.out = out;
  }

  /** Classifies the image in {@code file}. */
  void print(Path file) throws IOException {
    print(Images.read(file), file.toString());
  }

  /** Classifies a bundled digit. */
  void printDigit(int digit) {
    print(Lenet.digit(digit), "digit-" + digit + ".png");
  }

  private void print(BufferedImage image, String name) {
    List<String> text = new ArrayList<>();
    text.add(Faults.printable(name));
    for (Answer answer : classifier.classify(image, top)) {
      text.add(
          String.format(Locale.ROOT, "%8.2f %%  %s", 100 * answer.probability(), answer.label()));
    }
    TerminalPicture picture = TerminalPicture.of(image, style);
    List<String> lines = picture.lines();
    int first = Math.max(0, (lines.size() - text.size()) / 2);
    for (int i = 0; i < Math.max(lines.size(), first + text.size()); i++) {
      boolean beside = i >= first && i < first + text.size();
      String left = i < lines.size() ? lines.get(i) : " ".repeat(picture.width());
      String gap = lines.isEmpty() ? "" : "  ";
      out.println((left + gap + (beside ? text.get(i - first) : "")).stripTrailing());
    }
    if (!lines.isEmpty()) {
      out.println();
    }
    out.flush();
  }
}
