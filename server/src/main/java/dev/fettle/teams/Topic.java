package dev.fettle.teams;

import org.jspecify.annotations.Nullable;

/**
 * What a notification is about.
 *
 * @param entity whether the value is the URL of an entity of Graph, rather than plain text
 * @param webUrl where a click leads, or null
 */
record Topic(boolean entity, String value, @Nullable String webUrl) {

  /** The member's name of the source in the schema. */
  String source() {
    return entity ? "entityUrl" : "text";
  }
}
