package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.PermissionSet;

/**
 * A version of an app that waits for its review.
 *
 * @param required R, what it will require once it is published
 */
record SubmittedVersion(String appId, String definitionId, String version, PermissionSet required) {

  /** Whether a set that was sent is the one that this version takes in a scope. */
  boolean fits(PermissionSet given, OwnerKind kind) {
    return given.sameAs(required) || given.sameAs(required.part(kind));
  }

  /** What has to be done so that it can be upgraded to, as a sentence. */
  String approval() {
    return "Version "
        + version
        + " is submitted and waits for its approval: PATCH /appCatalogs/teamsApps/"
        + appId
        + "/appDefinitions/"
        + definitionId
        + " with {\"publishingState\":\"published\"} and its @odata.etag as If-Match, by a user"
        + " with AppCatalog.ReadWrite.All.";
  }
}
