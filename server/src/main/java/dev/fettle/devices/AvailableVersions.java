package dev.fettle.devices;

import dev.fettle.db.Tx;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which software there is for a device. The room that keeps releases stands above this one and
 * implements it.
 */
public interface AvailableVersions {

  /**
   * The newest published version of each software type that fits a device of this type and model.
   */
  Map<SoftwareType, String> newest(
      Tx tx, String tenantId, String deviceType, @Nullable String model);

  /**
   * The same for each row of a statement on {@code devices_device d}: a column {@code available}, a
   * jsonb object that has the version of each software type, or null if there is none.
   */
  String column();
}
