package io.tilebrew.models.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code tilebrew} command. */
@Command(
    name = "tilebrew",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Compiles and runs convolutional networks.")
final class Main implements Runnable {
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "Tilebrew " + Main.class.getModule().getDescriptor().rawVersion().orElse("")
      };
    }
  }
}
