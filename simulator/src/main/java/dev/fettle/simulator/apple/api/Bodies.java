package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.AppleRefusal.Culprits;
import dev.fettle.simulator.apple.library.AssetId;
import dev.fettle.simulator.apple.library.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads request bodies. A null member counts as absent, and a member of the wrong type is 9602:
 * Apple's adamId, for one, is a text and not a number here.
 */
final class Bodies {
  private Bodies() {}

  static ObjectNode body(JsonMapper json, Question question) {
    try {
      if (json.readTree(question.body()) instanceof ObjectNode body) {
        return body;
      }
    } catch (JacksonException e) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
  }

  static List<AssetId> assetIds(ObjectNode body) {
    List<AssetId> ids = new ArrayList<>();
    for (JsonNode one : array(body, "assets")) {
      String pricing = text(one, "pricingParam");
      ids.add(new AssetId(required(one, "adamId"), pricing == null ? AssetId.STANDARD : pricing));
    }
    return ids;
  }

  static List<Target> targets(ObjectNode body, int mostUsers, int mostSerials) {
    List<String> users = strings(body, "clientUserIds");
    List<String> serials = strings(body, "serialNumbers");
    if (users.isEmpty() && serials.isEmpty()) {
      throw new AppleRefusal(AppleError.TARGETS_MISSING);
    }
    if (users.size() > mostUsers) {
      throw new AppleRefusal(AppleError.TOO_MANY_USERS_IN_LIST);
    }
    if (serials.size() > mostSerials) {
      throw new AppleRefusal(AppleError.TOO_MANY_SERIALS);
    }
    refuseRepeated(users, AppleError.DUPLICATE_CLIENT_USER_IDS, Culprits::clientUserIds);
    refuseRepeated(serials, AppleError.DUPLICATE_SERIALS, Culprits::serialNumbers);
    List<Target> targets = new ArrayList<>();
    users.forEach(user -> targets.add(new Target.Person(user)));
    serials.forEach(serial -> targets.add(new Target.Device(serial)));
    return targets;
  }

  static <T> void refuseRepeated(
      List<T> values, AppleError error, Function<List<T>, Culprits> culprits) {
    Set<T> seen = new HashSet<>();
    List<T> repeated = values.stream().filter(value -> !seen.add(value)).distinct().toList();
    if (!repeated.isEmpty()) {
      throw new AppleRefusal(error, culprits.apply(repeated));
    }
  }

  static List<String> strings(ObjectNode body, String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode one : array(body, name)) {
      String value = one.stringValue(null);
      if (value == null || value.isBlank()) {
        throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
      }
      values.add(value);
    }
    return values;
  }

  static List<JsonNode> array(ObjectNode body, String name) {
    if (!present(body, name)) {
      return List.of();
    }
    if (!(body.path(name) instanceof ArrayNode array)) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return array.valueStream().toList();
  }

  static boolean present(JsonNode body, String name) {
    JsonNode value = body.path(name);
    return !value.isMissingNode() && !value.isNull();
  }

  static @Nullable String text(JsonNode body, String name) {
    if (!present(body, name)) {
      return null;
    }
    String value = body.path(name).stringValue(null);
    if (value == null) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return value;
  }

  static String required(JsonNode body, String name) {
    String value = text(body, name);
    if (value == null || value.isBlank()) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
    return value;
  }
}
