package io.tilebrew.graph.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.Numbers.Encoding;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FieldsTest {
  private static Fields fields(Proto proto) {
    return Source.of(proto.bytes()).message("Test").fields();
  }

  private static String fault(Proto proto) {
    return Refusal.of(
        () -> {
          for (Fields f = fields(proto); f.next(); ) {
            f.skip();
          }
        });
  }

  @Property
  void varintsAreRead(@ForAll long value) {
    Fields f = fields(new Proto().varint(3, value));
    assertTrue(f.next());
    assertEquals(3, f.number());
    assertEquals(value, f.varint());
    assertFalse(f.next());
  }

  @Property
  void packedAndUnpackedNumbersAreOneList(@ForAll long[] first, @ForAll long[] second) {
    Proto proto = new Proto().packedVarints(2, first);
    for (long value : second) {
      proto.varint(2, value).text(5, "between");
    }
    int count = first.length + second.length;
    Numbers numbers =
        new Numbers(Source.of(proto.bytes()).message("Test"), 2, Encoding.VARINT, count);
    long[] all = new long[count];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    assertArrayEquals(all, numbers.few("the list"));
  }

  @Test
  void unknownFieldsArePassedOver() {
    Fields f = fields(new Proto().fixed64(900, 1).fixed32(901, 1).text(902, "a").varint(1, 7));
    for (int i = 0; i < 3; i++) {
      assertTrue(f.next());
      f.skip();
    }
    assertTrue(f.next());
    assertEquals(7, f.varint());
  }

  @Test
  void groupsAndUnknownWireTypesAreRefused() {
    for (int wireType : new int[] {3, 4, 6, 7}) {
      assertTrue(fault(new Proto().tag(5, wireType)).contains("wire type " + wireType));
    }
  }

  @Test
  void fieldNumbersHave29BitsAndAreNotZero() {
    assertTrue(fault(new Proto().rawBytes(2, 0)).contains("field number 0"));
    assertTrue(fault(new Proto().raw(1L << 32)).contains("field number 536870912"));
  }

  @Test
  void varintsHaveAtMost64Bits() {
    Proto proto = new Proto().tag(1, 0);
    for (int i = 0; i < 10; i++) {
      proto.rawBytes(0xff);
    }
    assertTrue(fault(proto.rawBytes(1)).contains("more than 64 bits"));
  }

  @Test
  void lengthsEndWithTheMessage() {
    for (long length : new long[] {4, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, -1}) {
      String message = fault(new Proto().tag(7, 2).raw(length).rawBytes(1, 2, 3));
      assertTrue(message.contains("a length of " + Long.toUnsignedString(length)), message);
    }
  }

  @Test
  void truncatedNumbersAreRefused() {
    assertTrue(fault(new Proto().tag(1, 5).rawBytes(1, 2, 3)).contains("3 bytes, expected 4"));
    assertTrue(fault(new Proto().tag(1, 1).rawBytes(1)).contains("1 bytes, expected 8"));
    assertTrue(fault(new Proto().tag(1, 0).rawBytes(0x80)).contains("the end of the message"));
  }

  @Test
  void aMessageGivenTwiceIsMerged() {
    Proto proto =
        new Proto().message(1, new Proto().varint(2, 5)).message(1, new Proto().varint(2, 6));
    Fields f = fields(proto);
    assertTrue(f.next());
    Message message = f.message("Part", null);
    assertTrue(f.next());
    Numbers numbers = new Numbers(f.message("Part", message), 2, Encoding.VARINT, 2);
    assertArrayEquals(new long[] {5, 6}, numbers.few("the list"));
  }

  @Test
  void aMessageGivenVeryOftenIsRefused() {
    Proto proto = new Proto();
    for (int i = 0; i < 200; i++) {
      proto.bytes(7);
    }
    assertThrows(ModelException.class, () -> ProtoReader.model(Source.of(proto.bytes())));
  }
}
