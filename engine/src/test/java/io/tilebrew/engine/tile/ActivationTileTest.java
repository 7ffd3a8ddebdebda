package io.tilebrew.engine.tile;

import io.tilebrew.engine.problem.Activation;
import io.tilebrew.engine.problem.ConvProblems;
import io.tilebrew.engine.reference.NormalizationReference;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Activations and softmax, which work pixel by pixel. */
class ActivationTileTest {
  @Provide
  Arbitrary<MapCase> maps() {
    return MapCase.any();
  }

  @Provide
  Arbitrary<Activation> activations() {
    return ConvProblems.activations();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void activationsAreTheirMeaning(
      @ForAll("maps") MapCase maps, @ForAll("activations") Activation activation) {
    maps.check(
        (x, y, lanes) -> Kernels.activation(activation, x, y, lanes),
        (x, y) -> {
          for (int i = 0; i < x.size(); i++) {
            y.floats()[i] = activation.apply(x.floats()[i]);
          }
        });
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void softmaxIsTheReference(@ForAll("maps") MapCase maps) {
    maps.check(Kernels::softmax, (x, y) -> NormalizationReference.softmax(1, x, y));
  }
}
