package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where the numbers of a tensor stand, exactly as many as its shape says. */
sealed interface TensorData {
  /**
   * A tensor with a copy of the numbers.
   *
   * @throws IllegalArgumentException if a number does not fit the type, or a file cannot be read
   */
  Tensor copy(DataType type, Shape shape);

  /** Little-endian elements one after the other. */
  record Raw(Slice slice) implements TensorData {
    @Override
    public Tensor copy(DataType type, Shape shape) {
      return copy(slice.segment(), type, shape);
    }

    static Tensor copy(MemorySegment bytes, DataType type, Shape shape) {
      Tensor tensor = Tensor.zeros(type, shape);
      if (type == DataType.BOOL) {
        boolean[] array = tensor.booleans();
        for (int i = 0; i < array.length; i++) {
          array[i] = bytes.get(ValueLayout.JAVA_BYTE, i) != 0;
        }
      } else {
        MemorySegment.copy(bytes, layout(type), 0, tensor.array(), 0, shape.size());
      }
      return tensor;
    }
  }

  /** Bytes {@code offset} and following of another file, laid out like {@link Raw}. */
  record External(Path file, long offset, long length) implements TensorData {
    @Override
    public Tensor copy(DataType type, Shape shape) {
      try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          Arena arena = Arena.ofConfined()) {
        if (channel.size() - offset < length) {
          throw new IllegalArgumentException(
              "the external data has %d bytes, expected %d from offset %d"
                  .formatted(channel.size(), length, offset));
        }
        return Raw.copy(channel.map(MapMode.READ_ONLY, offset, length, arena), type, shape);
      } catch (IOException e) {
        throw new IllegalArgumentException("the external data cannot be read: " + e, e);
      }
    }
  }

  /**
   * Numbers in a field of their own.
   *
   * @param isInt32 whether the field is the one of 32 bits that all the short types share
   */
  record Typed(Numbers numbers, boolean isInt32) implements TensorData {
    @Override
    public Tensor copy(DataType type, Shape shape) {
      Tensor tensor = Tensor.zeros(type, shape);
      int[] at = {0};
      numbers.forEach(bits -> set(tensor, at[0]++, bits));
      return tensor;
    }

    private void set(Tensor tensor, int index, long bits) {
      switch (tensor.type()) {
        case FLOAT32 -> tensor.floats()[index] = Float.intBitsToFloat((int) bits);
        case FLOAT64 -> ((double[]) tensor.array())[index] = Double.longBitsToDouble(bits);
        case INT64, UINT64, BOOL -> tensor.set(index, bits);
        case INT32, INT16, INT8, UINT32, UINT16, UINT8 -> {
          long value = isInt32 ? (int) bits : bits;
          tensor.set(index, value);
          if (tensor.longAt(index) != value) {
            throw new IllegalArgumentException(
                "element %d is %d, which is no %s".formatted(index, value, tensor.type()));
          }
        }
      }
    }
  }

  /** How elements of {@code type} stand in a file. */
  static ValueLayout layout(DataType type) {
    ValueLayout layout =
        switch (type) {
          case FLOAT32 -> ValueLayout.JAVA_FLOAT_UNALIGNED;
          case FLOAT64 -> ValueLayout.JAVA_DOUBLE_UNALIGNED;
          case INT64, UINT64 -> ValueLayout.JAVA_LONG_UNALIGNED;
          case INT32, UINT32 -> ValueLayout.JAVA_INT_UNALIGNED;
          case INT16, UINT16 -> ValueLayout.JAVA_SHORT_UNALIGNED;
          case INT8, UINT8, BOOL -> ValueLayout.JAVA_BYTE;
        };
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }
}
