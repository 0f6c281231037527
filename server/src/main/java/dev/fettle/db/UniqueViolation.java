package dev.fettle.db;

/**
 * A statement would have broken a unique constraint: how stores learn that a race was lost.
 *
 * <p>PostgreSQL has given up the transaction by then, so it is caught around {@link Db#tx}, not in
 * it; a store that wants to go on writes {@code on conflict} instead.
 */
public final class UniqueViolation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String constraintName;

  /** A violation of the named constraint or unique index. */
  public UniqueViolation(String constraintName, Throwable cause) {
    super("unique constraint " + constraintName + " is violated", cause);
    this.constraintName = constraintName;
  }

  /** The constraint's or the unique index's name. */
  public String constraintName() {
    return constraintName;
  }
}
