package dev.fettle.teams;

import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * An installation as it is.
 *
 * @param consented H, the set that was consented to; empty for nothing
 */
record Installation(
    String id,
    String appId,
    String version,
    String versionKey,
    PermissionSet consented,
    @Nullable String clientAppId) {}
