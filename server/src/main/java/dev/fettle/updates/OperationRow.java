package dev.fettle.updates;

import dev.fettle.devices.SoftwareType;
import org.jspecify.annotations.Nullable;

/** A locked operation with all that its rules need. */
record OperationRow(
    String tenantId,
    String deviceId,
    String operationId,
    int actionNumber,
    @Nullable SoftwareType softwareType,
    @Nullable String softwareVersion,
    boolean fetched,
    OperationRules.State state) {}
