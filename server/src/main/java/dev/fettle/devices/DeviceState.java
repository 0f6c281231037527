package dev.fettle.devices;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Everything of a locked device from which its condition follows. The objects are fresh copies. */
record DeviceState(
    String tenantId,
    String id,
    String deviceType,
    @Nullable String model,
    ObjectNode attributes,
    ObjectNode currentVersions,
    @Nullable ObjectNode configuration,
    @Nullable ObjectNode health,
    ObjectNode softwareUpdateHealth) {

  /** Whether the same releases fit both devices. */
  boolean isOfKind(DeviceState other) {
    return deviceType.equals(other.deviceType) && Objects.equals(model, other.model);
  }
}
