package dev.fettle.teams;

import dev.fettle.base.Refusal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All that one decision about an owner and an app needs, read in one statement.
 *
 * @param appId the app, or null if it is not known
 * @param inCatalogue true if the app can be installed and upgraded
 * @param installationId the installation, or null; so with what is known of it
 * @param consented H, as it is stored; null for nothing
 * @param newestVersion that of the newest published definition, or null; so with the rest of it
 * @param partOfOwner true if the signed-in user is the user, or a member of the chat or team
 * @param consentEnabled true if the tenant lets apps with application permissions into such owners
 */
record InstallationFacts(
    String ownerId,
    @Nullable String appId,
    boolean inCatalogue,
    @Nullable String installationId,
    @Nullable String version,
    @Nullable String versionKey,
    @Nullable JsonNode consented,
    @Nullable String clientAppId,
    @Nullable String newestVersion,
    @Nullable String newestVersionKey,
    @Nullable JsonNode newestRequired,
    @Nullable String newestClientAppId,
    boolean partOfOwner,
    boolean consentEnabled) {

  /**
   * The newest published definition of an app that is in the catalogue.
   *
   * @throws Refusal in the given words if there is none
   */
  PublishedDefinition newestOr(String missing) {
    if (!inCatalogue
        || newestVersion == null
        || newestVersionKey == null
        || newestRequired == null) {
      throw Refusal.notFound(missing);
    }
    return new PublishedDefinition(
        newestVersion, newestVersionKey, newestRequired, newestClientAppId);
  }

  /**
   * The installation.
   *
   * @param id as the request has it
   * @throws Refusal for the form of the id, or else for the installation that is not there
   */
  Installation installedOr(String id) {
    if (installationId == null || appId == null || version == null || versionKey == null) {
      TeamsIds.requireInstallation(id);
      throw noInstallation(id);
    }
    return new Installation(
        installationId,
        appId,
        version,
        versionKey,
        PermissionJson.readOrEmpty(consented),
        clientAppId);
  }

  static Refusal noInstallation(String id) {
    return Refusal.notFound("App installation with id '%s' not found.".formatted(id));
  }
}
