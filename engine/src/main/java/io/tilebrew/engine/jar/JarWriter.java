package io.tilebrew.engine.jar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes jars of networks. The same network makes the same bytes. */
public final class JarWriter {
  /** The time of all entries: the first that the format has. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private JarWriter() {}

  /**
   * Writes {@code network}.
   *
   * @param kernels what its kernels are made by, which has no other ones
   * @throws IOException if {@code out} does
   */
  public static void write(JarNetwork network, JarKernels kernels, OutputStream out)
      throws IOException {
    PlanWriter.Written plan = PlanWriter.write(network, kernels);
    ZipOutputStream zip = new ZipOutputStream(out);
    add(zip, Format.MANIFEST, "Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> file : kernels.files().entrySet()) {
      add(zip, Format.entry(file.getKey()), file.getValue());
    }
    add(zip, Format.PLAN, plan.bytes());
    add(zip, plan.weights());
    zip.finish();
  }

  private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    zip.putNextEntry(entry(name));
    zip.write(bytes);
    zip.closeEntry();
  }

  private static void add(ZipOutputStream zip, List<float[]> weights) throws IOException {
    CRC32 crc = new CRC32();
    each(weights, (bytes, count) -> crc.update(bytes, 0, count));
    ZipEntry entry = entry(Format.WEIGHTS);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(weights.stream().mapToLong(array -> (long) Float.BYTES * array.length).sum());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    each(weights, (bytes, count) -> zip.write(bytes, 0, count));
    zip.closeEntry();
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    return entry;
  }

  /** Takes the first bytes of an array. */
  private interface Bytes {
    void accept(byte[] bytes, int count) throws IOException;
  }

  private static void each(List<float[]> weights, Bytes to) throws IOException {
    byte[] bytes = new byte[Format.BLOCK * Float.BYTES];
    FloatBuffer block = Format.weights(bytes);
    for (float[] array : weights) {
      for (int at = 0; at < array.length; at += Format.BLOCK) {
        int count = Math.min(Format.BLOCK, array.length - at);
        block.put(0, array, at, count);
        to.accept(bytes, count * Float.BYTES);
      }
    }
  }
}
