package io.tilebrew.engine.codegen;

import java.lang.classfile.Label;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The local variables of a method, and their types wherever a jump leads: its stack map. Each takes
 * one slot until the block that defines it ends.
 *
 * <p>The class-file library could find the stack map by following the code, but that is the most
 * expensive part of writing a class.
 */
final class Frames {
  private final VerificationTypeInfo vector;
  private final VerificationTypeInfo ints;
  private final List<VerificationTypeInfo> types = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> slots = new HashMap<>();
  private final List<StackMapFrameInfo> frames = new ArrayList<>();

  /** The variables of a static method whose first parameters are two arrays of floats. */
  Frames(References references) {
    vector = ObjectVerificationTypeInfo.of(references.floatVector());
    ints = ObjectVerificationTypeInfo.of(references.ints());
    VerificationTypeInfo floats = ObjectVerificationTypeInfo.of(references.floats());
    define("", floats);
    define("", floats);
  }

  /** The slot of a new array of {@code int}s without a name. */
  int defineInts() {
    return define("", ints);
  }

  /** The slot of a new {@code int}; it may go without a name. */
  int defineInt(String name) {
    return define(name, SimpleVerificationTypeInfo.INTEGER);
  }

  /** The slot of a new vector of floats; it may go without a name. */
  int defineVector(String name) {
    return define(name, vector);
  }

  private int define(String name, VerificationTypeInfo type) {
    int slot = types.size();
    types.add(type);
    names.add(name);
    Integer other = slots.put(name, slot);
    assert other == null || name.isEmpty() : name + " is defined twice";
    return slot;
  }

  /** The slot of {@code name}. */
  int slot(String name) {
    return Objects.requireNonNull(slots.get(name), name);
  }

  /** The number of variables, for {@link #close}. */
  int open() {
    return types.size();
  }

  /** Ends the block that began with {@code count} variables: those after them are gone. */
  void close(int count) {
    while (types.size() > count) {
      types.removeLast();
      slots.remove(names.removeLast());
    }
  }

  /** Notes that a jump leads to {@code target}, which stands here, with nothing on the stack. */
  void jumpTo(Label target) {
    frames.add(StackMapFrameInfo.of(target, types, List.of()));
  }

  /** The stack map. */
  StackMapTableAttribute table() {
    return StackMapTableAttribute.of(frames);
  }
}
