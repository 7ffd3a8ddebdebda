package io.tilebrew.bench;

import ai.onnxruntime.OrtEnvironment;

/** Prints the version of each peer. */
final class Peers {
  private Peers() {}

  public static void main(String[] args) {
    System.out.println("ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion());
  }
}
