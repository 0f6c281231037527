package dev.fettle.devices;

import dev.fettle.db.Tx;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The software of devices, as far as this package needs it. The package that keeps releases and
 * operations implements it, since it may use this one and not the reverse; all calls are part of
 * the transaction of the change that makes them.
 */
public interface DeviceUpdates {

  /**
   * The newest published version of each software type that fits a device of this type and model.
   */
  Map<SoftwareType, String> newest(
      Tx tx, String tenantId, String deviceType, @Nullable String model);

  /** A device left: what is kept about it is to be removed. */
  void deviceRetired(Tx tx, String tenantId, String deviceId);

  /** A device, which is locked, reported that it runs other versions than those that were noted. */
  void versionsReported(
      Tx tx, String tenantId, String deviceId, Map<SoftwareType, String> versions);
}
