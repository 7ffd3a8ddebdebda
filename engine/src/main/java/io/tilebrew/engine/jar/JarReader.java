package io.tilebrew.engine.jar;

import io.tilebrew.engine.codegen.KernelLoader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads jars of networks. */
public final class JarReader implements PlanReader.Source {
  private final Path path;
  private final ZipFile zip;

  private JarReader(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
  }

  /**
   * Reads the network in the jar {@code path}, which is closed again.
   *
   * @throws IOException if it cannot be read, is no such jar, or one of another version
   */
  public static JarNetwork read(Path path) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      return new JarReader(path, zip).read();
    } catch (ZipException e) {
      throw new IOException("%s is no sound jar: %s".formatted(path, e.getMessage()), e);
    } catch (EOFException | RuntimeException e) {
      throw new IOException("%s is damaged: %s".formatted(path, e), e);
    }
  }

  private JarNetwork read() throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(entry(Format.PLAN))));
    int magic = in.readInt();
    int version = in.readInt();
    if (magic != Format.MAGIC || version != Format.VERSION) {
      throw new IOException(
          "%s was compiled by another version of Tilebrew: its format is %d, expected %d; compile it again"
              .formatted(path, version, Format.VERSION));
    }
    return PlanReader.read(in, this);
  }

  private ZipEntry entry(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(
          "%s is no network that Tilebrew has compiled: there is no %s".formatted(path, name));
    }
    return entry;
  }

  private byte[] bytes(ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes();
      CRC32 crc = new CRC32();
      crc.update(bytes);
      check(entry, crc);
      return bytes;
    }
  }

  private void check(ZipEntry entry, CRC32 crc) throws IOException {
    if (crc.getValue() != entry.getCrc()) {
      throw new IOException(
          "%s is damaged: the checksum of %s is %08x, expected %08x"
              .formatted(path, entry.getName(), crc.getValue(), entry.getCrc()));
    }
  }

  @Override
  public KernelLoader classes(List<String> names) throws IOException {
    Map<String, byte[]> files = new ConcurrentHashMap<>();
    for (String name : names) {
      files.put(name, bytes(entry(Format.entry(name))));
    }
    return new Loader(files);
  }

  @Override
  public List<float[]> weights(List<Integer> lengths) throws IOException {
    ZipEntry entry = entry(Format.WEIGHTS);
    long floats = lengths.stream().mapToLong(Integer::longValue).sum();
    if (entry.getSize() != floats * Float.BYTES || entry.getMethod() != ZipEntry.STORED) {
      throw new IOException(
          "%s is damaged: %s has %d bytes, expected %d"
              .formatted(path, Format.WEIGHTS, entry.getSize(), floats * Float.BYTES));
    }
    List<float[]> weights = new ArrayList<>();
    CRC32 crc = new CRC32();
    byte[] bytes = new byte[Format.BLOCK * Float.BYTES];
    FloatBuffer block = Format.weights(bytes);
    try (InputStream in = zip.getInputStream(entry)) {
      for (int length : lengths) {
        float[] array = new float[length];
        for (int at = 0; at < length; at += Format.BLOCK) {
          int count = Math.min(Format.BLOCK, length - at);
          if (in.readNBytes(bytes, 0, count * Float.BYTES) < count * Float.BYTES) {
            throw new EOFException(Format.WEIGHTS);
          }
          crc.update(bytes, 0, count * Float.BYTES);
          block.get(0, array, at, count);
        }
        weights.add(array);
      }
    }
    check(entry, crc);
    return weights;
  }

  /** Defines a class when it is first asked for. */
  private static final class Loader extends KernelLoader {
    private final Map<String, byte[]> files;

    Loader(Map<String, byte[]> files) {
      super(Loader.class.getClassLoader());
      this.files = files;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = files.remove(name);
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return define(name, bytes);
    }
  }
}
