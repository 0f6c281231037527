package dev.fettle.teams;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * All that one decision about an owner and an app needs, read in one statement.
 *
 * @param appId the app, or null if it is not known
 * @param inCatalogue true if the app can be installed and upgraded
 * @param installed the installation, or null
 * @param newest the newest published definition, or null
 * @param partOfOwner true if the signed-in user is the user, or a member of the chat or team
 * @param consentEnabled true if the tenant lets apps with application permissions into such owners
 */
record InstallationFacts(
    String ownerId,
    @Nullable String appId,
    boolean inCatalogue,
    @Nullable Installation installed,
    @Nullable PublishedDefinition newest,
    boolean partOfOwner,
    boolean consentEnabled) {

  /**
   * The newest published definition of an app that is in the catalogue.
   *
   * @throws Refusal in the given words if there is none
   */
  PublishedDefinition newestOr(String missing) {
    if (!inCatalogue || newest == null) {
      throw new Refusal(Reason.notFound(missing));
    }
    return newest;
  }

  /**
   * The installation.
   *
   * @param id as the request has it
   * @throws Refusal for the form of the id, or else for the installation that is not there
   */
  Installation installedOr(String id) {
    if (installed == null) {
      TeamsIds.requireInstallation(id);
      throw noInstallation(id);
    }
    return installed;
  }

  static Refusal noInstallation(String id) {
    return new Refusal(Reason.notFound("App installation with id '%s' not found.".formatted(id)));
  }
}
