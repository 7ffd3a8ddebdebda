package io.tilebrew.models.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes ONNX models of one node over f32[2] tensors, byte by byte. */
final class TinyModel {
  private TinyModel() {}

  /** A model {@code output = operator(inputs)} of opset 13. */
  static byte[] of(String operator, List<String> inputs, String output) {
    Message node = new Message();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, "the node").text(4, operator);
    Message graph = new Message().message(1, node).text(2, "tiny");
    inputs.forEach(input -> graph.message(11, value(input)));
    graph.message(12, value(output));
    Message opset = new Message().text(1, "").number(2, 13);
    return new Message().number(1, 7).message(7, graph).message(8, opset).bytes();
  }

  private static Message value(String name) {
    Message shape = new Message().message(1, new Message().number(1, 2));
    Message tensor = new Message().number(1, 1).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** A protobuf message. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, int value) {
      varint(field << 3);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    private Message bytes(int field, byte[] value) {
      varint((field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    private void varint(int value) {
      int rest = value;
      for (; rest > 127; rest >>>= 7) {
        out.write((rest & 0x7f) | 0x80);
      }
      out.write(rest);
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
