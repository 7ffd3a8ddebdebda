import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks the format of every Java file of the tree, or writes it. */
class Format {
  private static final List<String> ROOTS = List.of("build", "engine", "graph", "models", "bench");

  public static void main(String[] args) throws Exception {
    boolean write = args.length == 1 && args[0].equals("write");
    List<String> command = new ArrayList<>();
    command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    for (String root : ROOTS) {
      Path sources = Path.of(root).resolve(root.equals("build") ? "" : "src");
      try (var files = Files.walk(sources)) {
        files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
      }
    }
    var out = new PrintWriter(System.out, true);
    var err = new PrintWriter(System.err, true);
    int status = new Main(out, err, System.in).format(command.toArray(String[]::new));
    out.flush();
    err.flush();
    if (status != 0 && !write) {
      System.err.println("The files above are not formatted; run: mvn -q -N verify -Dformat=write");
    }
    System.exit(status);
  }
}
