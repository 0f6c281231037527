package dev.fettle.directory;

import dev.fettle.db.Tx;

/** A part that is told when a user, chat or team is deleted, within the same transaction. */
@FunctionalInterface
public interface OwnerDeletionListener {

  /** Removes what belongs to the owner. */
  void deleted(Tx tx, String tenantId, OwnerKind kind, String id);
}
