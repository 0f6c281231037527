package dev.fettle.teams.packages;

import dev.fettle.teams.consent.PermissionSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogue takes from a manifest.
 *
 * @param externalId the manifest's own id, in the case in which it is written there
 * @param clientAppId the app's registration, or null if the manifest names none
 * @param required the resource-specific permissions of all scopes
 * @param botId the bot, or null
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
    Set<String> installationScopes) {

  public Manifest {
    installationScopes = Set.copyOf(installationScopes);
  }
}
