package dev.fettle.updates;

import java.time.Instant;

/** What a device sent when it was asked for diagnostics. */
public record Diagnostics(String sha256, long size, String contentType, Instant created) {}
