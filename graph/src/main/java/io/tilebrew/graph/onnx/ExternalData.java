package io.tilebrew.graph.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a model that hold its tensors. Nothing outside of the model's folder can be
 * reached: the path is plain and relative, leads through no symbolic link, and ends at a regular
 * file that has no second name elsewhere.
 */
final class ExternalData {
  private ExternalData() {}

  /**
   * The bytes that {@code entries} of a tensor point to.
   *
   * @param folder the canonical folder of the model, or null if it has none
   * @param entries location, offset and length, as the file gives them
   * @param bytes how many bytes the tensor has
   * @throws IllegalArgumentException if they are not there or must not be read
   */
  static TensorData locate(@Nullable Path folder, Map<String, String> entries, long bytes) {
    String location = entries.getOrDefault("location", "");
    if (folder == null) {
      throw new IllegalArgumentException(
          "has external data in '%s', but the model is not read from a folder".formatted(location));
    }
    Path file = confined(folder, location);
    long offset = number(entries, "offset", 0);
    long length = number(entries, "length", bytes);
    Check.that(length == bytes, "has %d bytes of external data, expected %d", length, bytes);
    try {
      long size = Files.size(file);
      Check.that(
          size >= bytes && offset <= size - bytes,
          "external data '%s' has %d bytes, expected %d from offset %d",
          location,
          size,
          bytes,
          offset);
    } catch (IOException e) {
      throw unreadable(location, e);
    }
    return new TensorData.External(file, offset, length);
  }

  private static long number(Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    Check.that(
        text.matches("[0-9]{1,18}"), "external data has %s '%s', expected a number", key, text);
    return Long.parseLong(text);
  }

  private static Path confined(Path folder, String location) {
    boolean plain =
        !location.isEmpty()
            && location.indexOf('\0') < 0
            && location.indexOf('\\') < 0
            && location.indexOf(':') < 0
            && !location.startsWith("/");
    for (String part : location.split("/", -1)) {
      plain &= !part.isEmpty() && !part.equals("..");
    }
    Check.that(
        plain,
        "external data is in '%s', expected the plain name of a file in the model's folder",
        location);
    try {
      Path file = folder;
      for (String part : location.split("/", -1)) {
        file = part.equals(".") ? file : file.resolve(part);
        Check.that(
            !Files.isSymbolicLink(file), "external data '%s' is behind a symbolic link", location);
      }
      Check.that(
          Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS),
          "external data '%s' is no regular file in the model's folder",
          location);
      Check.that(
          file.toRealPath().startsWith(folder),
          "external data '%s' is outside of the model's folder",
          location);
      Check.that(links(file) == 1, "external data '%s' has more than one hard link", location);
      return file;
    } catch (InvalidPathException | IOException e) {
      throw unreadable(location, e);
    }
  }

  private static int links(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return 1;
    }
    Object links = Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    return links instanceof Integer count ? count : 1;
  }

  private static IllegalArgumentException unreadable(String location, Exception cause) {
    return new IllegalArgumentException(
        "external data '%s' cannot be read: %s".formatted(location, cause), cause);
  }
}
