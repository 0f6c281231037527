package dev.fettle.teams;

import dev.fettle.base.Guids;
import dev.fettle.base.Refusal;
import dev.fettle.directory.OwnerKind;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of the action. The schema has checked names and types before. */
final class NotificationJson {

  /** No text of the reference is longer; what is kept for 30 days has to end somewhere. */
  private static final int MOST_CHARACTERS = 4_096;

  private NotificationJson() {}

  /**
   * Reads a notification.
   *
   * @param key the owner in the address
   */
  static Notification read(ObjectNode body, OwnerKind kind, String key) {
    JsonNode topic = present(body, "topic", "topic");
    boolean entity = present(topic, "source", "topic/source").stringValue().equals("entityUrl");
    JsonNode chainId = body.get("chainId");
    JsonNode preview = body.get("previewText");
    return new Notification(
        new Notification.Topic(
            entity, text(topic, "value", "topic/value"), optional(topic, "webUrl", "topic/webUrl")),
        text(body, "activityType", "activityType"),
        parameters(body.get("templateParameters")),
        preview == null || preview.isNull()
            ? null
            : optional(preview, "content", "previewText/content"),
        kind == OwnerKind.USER ? key : recipient(body, kind, key),
        chainId == null || chainId.isNull() ? null : chainId.longValue(),
        optional(body, "teamsAppId", "teamsAppId"));
  }

  private static SequencedMap<String, String> parameters(@Nullable JsonNode list) {
    SequencedMap<String, String> parameters = new LinkedHashMap<>();
    if (list == null || list.isNull()) {
      return parameters;
    }
    for (int i = 0; i < list.size(); i++) {
      String path = "templateParameters/" + i;
      String name = text(list.get(i), "name", path + "/name");
      String value = text(list.get(i), "value", path + "/value");
      if (parameters.put(name, value) != null) {
        throw invalid(path + "/name", "The parameter '%s' is there twice.".formatted(name));
      }
    }
    return parameters;
  }

  /** The one user that a notification in a chat or team is for; null for all of its members. */
  private static @Nullable String recipient(ObjectNode body, OwnerKind kind, String key) {
    JsonNode recipient = present(body, "recipient", "recipient");
    String type = recipient.path("@odata.type").asString("");
    String name = type.substring(type.lastIndexOf('.') + 1);
    boolean chat = kind == OwnerKind.CHAT;
    if (name.equals("aadUserNotificationRecipient")) {
      return text(recipient, "userId", "recipient/userId");
    }
    boolean channel = !chat && name.equals("channelMembersNotificationRecipient");
    if (!channel && !name.equals(kind.text() + "MembersNotificationRecipient")) {
      throw invalid(
          "recipient/@odata.type",
          "The recipient must be a microsoft.graph.aadUserNotificationRecipient"
              + (chat
                  ? " or chatMembersNotificationRecipient."
                  : ", teamMembersNotificationRecipient or channelMembersNotificationRecipient."));
    }
    same(recipient, kind.text() + "Id", key, kind.text());
    if (channel) {
      String _ = text(recipient, "channelId", "recipient/channelId");
    }
    return null;
  }

  private static void same(JsonNode recipient, String name, String key, String kind) {
    String given = text(recipient, name, "recipient/" + name);
    if (!Guids.canonical(given).equals(Guids.canonical(key))) {
      throw invalid(
          "recipient/" + name,
          "The recipients must be the members of the %s in the address, '%s'."
              .formatted(kind, key));
    }
  }

  private static JsonNode present(JsonNode object, String name, String path) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      throw invalid(path, "A value is required for '%s'.".formatted(name));
    }
    return value;
  }

  private static String text(JsonNode object, String name, String path) {
    String text = optional(object, name, path);
    if (text == null || text.isBlank()) {
      throw invalid(path, "A value is required for '%s'.".formatted(name));
    }
    return text;
  }

  private static @Nullable String optional(JsonNode object, String name, String path) {
    JsonNode value = object.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    String text = value.stringValue();
    if (text.codePointCount(0, text.length()) > MOST_CHARACTERS) {
      throw invalid(path, "'%s' has more than %d characters.".formatted(name, MOST_CHARACTERS));
    }
    return text;
  }

  private static Refusal invalid(String target, String message) {
    return Refusal.invalid(target, message);
  }
}
