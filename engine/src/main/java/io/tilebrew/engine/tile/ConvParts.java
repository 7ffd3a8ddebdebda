package io.tilebrew.engine.tile;

import io.tilebrew.engine.plan.FeatureMap;
import java.util.List;

/** A convolution as kernels that do not depend on each other, each with scratch of its own. */
public sealed interface ConvParts permits PixelConv, RingConv, WinogradConv {
  /** What each of the kernels writes and reads again. */
  List<FeatureMap> scratch();

  /** The kernels. */
  List<KernelSpec> specs();
}
