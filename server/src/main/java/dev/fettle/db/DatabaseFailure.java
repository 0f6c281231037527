package dev.fettle.db;

/** A statement that the database refused for a reason nobody expected: a bug, answered with 500. */
public final class DatabaseFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Names the statement's text (never its values) and PostgreSQL's own words. */
  public DatabaseFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
