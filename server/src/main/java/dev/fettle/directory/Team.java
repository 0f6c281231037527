package dev.fettle.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A team; its id is that of its Microsoft 365 group.
 *
 * @param settings what was said of {@link DirectoryJson#TEAM_SETTINGS}
 */
record Team(
    String id,
    String displayName,
    @Nullable String description,
    String visibility,
    Instant createdDateTime,
    ObjectNode settings) {}
