package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.FeatureMap;
import java.util.List;

/** A convolution whose kernel has scratch, of which several threads may share the work. */
public sealed interface ConvParts permits PixelConv, RingConv, WinogradConv {
  /** What the kernel writes and reads again, for each thread. */
  List<FeatureMap> scratch();

  /** The kernel. */
  KernelSpec spec();
}
