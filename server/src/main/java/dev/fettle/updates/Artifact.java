package dev.fettle.updates;

import java.time.Instant;

/**
 * One file of a release.
 *
 * @param moduleNumber the number by which agents know the release
 */
public record Artifact(
    String releaseId, int moduleNumber, String fileName, Content content, Instant created) {}
