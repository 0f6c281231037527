package dev.fettle.db;

import org.jspecify.annotations.Nullable;

/** Work with a lent connection. */
@FunctionalInterface
public interface TxWork<T extends @Nullable Object> {
  /** Does the work; an exception rolls it back. */
  T run(Tx tx);
}
