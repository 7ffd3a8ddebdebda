package io.tilebrew.engine.kernel;

import java.util.List;

/**
 * A kernel before it is code.
 *
 * <p>Two programs that compute the same of different sizes differ only in literals; the form with
 * parameters in their place is generic. Both take the same arguments.
 *
 * @param name what the kernel does, for reports; part of no meaning
 * @param lanes the floats in a vector: 4, 8 or 16
 * @param parameters the names of the arguments of a run, in order
 * @param main the procedure that runs; its parameters are those of {@code parameters} that it uses
 * @param procedures the procedures that are called
 */
public record Program(
    String name, int lanes, List<String> parameters, Procedure main, List<Procedure> procedures) {
  /** Copies the lists and checks the names. */
  public Program {
    parameters = List.copyOf(parameters);
    procedures = List.copyOf(procedures);
    assert lanes == 4 || lanes == 8 || lanes == 16 : lanes;
    assert parameters.containsAll(main.parameters()) : main.parameters();
  }

  /** The procedure called {@code name}. */
  public Procedure procedure(String name) {
    return procedures.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
  }
}
