package dev.fettle.teams;

import dev.fettle.db.Tx;

/** Told in the same transaction when a definition of an app is published. */
@FunctionalInterface
interface AutomaticMoves {

  /** Moves the installations that may follow without anybody's consent. */
  void published(Tx tx, String tenantId, String appId);
}
