package dev.fettle.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A team; its id is that of its Microsoft 365 group. */
record Team(
    String id,
    String displayName,
    @Nullable String description,
    String visibility,
    Instant createdDateTime) {}
