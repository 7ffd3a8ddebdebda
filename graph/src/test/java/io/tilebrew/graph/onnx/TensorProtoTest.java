package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.TensorFile;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TensorProtoTest {
  @Property
  void whatIsWrittenIsRead(
      @ForAll DataType type,
      @ForAll @Size(max = 4) List<@IntRange(max = 5) Integer> dims,
      @ForAll long seed,
      @ForAll String name) {
    String plain = name.replaceAll("\\p{Cs}", "");
    Tensor tensor = Tensor.zeros(type, Shape.of(dims.stream().mapToInt(d -> d).toArray()));
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, seed * (i + 1));
    }
    TensorFile file = TensorFile.read(new TensorFile(plain, tensor).bytes());
    assertEquals(plain, file.name());
    assertSameNumbers(tensor, file.tensor());
  }

  private static void assertSameNumbers(Tensor expected, Tensor found) {
    assertEquals(expected.toString(), found.toString());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.doubleAt(i), found.doubleAt(i));
      assertEquals(expected.longAt(i), found.longAt(i));
    }
  }

  private static Proto header(int type, long... dims) {
    return new Proto().text(8, "t").varint(2, type).packedVarints(1, dims);
  }

  private static Tensor read(Proto proto) {
    return TensorFile.read(proto.bytes()).tensor();
  }

  private static void refused(String problem, Proto proto) {
    String message = Refusal.of(() -> read(proto));
    assertTrue(message.startsWith("tensor 't': "), message);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void everyTypeHasItsOwnField() {
    assertArrayEquals(
        new float[] {1, -2, 3}, read(header(1, 3).packedFloats(4, 1, -2).fixed32(4, 3)).floats());
    assertEquals(-0.5, read(header(11, 1).fixed64(10, -0.5)).doubleAt(0));
    assertArrayEquals(
        new long[] {Long.MIN_VALUE, 5},
        read(header(7, 2).packedVarints(7, Long.MIN_VALUE, 5)).longs());
    assertEquals(-3, read(header(6, 1).varint(5, -3)).longAt(0));
    assertEquals(-3, read(header(6, 1).varint(5, 0xfffffffdL)).longAt(0));
    assertEquals(-3, read(header(3, 1).varint(5, -3)).longAt(0));
    assertEquals(255, read(header(2, 1).varint(5, 255)).longAt(0));
    assertEquals(0xffffffffL, read(header(12, 1).varint(11, 0xffffffffL)).longAt(0));
    assertTrue(read(header(9, 1).varint(5, 1)).booleans()[0]);
  }

  @Test
  void aScalarHasNoDimensions() {
    assertEquals("f32[]", read(new Proto().varint(2, 1).fixed32(4, 7)).toString());
  }

  @Test
  void anEmptyTensorNeedsNoData() {
    assertEquals("f32[0,3]", read(header(1, 0, 3)).toString());
  }

  @Test
  void theLengthOfTheDataIsTheOneOfTheShape() {
    refused("has 5 bytes of raw_data, expected 8", header(1, 2).bytes(9, new byte[5]));
    refused("has 1 elements, expected 2", header(1, 2).fixed32(4, 1));
    refused("has 0 elements, expected 1", header(1, 1));
    refused("expected one of the two", header(1, 1).fixed32(4, 1).bytes(9, new byte[4]));
    refused("expected one of the two", header(1, 1).fixed32(4, 1).varint(7, 4));
  }

  @Test
  void numbersFitTheirType() {
    refused("element 0 is 256, which is no u8", header(2, 1).varint(5, 256));
    refused(
        "element 1 is 4294967296, which is no u32", header(12, 2).packedVarints(11, 1, 1L << 32));
  }

  @Test
  void shapesAreChecked() {
    refused("dimension 0", header(1, -1));
    refused("more than 2147483647 elements", header(1, 65536, 65536));
    refused("dimension 0", header(1, 1L << 40, 0));
    refused("33 dimensions", header(1, new long[33]));
  }

  @Test
  void otherTypesAreRefused() {
    refused("elements of FLOAT16 are not supported", header(10, 0));
    refused("elements of STRING are not supported", header(8, 0));
    refused("elements of unknown type 99 are not supported", header(99, 0));
    refused("segments", header(1, 0).message(3, new Proto().varint(1, 0)));
  }

  @Test
  void theNumbersAreCopiedOnce() {
    TensorProto proto = TensorProto.read(Source.of(header(1, 1).fixed32(4, 1).bytes()));
    assertSame(proto.tensor(), proto.tensor());
  }
}
