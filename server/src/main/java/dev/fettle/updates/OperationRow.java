package dev.fettle.updates;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A locked operation with all that its rules need. */
record OperationRow(
    String tenantId,
    String deviceId,
    String id,
    int actionNumber,
    @Nullable String softwareType,
    @Nullable String softwareVersion,
    @Nullable Instant fetched,
    OperationRules.State state) {}
