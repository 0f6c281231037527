package dev.fettle.devices;

import dev.fettle.json.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The part of a locked device from which its condition follows. The objects are fresh copies. */
record DeviceState(
    String tenantId,
    String deviceId,
    String deviceType,
    @Nullable String model,
    ObjectNode attributes,
    ObjectNode currentVersions,
    @Nullable ObjectNode configuration,
    @Nullable ObjectNode health,
    ObjectNode softwareUpdateHealth) {

  /** The state of a device that has just registered itself. */
  static DeviceState registered(AuthenticatedDevice device) {
    return new DeviceState(
        device.tenantId(),
        device.deviceId(),
        DeviceType.UNKNOWN.word(),
        null,
        Json.object(),
        Json.object(),
        null,
        null,
        Json.object());
  }

  /** Answers if the same releases fit both devices. */
  boolean isOfKind(DeviceState other) {
    return deviceType.equals(other.deviceType) && Objects.equals(model, other.model);
  }

  /** This state after the device sent attributes; what they do not name stays. */
  DeviceState with(ObjectNode changed, AttributeRules.Facts facts) {
    return new DeviceState(
        tenantId,
        deviceId,
        facts.deviceType() == null ? deviceType : facts.deviceType().word(),
        facts.model() == null ? model : facts.model(),
        changed,
        currentVersions,
        configuration,
        health,
        softwareUpdateHealth);
  }

  /** This state after the device sent documents; what it did not send stays. */
  DeviceState with(DeviceReport report) {
    return new DeviceState(
        tenantId,
        deviceId,
        deviceType,
        model,
        attributes,
        currentVersions,
        report.configuration() == null ? configuration : report.configuration(),
        report.health() == null ? health : report.health(),
        softwareUpdateHealth);
  }
}
