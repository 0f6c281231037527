package dev.fettle.devices;

import dev.fettle.db.Tx;
import java.util.Map;

/**
 * Is told of what happens to devices, in the same transaction, by whoever keeps things about them.
 * The room that does so stands above this one and implements it.
 */
public interface DeviceEvents {

  /** A device left: what is kept about it is to be forgotten. */
  void deviceRetired(Tx tx, String tenantId, String deviceId);

  /** A device, which is locked, told that it runs other versions than those that were noted. */
  void versionsReported(
      Tx tx, String tenantId, String deviceId, Map<SoftwareType, String> versions);
}
