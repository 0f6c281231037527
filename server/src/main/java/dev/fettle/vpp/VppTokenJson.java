package dev.fettle.vpp;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    JsonNode token = body.get("token");
    return token == null || token.isNull() ? null : token.asString();
  }

  /** What is known, with what the body says in place. */
  static VppTokenDetails over(VppTokenDetails known, ObjectNode body) {
    return new VppTokenDetails(
        text(body, "displayName", known.displayName()),
        text(body, "organizationName", known.organizationName()),
        member(body, "vppTokenAccountType", known.accountType()),
        text(body, "appleId", known.appleId()),
        time(body, "expirationDateTime", known.expires()),
        time(body, "lastSyncDateTime", known.lastSync()),
        member(body, "state", known.state()),
        member(body, "lastSyncStatus", known.lastSyncStatus()),
        flag(body, "automaticallyUpdateApps", known.automaticallyUpdateApps()),
        text(body, "countryOrRegion", known.country()),
        text(body, "locationName", known.location()),
        flag(body, "dataSharingConsentGranted", known.dataSharingConsentGranted()),
        flag(body, "claimTokenManagementFromExternalMdm", known.claimFromExternalMdm()),
        texts(body, "roleScopeTagIds", known.roleScopeTagIds()),
        results(body, known.actionResults()),
        member(body, "appleDeviceAppDeliveryProtocolType", known.deliveryProtocol()),
        integer(body, "lastAppCount", known.lastAppCount()));
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
      throw new Refusal(
          Reason.invalid(
              name, "The property '%s' has more than %d members.".formatted(name, most)));
    }
  }

  private static String bounded(String name, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new Refusal(
          Reason.invalid(
              name,
              "The property '%s' is longer than %d characters.".formatted(name, LONGEST_TEXT)));
    }
    if (text.indexOf('\0') >= 0) {
      throw new Refusal(
          Reason.invalid(name, "The property '%s' holds the character U+0000.".formatted(name)));
    }
    return text;
  }

  private static String member(ObjectNode body, String name, String known) {
    JsonNode value = body.get(name);
    return value == null || value.isNull() ? known : value.asString();
  }

  private static boolean flag(ObjectNode body, String name, boolean known) {
    JsonNode value = body.get(name);
    return (value == null || value.isNull()) ? known : value.asBoolean();
  }

  private static @Nullable Integer integer(ObjectNode body, String name, @Nullable Integer known) {
    JsonNode value = body.get(name);
    if (value == null) {
      return known;
    }
    return value.isNull() ? null : Integer.valueOf(value.asInt());
  }

  private static String time(ObjectNode body, String name, String known) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return known;
    }
    String time = PreciseTime.parse(value.asString());
    if (time == null) {
      throw new Refusal(
          Reason.invalid(
              name,
              "The property '%s' is not a date and time between the years 1 and 9999."
                  .formatted(name)));
    }
    return time;
  }

  private static List<String> texts(ObjectNode body, String name, List<String> known) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return known;
    }
    requireFew(name, value, MOST_TEXTS);
    List<String> texts = new ArrayList<>();
    value.forEach(one -> texts.add(bounded(name, one.asString())));
    return texts;
  }

  private static String results(ObjectNode body, String known) {
    JsonNode value = body.get("tokenActionResults");
    if (value == null || value.isNull()) {
      return known;
    }
    requireFew("tokenActionResults", value, MOST_RESULTS);
    return canonical(value);
  }

  /** Results with their members in order and their times in UTC, so that equal ones are equal. */
  static String canonical(JsonNode results) {
    ArrayNode list = Json.object().putArray("list");
    for (JsonNode one : results) {
      Map<String, JsonNode> members = new TreeMap<>();
      one.forEachEntry(members::put);
      ObjectNode entry = list.addObject();
      members.forEach((name, value) -> entry.set(name, canonical(name, value)));
    }
    return Json.text(list);
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
