package dev.fettle.graph;

import dev.fettle.json.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The properties that a body merely repeats of the entity that it is sent to. Some SDKs send a
 * whole entity back to change one property of it; of the others it says nothing new. Such a body
 * has the entity's own id.
 */
final class RepeatedProperties {
  private RepeatedProperties() {}

  /** True if a body may be a whole entity. */
  static boolean mayBeIn(ObjectNode body) {
    return body.has("id");
  }

  /**
   * The body without its control information and without what it repeats, which includes what moves
   * by itself; all of the body if it is not this entity.
   */
  static ObjectNode without(ObjectNode body, JsonNode entity, ChangeableProperties changeable) {
    if (!same(body.path("id"), entity.path("id"))) {
      return body;
    }
    ObjectNode rest = Json.object();
    body.forEachEntry(
        (name, said) -> {
          boolean repeated =
              name.startsWith("@")
                  || changeable.moving().contains(name)
                  || same(said, entity.path(name));
          if (changeable.names().contains(name) || !repeated) {
            rest.set(name, said);
          }
        });
    return rest;
  }

  private static boolean same(JsonNode said, JsonNode has) {
    boolean hasNone = has.isNull() || has.isMissingNode();
    if (said.isNull() || said.isMissingNode()) {
      return hasNone;
    }
    // The TypeScript SDK writes an empty object for a null.
    if (said.isObject() && (has.isObject() || hasNone)) {
      return said.propertyStream()
          .filter(member -> member.getKey().indexOf('@') < 0)
          .allMatch(member -> same(member.getValue(), has.path(member.getKey())));
    }
    if (said.isArray() && has.isArray()) {
      for (int i = 0; i < said.size(); i++) {
        if (!same(said.get(i), has.path(i))) {
          return false;
        }
      }
      return said.size() == has.size();
    }
    if (said.isNumber() && has.isNumber()) {
      return said.decimalValue().compareTo(has.decimalValue()) == 0;
    }
    return said.equals(has) || (said.isString() && has.isString() && sameTime(said, has));
  }

  /** To the millisecond, which is as far as the times of JavaScript go. */
  private static boolean sameTime(JsonNode said, JsonNode has) {
    try {
      return millis(said).equals(millis(has));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static Instant millis(JsonNode time) {
    return Instant.parse(time.asString()).truncatedTo(ChronoUnit.MILLIS);
  }
}
