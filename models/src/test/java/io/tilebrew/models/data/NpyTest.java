package io.tilebrew.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyTest {
  @Property
  void whatIsWrittenIsRead(
      @ForAll DataType type,
      @ForAll @Size(max = 4) List<@IntRange(max = 4) Integer> dims,
      @ForAll long seed)
      throws IOException {
    Tensor tensor = Tensor.zeros(type, Shape.of(dims.stream().mapToInt(d -> d).toArray()));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, (seed * (i + 1)) >> 7);
    }
    byte[] file = written(tensor);
    Tensor back = read(file);
    assertEquals(type, back.type());
    assertEquals(tensor.shape(), back.shape());
    assertArrayEquals(file, written(back));
    int header = 10 + (file[8] & 0xff) + 256 * file[9];
    assertEquals(0, header % 64);
    assertEquals('\n', file[header - 1]);
  }

  @Property
  void brokenFilesEndInOneSentence(@ForAll @IntRange(max = 200) int at, @ForAll byte flip)
      throws IOException {
    byte[] file = written(Tensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6));
    file[at % file.length] ^= flip;
    try {
      read(file);
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).startsWith("x.npy"), e.getMessage());
    }
    byte[] cut = Arrays.copyOf(file, at % file.length);
    assertThrows(IOException.class, () -> read(cut));
  }

  @Test
  void columnsFirstBecomesRowMajor() throws IOException {
    byte[] numbers = {0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 6};
    byte[] file = file(1, "{'shape': (2, 3), 'fortran_order': True, 'descr': '>i4', }\n", numbers);
    Tensor tensor = read(file);
    assertEquals(Shape.of(2, 3), tensor.shape());
    assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, (int[]) tensor.array());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | {'descr': '<f2', 'fortran_order': False, 'shape': (1,)} | type '<f2'",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} | header",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (2  3)} | header",
        "2 | {'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999)} | more than",
        "3 | {'descr': '<f8', 'fortran_order': False, 'shape': (200000000,)} | at most",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (100000000,)} | ends early",
        "1 | {'descr': '<f4', 'fortran_order': False} | header",
        "1 | {'descr': '<f4', 'fortran_order': 0, 'shape': ()} | header",
        "1 | [] | no dictionary",
        "4 | {} | version 4",
      })
  void whatIsWrongIsSaid(int version, String header, String message) {
    var fault = assertThrows(IOException.class, () -> read(file(version, header, new byte[4])));
    assertTrue(String.valueOf(fault.getMessage()).contains(message), fault.getMessage());
  }

  private static byte[] file(int version, String header, byte[] numbers) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x93);
    out.write("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {(byte) version, 0, (byte) header.length(), 0});
    out.write(new byte[version == 1 ? 0 : 2]);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(numbers);
    return out.toByteArray();
  }

  private static byte[] written(Tensor tensor) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, tensor);
    return out.toByteArray();
  }

  private static Tensor read(byte[] bytes) throws IOException {
    return Npy.read(new ByteArrayInputStream(bytes), "x.npy");
  }
}
