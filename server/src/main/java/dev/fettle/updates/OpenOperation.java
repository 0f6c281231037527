package dev.fettle.updates;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that waits for a device or is under way there.
 *
 * @param actionNumber the number by which agents know it
 * @param softwareType the schema's name of the software type; null but for software updates
 * @param cancelRequested whether the device shall stop it
 * @param lastAction when it last changed
 */
public record OpenOperation(
    int actionNumber,
    OperationType type,
    OperationStatus status,
    @Nullable String softwareType,
    boolean cancelRequested,
    Instant lastAction) {}
