package dev.fettle.devices;

import dev.fettle.db.Tx;
import dev.fettle.devices.credentials.EnrolledDevice;
import dev.fettle.devices.software.SoftwareType;
import java.util.Map;

/**
 * Is told of what happens to devices, in the same transaction, by whoever keeps things about them.
 * The room that does so stands above this one and implements it.
 */
public interface DeviceEvents {

  /** A device left: what is kept about it is to be forgotten. */
  void retired(Tx tx, String tenantId, String deviceId);

  /**
   * A device told for the first time after an installation what it runs.
   *
   * @param action the number of the action that installed something
   */
  void reportedAfter(Tx tx, EnrolledDevice device, int action, Map<SoftwareType, String> versions);
}
