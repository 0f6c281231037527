package dev.fettle.teams;

import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A published definition of an app, to be installed or upgraded to.
 *
 * @param required R, as it is stored
 * @param clientAppId the app's registration, or null
 */
record PublishedDefinition(
    String version, String versionKey, JsonNode required, @Nullable String clientAppId) {

  /** R. */
  PermissionSet requiredSet() {
    return PermissionJson.read(required);
  }
}
