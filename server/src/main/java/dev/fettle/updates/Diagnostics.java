package dev.fettle.updates;

import java.time.Instant;

/** The diagnostics that a device sent. */
record Diagnostics(String sha256, long size, String contentType, Instant created) {}
