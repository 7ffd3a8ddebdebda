package io.tilebrew.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tilebrew.engine.DataType;
import io.tilebrew.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A session of ONNX Runtime with all optimizations, its inputs and outputs in direct buffers that
 * it reads and writes in place.
 */
final class OnnxRuntimeRunner implements Contestant {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Map<String, OnnxTensor> in = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> out = new LinkedHashMap<>();
  private final Map<String, FloatBuffer> results = new LinkedHashMap<>();

  /**
   * A session.
   *
   * @param threads the threads in an operator; operators run one after the other
   * @param outputs tensors with the names and shapes of the outputs
   */
  OnnxRuntimeRunner(
      Path model, int threads, Map<String, Tensor> inputs, Map<String, Tensor> outputs)
      throws OrtException {
    session = session(model, threads);
    for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
      FloatBuffer buffer = direct(input.getValue()).put(input.getValue().floats()).rewind();
      in.put(input.getKey(), tensor(buffer, input.getValue()));
    }
    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
      FloatBuffer buffer = direct(output.getValue());
      results.put(output.getKey(), buffer);
      out.put(output.getKey(), tensor(buffer, output.getValue()));
    }
  }

  private OrtSession session(Path model, int threads) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // Its idle threads would take time from whoever runs next.
      options.addConfigEntry("session.force_spinning_stop", "1");
      return environment.createSession(model.toString(), options);
    }
  }

  private static FloatBuffer direct(Tensor like) {
    if (like.type() != DataType.FLOAT32) {
      throw new IllegalArgumentException("tensor %s, expected f32".formatted(like));
    }
    return ByteBuffer.allocateDirect(like.size() * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private OnnxTensor tensor(FloatBuffer buffer, Tensor like) throws OrtException {
    int[] dims = like.shape().dims();
    long[] shape = new long[dims.length];
    for (int axis = 0; axis < dims.length; axis++) {
      shape[axis] = dims[axis];
    }
    return OnnxTensor.createTensor(environment, buffer, shape);
  }

  @Override
  public void run() {
    try (OrtSession.Result result = session.run(in, out)) {
      assert result.size() == out.size();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public float[] output(String name) {
    FloatBuffer buffer = Objects.requireNonNull(results.get(name), name);
    float[] copy = new float[buffer.capacity()];
    buffer.get(0, copy);
    return copy;
  }

  @Override
  public void close() {
    in.values().forEach(OnnxTensor::close);
    out.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
