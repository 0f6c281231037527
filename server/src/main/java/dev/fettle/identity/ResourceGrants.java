package dev.fettle.identity;

import java.util.Set;

/**
 * Looks up resource-specific consent: permissions that an app was granted in one chat, team or user
 * rather than in the whole tenant.
 */
@FunctionalInterface
public interface ResourceGrants {

  /** Nobody was granted anything. */
  ResourceGrants NONE = (caller, target, targetId) -> Set.of();

  /**
   * The permissions that the caller's app holds in one target.
   *
   * @param target {@code chat}, {@code team} or {@code user}
   */
  Set<String> granted(Caller caller, String target, String targetId);
}
