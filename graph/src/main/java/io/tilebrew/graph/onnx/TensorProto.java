package io.tilebrew.graph.onnx;

import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Shape;
import io.tilebrew.engine.Tensor;
import io.tilebrew.graph.ModelException;
import io.tilebrew.graph.onnx.Numbers.Encoding;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a file: its numbers stay where they are until {@link #tensor} copies them, once.
 *
 * <p>Immutable but for that copy.
 */
public final class TensorProto {
  private static final int MAX_RANK = 32;
  private static final int FLOATS = 4;
  private static final int INT32S = 5;
  private static final int INT64S = 7;
  private static final int DOUBLES = 10;
  private static final int UINT64S = 11;
  private static final int LAST_DATA_FIELD = UINT64S;

  private final Message message;
  private String name = "";
  private long elementType;
  private long dims;
  private final long[] counts = new long[LAST_DATA_FIELD + 1];
  private @Nullable Slice raw;
  private boolean segmented;
  private boolean isExternal;
  private final Map<String, String> external = new HashMap<>();
  private @Nullable Tensor copy;

  private TensorProto(Message message) {
    this.message = message;
  }

  /**
   * The tensor that is the whole of {@code source}.
   *
   * @throws ModelException if the file is no ONNX tensor
   */
  public static TensorProto read(Source source) {
    return Source.guarded("the tensor", () -> read(source.message("TensorProto")));
  }

  static TensorProto read(Message message) {
    TensorProto tensor = new TensorProto(message);
    for (Fields f = message.fields(); f.next(); ) {
      tensor.read(f);
    }
    return tensor;
  }

  private void read(Fields f) {
    int field = f.number();
    switch (field) {
      case 1 -> dims += f.count(Encoding.VARINT);
      case 2 -> elementType = f.varint();
      case 3 -> {
        segmented = true;
        f.skip();
      }
      case FLOATS -> counts[field] += f.count(Encoding.FIXED32);
      case DOUBLES -> counts[field] += f.count(Encoding.FIXED64);
      case INT32S, INT64S, UINT64S -> counts[field] += f.count(Encoding.VARINT);
      case 8 -> name = f.text();
      case 9 -> raw = f.bytes();
      case 13 -> readEntry(f.message("StringStringEntryProto"));
      case 14 -> isExternal = f.varint() == 1;
      default -> f.skip();
    }
  }

  private void readEntry(Message entry) {
    String key = "";
    String value = "";
    for (Fields f = entry.fields(); f.next(); ) {
      switch (f.number()) {
        case 1 -> key = f.text();
        case 2 -> value = f.text();
        default -> f.skip();
      }
    }
    external.put(key, value);
  }

  /** The name, perhaps empty. */
  public String name() {
    return name;
  }

  /**
   * A row-major tensor with the numbers, the same object at each call.
   *
   * @throws ModelException if the file contradicts itself or has what is not supported
   */
  public synchronized Tensor tensor() {
    if (copy == null) {
      copy = copied();
    }
    return copy;
  }

  /**
   * Checks everything but the numbers themselves; an element type that is not supported passes.
   *
   * @throws ModelException if the file contradicts itself
   */
  void check() {
    if (ElementTypes.orNull(elementType) != null) {
      locate(type(), shape());
    }
  }

  private Tensor copied() {
    DataType type = type();
    Shape shape = shape();
    TensorData data = locate(type, shape);
    try {
      return Source.guarded(place(), () -> data.copy(type, shape));
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private DataType type() {
    try {
      return ElementTypes.of(elementType);
    } catch (IllegalArgumentException e) {
      throw Unsupported.mark(fault(String.valueOf(e.getMessage())), e);
    }
  }

  private Shape shape() {
    long[] sizes = new Numbers(message, 1, Encoding.VARINT, dims).few(place() + ": dims");
    if (sizes.length > MAX_RANK) {
      throw fault("has %d dimensions, expected at most %d".formatted(sizes.length, MAX_RANK));
    }
    try {
      return Shape.of(sizes);
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /** Where the numbers are; there are exactly as many as {@code shape} says. */
  private TensorData locate(DataType type, Shape shape) {
    if (segmented) {
      throw ModelException.unsupported(place() + ": is stored in segments, which is not supported");
    }
    int field = field(type);
    long typed = Arrays.stream(counts).sum();
    if (isExternal) {
      return external(type, shape);
    }
    if (raw != null && (raw.size() > 0 || typed == 0)) {
      expectNone("raw_data", typed);
      expect("bytes of raw_data", raw.size(), (long) shape.size() * type.bytes());
      return new TensorData.Raw(raw);
    }
    expectNone("fields of " + type, typed - counts[field]);
    expect("elements", counts[field], shape.size());
    Encoding encoding =
        switch (field) {
          case FLOATS -> Encoding.FIXED32;
          case DOUBLES -> Encoding.FIXED64;
          default -> Encoding.VARINT;
        };
    return new TensorData.Typed(
        new Numbers(message, field, encoding, counts[field]), field == INT32S);
  }

  private TensorData external(DataType type, Shape shape) {
    try {
      return ExternalData.locate(
          message.source().folder(), external, (long) shape.size() * type.bytes());
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private void expectNone(String where, long others) {
    if (others != 0) {
      throw fault(
          "has data in %s and %d numbers elsewhere, expected one of the two"
              .formatted(where, others));
    }
  }

  private void expect(String what, long found, long expected) {
    if (found != expected) {
      throw fault("has %d %s, expected %d".formatted(found, what, expected));
    }
  }

  private static int field(DataType type) {
    return switch (type) {
      case FLOAT32 -> FLOATS;
      case FLOAT64 -> DOUBLES;
      case INT64 -> INT64S;
      case INT32, INT16, INT8, UINT16, UINT8, BOOL -> INT32S;
      case UINT64, UINT32 -> UINT64S;
    };
  }

  private String place() {
    return name.isEmpty()
        ? "the tensor at offset " + message.offset()
        : "tensor '%s'".formatted(ModelException.shorten(name));
  }

  private ModelException fault(String problem) {
    return new ModelException(place() + ": " + problem);
  }
}
