package dev.fettle.identity;

import java.util.Optional;

/** Finds the users for whom the development mode makes tokens. */
@FunctionalInterface
public interface UserLookup {

  /** Knows nobody. */
  UserLookup NONE = (tenantId, idOrUserPrincipalName) -> Optional.empty();

  /** A user, as a token names one. */
  record User(String id, String userPrincipalName) {}

  /** The user of this id or userPrincipalName, in any letter case. */
  Optional<User> find(String tenantId, String idOrUserPrincipalName);
}
