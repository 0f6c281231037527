package dev.fettle.devices;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents that a device sends about itself, in the shape of the schema; a part that is null
 * was not sent.
 *
 * @param activity a teamworkDeviceActivity
 * @param activityState a teamworkDeviceActivityState
 * @param configuration a teamworkDeviceConfiguration
 * @param health a teamworkDeviceHealth
 */
public record DeviceReport(
    @Nullable ObjectNode activity,
    @Nullable String activityState,
    @Nullable ObjectNode configuration,
    @Nullable ObjectNode health) {}
