package io.tilebrew.models.inspect;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The receptive field of a tensor: what its elements see of the images that the network is given.
 *
 * @param rows what they see of the rows
 * @param columns what they see of the columns
 * @param rowAxis the axis of the tensor that runs over the rows, counted from the end, so that 1 is
 *     the last; 0 if there is none any more
 * @param columnAxis the axis that runs over the columns, likewise
 */
public record Field(Span rows, Span columns, int rowAxis, int columnAxis) {
  /** The field of images [N,C,H,W]. */
  static Field input(int height, int width) {
    return new Field(Span.input(height), Span.input(width), 2, 1);
  }

  /** Whether this is the field of a tensor [N,C,H,W]. */
  boolean isImage() {
    return rowAxis == 2 && columnAxis == 1;
  }

  Field with(Span newRows, Span newColumns) {
    return new Field(newRows, newColumns, rowAxis, columnAxis);
  }

  Field at(int newRowAxis, int newColumnAxis) {
    return new Field(rows, columns, newRowAxis, newColumnAxis);
  }

  /** With another span along one axis, counted from the end; the same if that is another axis. */
  Field along(int axis, UnaryOperator<Span> change) {
    return with(
        axis == rowAxis ? change.apply(rows) : rows,
        axis == columnAxis ? change.apply(columns) : columns);
  }

  /** Where each element sees what all together see. */
  Field whole() {
    return with(rows.whole(), columns.whole());
  }

  /** Behind a function that mixes the elements along {@code axes} of a tensor. */
  Field mixed(List<Integer> axes, int rank) {
    Field field = this;
    for (int axis : axes) {
      field = field.along(rank - axis, Span::whole);
    }
    return field;
  }

  /** Where each element sees what those at its place here and in {@code other} see. */
  Field and(Field other) {
    Field axes = rowAxis == 0 ? other : this;
    return new Field(
        rows.and(other.rows), columns.and(other.columns), axes.rowAxis, axes.columnAxis);
  }
}
