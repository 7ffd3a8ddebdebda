package io.tilebrew.models.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code tilebrew} command. */
@Command(
    name = "tilebrew",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Runs trained convolutional networks (ONNX files) in pure Java.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Start with:  tilebrew classify",
      "More on a command:  tilebrew help COMMAND",
      "",
      "The exit code is 0 for success, 1 for a failure, 2 for a wrong command line."
    })
final class Main implements Runnable {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("bench", BenchCommand.class);
    COMMANDS.put("classify", ClassifyCommand.class);
    COMMANDS.put("compile", CompileCommand.class);
    COMMANDS.put("draw", DrawCommand.class);
    COMMANDS.put("explain", ExplainCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("tune", TuneCommand.class);
    COMMANDS.put("verify", VerifyCommand.class);
    COMMANDS.put("zoo", ZooCommand.class);
    COMMANDS.put("optimize", OptimizeCommand.class);
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    CommandLine command = command(args);
    command.setOut(new PrintWriter(System.out, true, System.out.charset()));
    command.setErr(new PrintWriter(System.err, true, System.err.charset()));
    System.exit(execute(command, args));
  }

  /**
   * The command for arguments: with the one subcommand that they begin with, since each takes its
   * time to be set up, or else with all.
   */
  static CommandLine command(String... args) {
    CommandLine command = new CommandLine(new Main());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (named == null) {
      COMMANDS.forEach(command::addSubcommand);
      command.addSubcommand("help", HelpCommand.class);
    } else {
      command.addSubcommand(args[0], named);
    }
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, failed, parsed) -> Faults.report(e, failed.getErr()))
        .setParameterExceptionHandler(Main::usage);
  }

  /** Runs the command line and returns the exit code. */
  static int execute(CommandLine command, String... args) {
    try {
      return command.execute(args);
    } catch (OutOfMemoryError e) {
      command
          .getErr()
          .println(
              "tilebrew: the memory of the JVM is exhausted; TILEBREW_JAVA_OPTS=-Xmx8g gives it"
                  + " 8 GB");
      return Faults.FAILURE;
    }
  }

  private static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("tilebrew: " + Faults.printable(String.valueOf(e.getMessage())));
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      command.getErr().println("Try '" + name + " --help'.");
    }
    return Faults.USAGE;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new ParameterException(spec.commandLine(), "a command is missing");
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
