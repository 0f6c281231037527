package dev.fettle.directory;

import dev.fettle.db.Tx;

/** Told when a user, chat or team is deleted, within the transaction that deletes it. */
@FunctionalInterface
public interface Removals {

  /** Nobody cares. */
  Removals NONE = (tx, tenantId, kind, id) -> {};

  /** Removes what hangs on the owner. */
  void removed(Tx tx, String tenantId, OwnerKind kind, String id);
}
