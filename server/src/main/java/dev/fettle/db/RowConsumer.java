package dev.fettle.db;

/** Does something with each row of a result as it arrives. */
@FunctionalInterface
public interface RowConsumer {
  /** Takes one row; it is valid only during the call. */
  void accept(Row row);
}
