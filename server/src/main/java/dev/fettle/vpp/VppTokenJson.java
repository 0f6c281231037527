package dev.fettle.vpp;

import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** A vppToken in a request body. */
final class VppTokenJson {

  private static final int LONGEST_TEXT = 1_024;
  private static final int MOST_TEXTS = 200;
  private static final int MOST_RESULTS = 200;

  private VppTokenJson() {}

  /** The secret that the body brings; null if it is absent or null, which changes nothing. */
  static @Nullable String token(ObjectNode body) {
    return given(body, "token").map(JsonNode::asString).orElse(null);
  }

  private static Optional<JsonNode> given(ObjectNode body, String name) {
    return Optional.ofNullable(body.get(name)).filter(value -> !value.isNull());
  }

  /** The known properties, with those of the body in their place. */
  static VppTokenDetails over(VppTokenDetails known, ObjectNode body) {
    VppTokenDetails.Settings settings = known.settings();
    VppTokenDetails.Content content = known.content();
    VppTokenDetails.Sync sync = known.sync();
    return new VppTokenDetails(
        new VppTokenDetails.Settings(
            text(body, "displayName", settings.displayName()),
            member(body, "vppTokenAccountType", settings.accountType()),
            text(body, "appleId", settings.appleId()),
            flag(body, "automaticallyUpdateApps", settings.automaticallyUpdateApps()),
            text(body, "countryOrRegion", settings.countryOrRegion()),
            flag(body, "dataSharingConsentGranted", settings.dataSharingConsentGranted()),
            flag(body, "claimTokenManagementFromExternalMdm", settings.claimFromExternalMdm()),
            texts(body, "roleScopeTagIds", settings.roleScopeTagIds()),
            member(body, "appleDeviceAppDeliveryProtocolType", settings.deliveryProtocol())),
        new VppTokenDetails.Content(
            text(body, "organizationName", content.organizationName()),
            time(body, "expirationDateTime", content.expirationDateTime())),
        member(body, "state", known.state()),
        new VppTokenDetails.Sync(
            time(body, "lastSyncDateTime", sync.lastSyncDateTime()),
            member(body, "lastSyncStatus", sync.lastSyncStatus()),
            text(body, "locationName", sync.locationName()),
            results(body, sync.tokenActionResults()),
            integer(body, "lastAppCount", sync.lastAppCount())));
  }

  private static @Nullable String text(ObjectNode body, String name, @Nullable String known) {
    JsonNode value = body.get(name);
    if (value == null) {
      return known;
    }
    if (value.isNull()) {
      return null;
    }
    return bounded(name, value.asString());
  }

  private static void requireFew(String name, JsonNode list, int most) {
    if (list.size() > most) {
      throw Refusal.invalid(
          name, "The property '%s' has more than %d members.".formatted(name, most));
    }
  }

  private static String bounded(String name, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw Refusal.invalid(
          name, "The property '%s' is longer than %d characters.".formatted(name, LONGEST_TEXT));
    }
    if (text.indexOf('\0') >= 0) {
      throw Refusal.invalid(name, "The property '%s' holds the character U+0000.".formatted(name));
    }
    return text;
  }

  private static String member(ObjectNode body, String name, String known) {
    return given(body, name).map(JsonNode::asString).orElse(known);
  }

  private static boolean flag(ObjectNode body, String name, boolean known) {
    return given(body, name).map(JsonNode::asBoolean).orElse(known);
  }

  private static @Nullable Integer integer(ObjectNode body, String name, @Nullable Integer known) {
    JsonNode value = body.get(name);
    if (value == null) {
      return known;
    }
    return value.isNull() ? null : Integer.valueOf(value.asInt());
  }

  private static String time(ObjectNode body, String name, String known) {
    return given(body, name).map(value -> time(name, value.asString())).orElse(known);
  }

  private static String time(String name, String text) {
    String time = PreciseTime.parse(text);
    if (time == null) {
      throw Refusal.invalid(
          name,
          "The property '%s' is not a date and time between the years 1 and 9999.".formatted(name));
    }
    return time;
  }

  private static List<String> texts(ObjectNode body, String name, List<String> known) {
    Optional<JsonNode> value = given(body, name);
    value.ifPresent(list -> requireFew(name, list, MOST_TEXTS));
    return value
        .map(list -> list.valueStream().map(one -> bounded(name, one.asString())).toList())
        .orElse(known);
  }

  /** Results with their times in UTC, so that equal ones are equal. */
  private static JsonNode results(ObjectNode body, JsonNode known) {
    Optional<JsonNode> value = given(body, "tokenActionResults");
    if (value.isEmpty()) {
      return known;
    }
    requireFew("tokenActionResults", value.get(), MOST_RESULTS);
    ArrayNode list = Json.object().putArray("list");
    for (JsonNode one : value.get()) {
      ObjectNode entry = list.addObject();
      one.forEachEntry((name, member) -> entry.set(name, canonical(name, member)));
    }
    return list;
  }

  private static JsonNode canonical(String name, JsonNode value) {
    if (!value.isString()) {
      return value;
    }
    String text = value.asString();
    if (name.equals("@odata.type")) {
      return StringNode.valueOf(text.startsWith("#") ? text : "#" + text);
    }
    String time = name.endsWith("DateTime") ? PreciseTime.parse(text) : null;
    return time == null ? value : StringNode.valueOf(PreciseTime.printed(time));
  }
}
