package dev.fettle.devices;

import dev.fettle.db.Tx;

/** Is told of a device that leaves, in the same transaction, by whoever keeps things about it. */
@FunctionalInterface
public interface RetiredDevices {

  /** Forgets what is kept about a device. */
  void retired(Tx tx, String tenantId, String deviceId);
}
