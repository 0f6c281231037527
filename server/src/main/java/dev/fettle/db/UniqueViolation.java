package dev.fettle.db;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;

/**
 * A statement would have broken a unique constraint: how stores learn that a race was lost. Where
 * nobody catches it, it is a conflict.
 *
 * <p>PostgreSQL has given up the transaction by then, so it is caught around {@link Db#tx}, not in
 * it; a store that wants to go on writes {@code on conflict} instead.
 */
public final class UniqueViolation extends Refusal {
  private static final long serialVersionUID = 1;

  private final String constraintName;

  /** A violation of the named constraint or unique index. */
  public UniqueViolation(String constraintName) {
    super(
        Reason.conflict(
            "Another request stored the same thing at the same moment ('%s'). Nothing was stored. Look at what is there before you try again."
                .formatted(constraintName)));
    this.constraintName = constraintName;
  }

  /** The constraint's or the unique index's name. */
  public String constraintName() {
    return constraintName;
  }
}
