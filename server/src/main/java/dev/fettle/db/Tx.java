package dev.fettle.db;

import java.util.List;
import java.util.Optional;

/** A lent connection: statements run in order, on the thread that got it. */
public interface Tx {
  /** The only row of a query, or nothing; more than one row is a bug. */
  <T> Optional<T> one(Sql query, RowReader<T> reader);

  /** All rows of a query. */
  <T> List<T> list(Sql query, RowReader<T> reader);

  /** Each row as it arrives; inside a transaction a large result is never held whole. */
  void each(Sql query, RowConsumer consumer);

  /** Runs an insert, update, delete or other command; answers how many rows it touched. */
  int update(Sql command);
}
