package dev.fettle.teams;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A notification as it was sent.
 *
 * @param parameters the values of the template's parameters
 * @param recipient the id or userPrincipalName of the one user it is for; null for all members of
 *     the chat or team
 * @param chainId the notification of the same number is overridden by this one; null for none
 * @param teamsAppId the app that is meant where several have the caller's registration, or null
 */
record Notification(
    Topic topic,
    String activityType,
    SequencedMap<String, String> parameters,
    @Nullable String previewText,
    @Nullable String recipient,
    @Nullable Long chainId,
    @Nullable String teamsAppId) {

  Notification {
    parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
  }

  /**
   * The subject of a notification.
   *
   * @param entity true if the value is the URL of an entity of Graph, rather than plain text
   * @param webUrl where a click leads, or null
   */
  record Topic(boolean entity, String value, @Nullable String webUrl) {

    /** The member's name of the source in the schema. */
    String source() {
      return entity ? "entityUrl" : "text";
    }
  }

  /**
   * An installed app whose registration is the caller.
   *
   * @param activities the template text of each activity type that the installed version declares
   */
  record Sender(
      String appId,
      @Nullable String externalId,
      String displayName,
      String version,
      JsonNode activities) {}
}
