package dev.fettle.db;

/** Makes a value of a row. */
@FunctionalInterface
public interface RowReader<T> {
  /** The value of this row; the row is valid only during the call. */
  T read(Row row);
}
