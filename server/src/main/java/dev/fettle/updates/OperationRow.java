package dev.fettle.updates;

import dev.fettle.devices.LockedDevice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A locked operation with all that its rules need.
 *
 * @param device its device, if that was locked with it
 */
record OperationRow(
    String tenantId,
    String deviceId,
    String id,
    int actionNumber,
    @Nullable String softwareType,
    @Nullable String softwareVersion,
    @Nullable Instant fetched,
    OperationRules.State state,
    @Nullable LockedDevice device) {}
