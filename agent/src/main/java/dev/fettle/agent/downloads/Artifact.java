package dev.fettle.agent.downloads;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** One file of a deployment: its name, its size, its hashes (hex, null if not given), its link. */
public record Artifact(
    String fileName,
    long size,
    @Nullable String sha1,
    @Nullable String md5,
    @Nullable String sha256,
    @Nullable URI download) {}
