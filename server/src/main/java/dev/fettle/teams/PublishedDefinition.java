package dev.fettle.teams;

import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * The newest published definition of an app, as something to move to.
 *
 * @param required R
 * @param clientAppId the app's registration, or null
 */
record PublishedDefinition(
    String version, String versionKey, PermissionSet required, @Nullable String clientAppId) {}
