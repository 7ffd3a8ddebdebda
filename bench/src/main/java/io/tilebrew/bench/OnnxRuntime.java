package io.tilebrew.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** ONNX Runtime, which reads the file by itself. */
final class OnnxRuntime implements Peer {
  @Override
  public String name() {
    return "ONNX Runtime";
  }

  @Override
  public String version() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  @Override
  public Contestant load(Task task) {
    try {
      return new OnnxRuntimeRunner(task.file(), task.threads(), task.inputs(), task.outputs());
    } catch (OrtException e) {
      throw new UnsupportedOperationException(e.getMessage(), e);
    }
  }
}
