package dev.fettle.identity;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subject and rights of an access token to be made.
 *
 * @param user the user behind the app, or null for an app by itself
 */
record TokenGrant(
    String tenantId,
    String appId,
    @Nullable String appName,
    UserLookup.@Nullable User user,
    Set<String> permissions,
    String audience,
    Duration lifetime) {

  TokenGrant {
    permissions = Set.copyOf(permissions);
  }
}
