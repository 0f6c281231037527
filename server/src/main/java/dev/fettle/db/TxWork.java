package dev.fettle.db;

import org.jspecify.annotations.Nullable;

/** What is done with a connection while it is lent. */
@FunctionalInterface
public interface TxWork<T extends @Nullable Object> {
  /** Does the work; an exception rolls it back. */
  T run(Tx tx);
}
