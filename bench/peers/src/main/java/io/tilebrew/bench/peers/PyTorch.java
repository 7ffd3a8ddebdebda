package io.tilebrew.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import io.tilebrew.bench.Contestant;
import io.tilebrew.bench.Peer;

/**
 * PyTorch, by way of the Deep Java Library. It runs a network operator by operator, as the library
 * does with a network of its blocks.
 */
public final class PyTorch implements Peer {
  private static final String ENGINE = "PyTorch";

  static {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
  }

  /** Made by the service loader. */
  public PyTorch() {}

  @Override
  public String name() {
    return ENGINE;
  }

  @Override
  public String version() {
    return Engine.getEngine(ENGINE).getVersion();
  }

  @Override
  public Contestant load(Task task) {
    Engine engine = Engine.getEngine(ENGINE);
    JniUtils.setNumThreads(task.threads());
    return new TorchNetwork(task, engine.newBaseManager());
  }
}
