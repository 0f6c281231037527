package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.PermissionSet;
import tools.jackson.databind.JsonNode;

/**
 * A version of an app that waits for its review.
 *
 * @param required R once it is published, as it is stored
 */
record SubmittedVersion(String appId, String definitionId, String version, JsonNode required) {

  /** R once it is published. */
  PermissionSet requiredSet() {
    return PermissionJson.read(required);
  }

  /** True if a set that was sent is the one that this version takes in owners of a kind. */
  boolean fits(PermissionSet given, OwnerKind kind) {
    return given.sameAs(requiredSet()) || given.sameAs(requiredSet().part(kind));
  }

  /** A sentence that tells how to approve the version, so that it can be upgraded to. */
  String approval() {
    return "Version %s is submitted and waits for its approval: PATCH /appCatalogs/teamsApps/%s/appDefinitions/%s with {\"publishingState\":\"published\"} and its @odata.etag as If-Match, by a user with AppCatalog.ReadWrite.All."
        .formatted(version, appId, definitionId);
  }
}
