package dev.fettle.identity;

import java.util.Set;

/**
 * The permissions that open something on this server.
 *
 * @param application those that count for apps by themselves
 * @param delegated those that count for users through an app
 */
public record KnownPermissions(Set<String> application, Set<String> delegated) {
  public KnownPermissions {
    application = Set.copyOf(application);
    delegated = Set.copyOf(delegated);
  }
}
