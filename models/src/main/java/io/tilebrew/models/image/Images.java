package io.tilebrew.models.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads image files: PNG, JPEG, GIF, BMP and TIFF.
 *
 * <p>The size is checked before anything is decoded, and a photograph is turned upright as its EXIF
 * data say.
 */
public final class Images {
  /** The most pixels that an image may have. */
  public static final long MAX_PIXELS = 100_000_000;

  private Images() {}

  /**
   * Reads the image in {@code file}.
   *
   * @throws IOException if it cannot be read, is no image or has over {@value #MAX_PIXELS} pixels
   */
  public static BufferedImage read(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return read(stream, file.toString());
    }
  }

  /**
   * Reads an image from a stream, such as a resource of a jar.
   *
   * @param name what messages call it
   * @throws IOException if it cannot be read, is no image or has over {@value #MAX_PIXELS} pixels
   */
  public static BufferedImage read(InputStream stream, String name) throws IOException {
    try (ImageInputStream input = new MemoryCacheImageInputStream(stream)) {
      Orientation orientation = Orientation.of(input);
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new IOException("%s is no PNG, JPEG, GIF, BMP or TIFF image".formatted(name));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input);
        return orientation.upright(decode(reader, name));
      } catch (RuntimeException | IIOException e) {
        // The readers of the JDK throw all kinds of exceptions on broken files.
        throw new IOException("%s is a broken image: %s".formatted(name, e.getMessage()), e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage decode(ImageReader reader, String name) throws IOException {
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    if (pixels > MAX_PIXELS) {
      throw new IOException(
          "%s has %d pixels, expected at most %d".formatted(name, pixels, MAX_PIXELS));
    }
    return reader.read(0);
  }
}
