package dev.fettle.directory;

import dev.fettle.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A user of a tenant.
 *
 * @param profile the members of {@link DirectoryJson#PROFILE} that are not null
 */
record User(
    String id,
    String userPrincipalName,
    @Nullable String displayName,
    @Nullable String givenName,
    @Nullable String surname,
    @Nullable String mail,
    @Nullable String mailNickname,
    @Nullable String jobTitle,
    boolean accountEnabled,
    Instant createdDateTime,
    List<String> businessPhones,
    ObjectNode profile) {

  User {
    businessPhones = List.copyOf(businessPhones);
  }

  /** An enabled user of whom nothing is known yet. */
  static User unnamed(String id, Instant now) {
    return new User(
        id, "", null, null, null, null, null, null, true, now, List.of(), Json.object());
  }
}
