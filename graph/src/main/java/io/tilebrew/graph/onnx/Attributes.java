package io.tilebrew.graph.onnx;

import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.AttributeProto.FloatValue;
import io.tilebrew.graph.onnx.AttributeProto.FloatsValue;
import io.tilebrew.graph.onnx.AttributeProto.IntValue;
import io.tilebrew.graph.onnx.AttributeProto.IntsValue;
import io.tilebrew.graph.onnx.AttributeProto.StringValue;
import io.tilebrew.graph.onnx.AttributeProto.TensorValue;
import io.tilebrew.graph.onnx.AttributeProto.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one node, read with the types that the operator expects.
 *
 * <p>Each fault is an {@link IllegalArgumentException} that names the attribute, what was found and
 * what is expected. Attributes that nobody asks for are ignored.
 */
final class Attributes {
  private final Map<String, Value> values = new HashMap<>();

  Attributes(List<AttributeProto> attributes) {
    for (AttributeProto attribute : attributes) {
      Check.that(!attribute.name().isEmpty(), "has an attribute without a name");
      Check.that(
          values.put(attribute.name(), attribute.value()) == null,
          "attribute '%s' is given twice",
          ModelException.shorten(attribute.name()));
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** An attribute of one int, or {@code otherwise}. */
  int integer(String name, int otherwise) {
    IntValue found = find(name, IntValue.class, "an int");
    return found == null ? otherwise : narrow(name, found.value());
  }

  /** An attribute of one int that must be there. */
  int integer(String name) {
    require(name);
    return integer(name, 0);
  }

  /** An attribute of one int of 64 bits that must be there. */
  long longInteger(String name) {
    require(name);
    return get(name, IntValue.class, "an int").value();
  }

  /** An attribute that is 0 or 1; not if it is missing. */
  boolean flag(String name) {
    int value = integer(name, 0);
    Check.that(value == 0 || value == 1, "attribute '%s' is %d, expected 0 or 1", name, value);
    return value == 1;
  }

  /** An attribute of one float, or {@code otherwise}. */
  float real(String name, float otherwise) {
    FloatValue found = find(name, FloatValue.class, "a float");
    return found == null ? otherwise : found.value();
  }

  /** An attribute of one text, or {@code otherwise}. */
  String text(String name, String otherwise) {
    StringValue found = find(name, StringValue.class, "a string");
    return found == null ? otherwise : found.bytes().text();
  }

  /** An attribute of ints of 64 bits, or null. */
  long @Nullable [] longs(String name) {
    IntsValue found = find(name, IntsValue.class, "ints");
    return found == null ? null : found.values().few("attribute '%s'".formatted(name));
  }

  /** An attribute of {@code length} ints, or {@code otherwise} for each. */
  int[] ints(String name, int length, int otherwise) {
    int[] found = ints(name);
    if (found == null) {
      int[] all = new int[length];
      Arrays.fill(all, otherwise);
      return all;
    }
    Check.that(
        found.length == length,
        "attribute '%s' has %d values, expected %d",
        name,
        found.length,
        length);
    return found;
  }

  /** An attribute of ints, or null. */
  int @Nullable [] ints(String name) {
    long[] wide = longs(name);
    return wide == null
        ? null
        : Arrays.stream(wide).mapToInt(value -> narrow(name, value)).toArray();
  }

  /** The values of an attribute of any number of ints that must be there, still encoded. */
  Numbers integers(String name) {
    return get(name, IntsValue.class, "ints").values();
  }

  /** The values of an attribute of any number of floats that must be there, still encoded. */
  Numbers reals(String name) {
    return get(name, FloatsValue.class, "floats").values();
  }

  /** The values of an attribute of a few floats that must be there. */
  double[] few(String name) {
    long[] bits = reals(name).few("attribute '%s'".formatted(name));
    return Arrays.stream(bits).mapToDouble(value -> Float.intBitsToFloat((int) value)).toArray();
  }

  /** An attribute of one tensor, or null. */
  @Nullable TensorProto tensor(String name) {
    TensorValue found = find(name, TensorValue.class, "a tensor");
    return found == null ? null : found.tensor();
  }

  private <V extends Value> @Nullable V find(String name, Class<V> type, String expected) {
    Value value = values.get(name);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw wrong(name, value, expected);
    }
    return type.cast(value);
  }

  private <V extends Value> V get(String name, Class<V> type, String expected) {
    V value = find(name, type, expected);
    if (value == null) {
      throw wrong(name, null, expected);
    }
    return value;
  }

  private void require(String name) {
    Check.that(has(name), "has no attribute '%s'", name);
  }

  private static int narrow(String name, long value) {
    Check.that(
        value == (int) value, "attribute '%s' has %d, expected an int of 32 bits", name, value);
    return (int) value;
  }

  private static IllegalArgumentException wrong(
      String name, @Nullable Value found, String expected) {
    return new IllegalArgumentException(
        "attribute '%s' is %s, expected %s"
            .formatted(name, found == null ? "missing" : found.kind(), expected));
  }
}
