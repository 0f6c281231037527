package dev.fettle.updates;

import dev.fettle.devices.SoftwareType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of one software type for some devices.
 *
 * @param deviceTypes the types it is for; empty for all
 * @param models the models it is for, compared in any letter case; empty for all
 */
record Release(
    SoftwareType softwareType,
    String version,
    @Nullable String displayName,
    List<String> deviceTypes,
    List<String> models) {

  Release {
    deviceTypes = List.copyOf(deviceTypes);
    models = List.copyOf(models);
  }

  /** Answers if a device could belong to both. */
  boolean overlaps(Release other) {
    return overlap(deviceTypes, other.deviceTypes) && overlap(models, other.models);
  }

  private static boolean overlap(List<String> some, List<String> others) {
    return some.isEmpty() || others.isEmpty() || some.stream().anyMatch(others::contains);
  }
}
