package dev.fettle.directory;

import java.util.List;

/**
 * A user in a chat or a team.
 *
 * @param user the user's id or userPrincipalName as the caller gave it
 * @param roles {@code owner}, {@code guest} or nothing
 */
record Member(String user, List<String> roles) {

  Member {
    roles = List.copyOf(roles);
  }
}
