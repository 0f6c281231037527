package dev.fettle.identity;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds users of the directory, for rooms that lie below it or beside it. */
@FunctionalInterface
public interface UserLookup {

  /** Knows nobody. */
  UserLookup NONE = (tenantId, idOrUserPrincipalName) -> Optional.empty();

  /** A user, by what names it. */
  record User(String id, String userPrincipalName, @Nullable String displayName) {

    /** A user without a display name. */
    public User(String id, String userPrincipalName) {
      this(id, userPrincipalName, null);
    }
  }

  /** The user of this id or userPrincipalName, in any letter case. */
  Optional<User> find(String tenantId, String idOrUserPrincipalName);
}
