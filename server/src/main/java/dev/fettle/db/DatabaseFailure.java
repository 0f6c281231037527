package dev.fettle.db;

/**
 * A database that cannot be used, which ends a start; or a statement that it refused for a reason
 * nobody expected: a bug, answered with 500.
 */
public final class DatabaseFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what is wrong with the database, and what to do. */
  public DatabaseFailure(String message) {
    super(message);
  }

  /** Names the statement's text (never its values) and PostgreSQL's own words. */
  public DatabaseFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
