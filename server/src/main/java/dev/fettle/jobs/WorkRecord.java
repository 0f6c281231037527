package dev.fettle.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one kind of background work on this server, since it started.
 *
 * @param lastRun when it last began, by the server's clock; null if it never did
 * @param lastSuccess when it last ended well; null if it never did
 * @param runs how often it began
 * @param failures how often it failed
 */
public record WorkRecord(
    String name,
    @Nullable Instant lastRun,
    @Nullable Instant lastSuccess,
    long runs,
    long failures) {}
