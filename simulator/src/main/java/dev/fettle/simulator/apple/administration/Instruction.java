package dev.fettle.simulator.apple.administration;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;
import tools.jackson.databind.node.ObjectNode;

/**
 * What somebody asks of the administration: a JSON object in which nothing is guessed. A member
 * that the operation does not know and a value of the wrong type are refused with what there is
 * instead.
 */
final class Instruction {
  private final ObjectNode body;

  /**
   * Takes an object.
   *
   * @param known the members that the operation knows
   */
  Instruction(ObjectNode body, List<String> known) {
    for (String name : body.propertyNames()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "There is no member '%s' here; there %s"
                .formatted(name, known.isEmpty() ? "is none" : "are: " + String.join(", ", known)));
      }
    }
    this.body = body;
  }

  boolean has(String name) {
    return body.hasNonNull(name);
  }

  @Nullable String text(String name) {
    JsonNode value = value(name, JsonNodeType.STRING, "a text");
    return value == null ? null : value.stringValue();
  }

  String text(String name, String otherwise) {
    String value = text(name);
    return value == null ? otherwise : value;
  }

  @Nullable Integer number(String name) {
    JsonNode value = value(name, JsonNodeType.NUMBER, "a whole number");
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new IllegalArgumentException(name + " must be a whole number");
    }
    return value.intValue();
  }

  int number(String name, int otherwise) {
    Integer value = number(name);
    return value == null ? otherwise : value;
  }

  boolean flag(String name) {
    JsonNode value = value(name, JsonNodeType.BOOLEAN, "true or false");
    return value != null && value.booleanValue();
  }

  Duration duration(String name) {
    try {
      return Duration.parse(text(name, ""));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(name + " must be a time such as PT2S, PT10M or P30D", e);
    }
  }

  Instant instant(String name, Instant otherwise) {
    String value = text(name);
    try {
      return value == null ? otherwise : Instant.parse(value);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          name + " must be a point in time such as 2030-01-01T00:00:00Z", e);
    }
  }

  /** An object inside this one; empty if it is not there. */
  Instruction inside(String name, List<String> known) {
    JsonNode value = value(name, JsonNodeType.OBJECT, "an object");
    return new Instruction(value instanceof ObjectNode object ? object : body.objectNode(), known);
  }

  /** Any JSON; null if it is not there. */
  @Nullable JsonNode anything(String name) {
    return body.get(name);
  }

  private @Nullable JsonNode value(String name, JsonNodeType type, String words) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (value.getNodeType() != type) {
      throw new IllegalArgumentException(name + " must be " + words);
    }
    return value;
  }
}
