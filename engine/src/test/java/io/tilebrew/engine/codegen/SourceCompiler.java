package io.tilebrew.engine.codegen;

import io.tilebrew.engine.kernel.Kernel;
import io.tilebrew.engine.kernel.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the source of programs, in memory, to kernels. */
public final class SourceCompiler {
  private static final String PACKAGE = SourceCompiler.class.getPackageName();

  private SourceCompiler() {}

  /** The kernels of {@code programs}. */
  public static List<Kernel> compile(List<Program> programs) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < programs.size(); i++) {
      String name = "Kernel%03d".formatted(i);
      sources.add(new Source(name, SourceWriter.write(PACKAGE + "." + name, programs.get(i))));
    }
    try {
      List<Kernel> kernels = new ArrayList<>();
      for (ByteArrayOutputStream bytes : classes(sources)) {
        Class<?> type =
            MethodHandles.lookup().defineHiddenClass(bytes.toByteArray(), true).lookupClass();
        kernels.add((Kernel) type.getConstructor().newInstance());
      }
      return kernels;
    } catch (IOException | URISyntaxException | ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** The class files, in the order of their names. */
  private static Collection<ByteArrayOutputStream> classes(List<Source> sources)
      throws IOException, URISyntaxException {
    Path engine = Path.of(Kernel.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> options =
        List.of("-proc:none", "-cp", engine.toString(), "--add-modules", "jdk.incubator.vector");
    StringWriter messages = new StringWriter();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (Classes classes = new Classes(compiler.getStandardFileManager(null, null, null))) {
      if (!compiler.getTask(messages, classes, null, options, null, sources).call()) {
        throw new AssertionError(messages + "\n" + sources);
      }
      return classes.byName.values();
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///%s.java".formatted(name)), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Keeps the class files, in the order of their names. */
  private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> byName = new TreeMap<>();

    Classes(JavaFileManager manager) {
      super(manager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("bytes:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          byName.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
