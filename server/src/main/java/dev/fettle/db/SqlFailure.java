package dev.fettle.db;

import java.sql.SQLException;

/** Carries a driver's exception out of work that may not declare it; {@code Db} translates it. */
final class SqlFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final SQLException failure;
  private final String statement;

  SqlFailure(SQLException failure) {
    this(failure, "");
  }

  SqlFailure(SQLException failure, String statement) {
    super(failure);
    this.failure = failure;
    this.statement = statement;
  }

  SQLException failure() {
    return failure;
  }

  String statement() {
    return statement;
  }
}
