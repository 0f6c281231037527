package dev.fettle.directory;

import dev.fettle.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A team; its id is that of its Microsoft 365 group.
 *
 * @param settings the members of {@link DirectoryJson#TEAM_SETTINGS} that were set
 */
record Team(
    String id,
    String displayName,
    @Nullable String description,
    String visibility,
    Instant createdDateTime,
    ObjectNode settings) {

  /** A public team of which nothing is known yet. */
  static Team unnamed(String id, Instant now) {
    return new Team(id, "", null, "public", now, Json.object());
  }
}
