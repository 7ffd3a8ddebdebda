package io.tilebrew.engine.problem;

/**
 * How a tensor is resized: where on the input each element of the output lies, and what becomes of
 * the elements around that place.
 *
 * @param method what becomes of the neighbours
 * @param coordinates where the elements of the output lie
 * @param rounding which neighbour is the nearest
 * @param cubic the coefficient of the cubic convolution (Keys 1981 has -0.5)
 * @param excludeOutside whether neighbours outside the input count for nothing, else they are equal
 *     to the element at the edge
 * @param antialias whether a smaller output is made from all elements under it
 */
public record Interpolation(
    Method method,
    Coordinates coordinates,
    Rounding rounding,
    float cubic,
    boolean excludeOutside,
    boolean antialias) {
  /** What becomes of the neighbours. */
  public enum Method {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** Where the elements of the output lie. */
  public enum Coordinates {
    /** Elements are squares, and the edges of input and output are one. */
    HALF_PIXEL,
    /** The same but for an output of one element, which lies on the first. */
    PYTORCH_HALF_PIXEL,
    /** The same around the middle where the output's size was rounded. */
    HALF_PIXEL_SYMMETRIC,
    /** Half an element further than HALF_PIXEL. */
    TF_HALF_PIXEL_FOR_NN,
    /** The first elements lie on each other. */
    ASYMMETRIC,
    /** The first and the last elements lie on each other. */
    ALIGN_CORNERS,
    /** The output is a part of the input, which may reach beyond it. */
    TF_CROP_AND_RESIZE
  }

  /** Which neighbour is the nearest. */
  public enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }
}
