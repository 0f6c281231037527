package dev.fettle.teams.installations;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.consent.Scope;

/**
 * The user, chat or team that a request addresses.
 *
 * @param key as the path has it; for a user the id or the userPrincipalName
 */
public record Owner(Scope scope, String key) {

  OwnerKind kind() {
    return switch (scope) {
      case USER -> OwnerKind.USER;
      case CHAT -> OwnerKind.CHAT;
      case TEAM -> OwnerKind.TEAM;
    };
  }
}
