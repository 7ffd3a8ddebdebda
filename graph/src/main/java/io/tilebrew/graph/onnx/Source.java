package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one protobuf file, mapped or in an array, and the limits on what may be made of
 * them.
 */
public final class Source {
  private static final long MAX_BYTES = 1L << 31;
  private static final int MAX_NODES = 100_000;
  private static final long MAX_STRUCTURE = 256L << 20;
  private static final int TEXT_COST = 64;
  private static final int MESSAGE_COST = 256;

  private final MemorySegment bytes;
  private final @Nullable Path folder;
  private long structureLeft = MAX_STRUCTURE;
  private int nodesLeft = MAX_NODES;

  private Source(MemorySegment bytes, @Nullable Path folder) {
    this.bytes = bytes;
    this.folder = folder;
  }

  /** The bytes in {@code array}, which must not be written to any more. */
  public static Source of(byte[] array) {
    return new Source(MemorySegment.ofArray(array), null);
  }

  /**
   * The file at {@code path}, mapped until this object is unreachable.
   *
   * @throws ModelException if it cannot be read or is larger than 2 GB
   */
  public static Source map(Path path) {
    try {
      Path real = path.toRealPath();
      if (!Files.isRegularFile(real)) {
        throw new ModelException("'%s' is no regular file".formatted(path));
      }
      try (FileChannel channel = FileChannel.open(real, StandardOpenOption.READ)) {
        long size = channel.size();
        if (size > MAX_BYTES) {
          throw new ModelException(
              "'%s' has %d bytes, expected at most %d".formatted(path, size, MAX_BYTES));
        }
        return new Source(
            channel.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto()), real.getParent());
      }
    } catch (NoSuchFileException e) {
      throw new ModelException("there is no file '%s'".formatted(path), e);
    } catch (IOException e) {
      throw new ModelException("'%s' cannot be read: %s".formatted(path, e), e);
    }
  }

  /**
   * The result of {@code reading}, where a mapping whose file was cut short meanwhile, and numbers
   * that do not fit into memory, are a {@link ModelException}.
   *
   * @param what the place for the message
   */
  static <T> T guarded(String what, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InternalError e) {
      throw new ModelException(what + " cannot be read: the file was cut short while in use", e);
    } catch (OutOfMemoryError e) {
      throw new ModelException(what + " does not fit into the memory of the JVM", e);
    }
  }

  MemorySegment bytes() {
    return bytes;
  }

  /** The canonical folder that external data must lie in, or null if there is none. */
  @Nullable Path folder() {
    return folder;
  }

  /** The whole file as one message. */
  Message message(String name) {
    byte[] pointer = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);
    if (bytes.byteSize() >= pointer.length
        && bytes.asSlice(0, pointer.length).mismatch(MemorySegment.ofArray(pointer)) < 0) {
      throw new ModelException("the file is a Git LFS pointer, expected the file it stands for");
    }
    return new Message(name, new Slice(this, 0, bytes.byteSize()));
  }

  /** Accounts for a text of {@code length} bytes. */
  void spendText(long length) {
    spend(TEXT_COST + length);
  }

  /** Accounts for a message. */
  void spendMessage() {
    spend(MESSAGE_COST);
  }

  private void spend(long cost) {
    structureLeft -= cost;
    if (structureLeft < 0) {
      throw new ModelException(
          "the file has more than %d MB of names and structure".formatted(MAX_STRUCTURE >> 20));
    }
  }

  /** Accounts for a node. */
  void spendNode() {
    if (--nodesLeft < 0) {
      throw new ModelException("the file has more than %d nodes".formatted(MAX_NODES));
    }
  }
}
