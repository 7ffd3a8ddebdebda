package io.tilebrew.graph.onnx;

import io.tilebrew.graph.onnx.ModelProto.GraphProto;

/**
 * An attribute of a node.
 *
 * @param name the name, perhaps empty in a broken file
 * @param value the value
 */
public record AttributeProto(String name, Value value) {
  /** A value; lists and texts are still encoded. */
  public sealed interface Value {
    /** What the value is, for messages to people. */
    String kind();
  }

  record IntValue(long value) implements Value {
    @Override
    public String kind() {
      return "an int";
    }
  }

  record FloatValue(float value) implements Value {
    @Override
    public String kind() {
      return "a float";
    }
  }

  record StringValue(Slice bytes) implements Value {
    @Override
    public String kind() {
      return "a string";
    }
  }

  record IntsValue(Numbers values) implements Value {
    @Override
    public String kind() {
      return "ints";
    }
  }

  record FloatsValue(Numbers values) implements Value {
    @Override
    public String kind() {
      return "floats";
    }
  }

  record TensorValue(TensorProto tensor) implements Value {
    @Override
    public String kind() {
      return "a tensor";
    }
  }

  record GraphValue(GraphProto graph) implements Value {
    @Override
    public String kind() {
      return "a graph";
    }
  }

  /** A value of a kind that no supported operator has. */
  record OtherValue(String kind) implements Value {}
}
