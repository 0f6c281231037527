package dev.fettle.updates;

import dev.fettle.devices.DeviceType;
import dev.fettle.devices.SoftwareType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a release is to be.
 *
 * @param deviceTypes the types it is for; empty for all
 * @param models the models it is for, compared in any letter case; empty for all
 */
public record NewRelease(
    SoftwareType softwareType,
    String version,
    @Nullable String displayName,
    List<DeviceType> deviceTypes,
    List<String> models) {

  public NewRelease {
    deviceTypes = List.copyOf(deviceTypes);
    models = List.copyOf(models);
  }
}
