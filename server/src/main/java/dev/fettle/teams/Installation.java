package dev.fettle.teams;

import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * An installation as it is.
 *
 * @param consented what was consented to, or null for nothing
 */
record Installation(
    String id,
    String appId,
    String version,
    String versionKey,
    @Nullable PermissionSet consented,
    @Nullable String clientAppId) {

  /** H: what was consented to, and the empty set for nothing. */
  PermissionSet consentedSet() {
    return consented == null ? PermissionSet.EMPTY : consented;
  }
}
