package io.tilebrew.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.models.Mnist;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IdxTest {
  private static final byte[] SMALL = {0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, -1, -2};

  @Property
  void brokenFilesEndInOneSentence(
      @ForAll @IntRange(max = 15) int at, @ForAll byte flip, @ForAll boolean zip)
      throws IOException {
    byte[] file = SMALL.clone();
    file[at] ^= flip;
    byte[] bytes = zip ? zipped(file) : file;
    try {
      read(bytes);
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("x.idx"), e.getMessage());
    }
    byte[] cut = Arrays.copyOf(bytes, at);
    var fault = assertThrows(IOException.class, () -> read(cut));
    assertTrue(String.valueOf(fault.getMessage()).startsWith("x.idx"), fault.getMessage());
  }

  @Test
  void numbersAreBigEndian() throws IOException {
    Tensor tensor = read(SMALL);
    assertEquals(Shape.of(1, 2), tensor.shape());
    assertArrayEquals(new short[] {256, -2}, (short[]) tensor.array());
    assertArrayEquals((short[]) tensor.array(), (short[]) read(zipped(SMALL)).array());
  }

  @Test
  void theTestSetOfMnistIsRead() {
    Tensor images = Mnist.images();
    assertEquals(Shape.of(10_000, 28, 28), images.shape());
    assertEquals(DataType.UINT8, images.type());
    assertEquals(7, Mnist.labels().longAt(0));
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private static Tensor read(byte[] bytes) throws IOException {
    return Idx.read(new ByteArrayInputStream(bytes), "x.idx");
  }
}
