package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.AppScope;

/**
 * The user, chat or team that a request addresses.
 *
 * @param key as the path has it; for a user the id or the userPrincipalName
 */
record Owner(AppScope scope, String key) {

  OwnerKind kind() {
    return switch (scope) {
      case USER -> OwnerKind.USER;
      case CHAT -> OwnerKind.CHAT;
      case TEAM -> OwnerKind.TEAM;
    };
  }
}
