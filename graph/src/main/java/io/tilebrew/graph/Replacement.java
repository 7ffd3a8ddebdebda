package io.tilebrew.graph;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are written as a whole or not at all. */
final class Replacement {
  private static final int BUFFER = 1 << 16;

  private Replacement() {}

  /** What a file is to hold. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** What {@code path} links to. */
  static Path target(Path path) throws IOException {
    return Files.isSymbolicLink(path) && Files.exists(path) ? path.toRealPath() : path;
  }

  /** Puts {@code content} in the place of {@code path} once it is complete. */
  static void replace(Path path, Content content) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new FileSystemException(
          path.toString(), null, "cannot be written, there is no such folder");
    }
    boolean isDevice = Files.exists(path) && !Files.isRegularFile(path);
    Path part = isDevice ? path : path.resolveSibling(path.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), BUFFER)) {
        content.writeTo(out);
      }
      if (!isDevice) {
        Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      if (!isDevice) {
        Files.deleteIfExists(part);
      }
    }
  }
}
