package dev.fettle.teams.packages;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a manifest that the catalogue needs.
 *
 * @param externalId the manifest's own id, in the case in which it is written there
 * @param clientAppId the app's registration, or null if the manifest names none
 * @param required the resource-specific permissions of all scopes
 * @param botId the bot, or null
 * @param capabilities all that decides whether users are asked before they get this version
 * @param activities the template text of each type of notification
 * @param installationScopes members of {@code teamsAppInstallationScopes}: {@code team}, {@code
 *     groupChat}, {@code personal}
 */
public record Manifest(
    String externalId,
    Version version,
    String displayName,
    String shortDescription,
    String description,
    @Nullable String clientAppId,
    PermissionSet required,
    @Nullable String botId,
    Capabilities capabilities,
    Map<String, String> activities,
    Set<String> installationScopes) {

  public Manifest {
    activities = Map.copyOf(activities);
    installationScopes = Set.copyOf(installationScopes);
  }
}
