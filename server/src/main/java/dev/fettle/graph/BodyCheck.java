package dev.fettle.graph;

import dev.fettle.base.Refusal;
import dev.fettle.base.Texts;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.Operation;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import dev.fettle.json.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Holds one body against the schema. Every finding is a refusal that names the property by its path
 * and says the rule.
 *
 * @param patch whether {@code unknownFutureValue} is treated as absent, as in PATCH, rather than
 *     refused
 * @param late whether enum members above the sentinel may be used ({@code Prefer:
 *     include-unknown-enum-members})
 */
record BodyCheck(Schema schema, boolean patch, boolean late) {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern ZONELESS =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?");
  private static final Pattern EXCESS_DIGITS = Pattern.compile("(\\.\\d{9})\\d+");

  /** An object of the type, or of a derived one that {@code @odata.type} names. */
  ObjectNode entity(StructuredType type, @Nullable ObjectNode body) {
    return body == null ? Json.object() : structured(type, body, "");
  }

  /** The parameters of an action. */
  ObjectNode parameters(Operation operation, ObjectNode body) {
    ObjectNode checked =
        members(
            body,
            "",
            operation::parameter,
            name ->
                "The parameter '%s' in the request payload is not a valid parameter for the operation '%s'."
                    .formatted(name, operation.name()));
    for (Property parameter : operation.parameters()) {
      if (!parameter.nullable() && !checked.has(parameter.name())) {
        throw Refusal.invalid(
            parameter.name(),
            "The parameter '%s' of '%s' is required.%s"
                .formatted(parameter.name(), operation.name(), choices(parameter.type())));
      }
    }
    return checked;
  }

  private ObjectNode structured(StructuredType declared, ObjectNode body, String path) {
    StructuredType type = actual(declared, body, path);
    return members(
        body,
        path,
        name ->
            type.property(name)
                .or(
                    () ->
                        type.navigation(name)
                            .map(n -> new Property(n.name(), n.type(), true, n.collection())))
                .or(
                    () ->
                        type.isOpen()
                            ? Optional.of(new Property(name, PrimitiveType.UNTYPED, true, false))
                            : Optional.empty()),
        name ->
            "The property '%s' does not exist on type '%s'. Make sure to only use property names that are defined by the type."
                .formatted(name, type.qualifiedName()));
  }

  private StructuredType actual(StructuredType declared, ObjectNode body, String path) {
    JsonNode named = body.get("@odata.type");
    if (named == null || named.isNull()) {
      return declared;
    }
    // Some public examples name types of Teams as the service does among its own.
    String name =
        named.asString("").replaceFirst("^#?Microsoft\\.Teams\\.GraphSvc\\.", "microsoft.graph.");
    if (named.isString()
        && schema.type(name).orElse(null) instanceof StructuredType type
        && type.is(declared)) {
      return type;
    }
    throw Refusal.invalid(
        at(path, "@odata.type"),
        "The value of '@odata.type' is not '%s' or a type derived from it."
            .formatted(declared.qualifiedName()));
  }

  private ObjectNode members(
      ObjectNode body,
      String path,
      Function<String, Optional<Property>> lookup,
      Function<String, String> unknown) {
    ObjectNode checked = Json.object();
    body.forEachEntry(
        (name, value) -> {
          if (name.indexOf('@') >= 0) {
            checked.set(name, value);
            return;
          }
          Property member =
              lookup
                  .apply(name)
                  .orElseThrow(() -> Refusal.invalid(at(path, name), unknown.apply(name)));
          if (checked.has(member.name())) {
            throw Refusal.invalid(
                at(path, name), "The property '%s' is given twice.".formatted(member.name()));
          }
          JsonNode fit = value(member, value, at(path, member.name()));
          if (fit != null) {
            checked.set(member.name(), fit);
          }
        });
    return checked;
  }

  /** The value as the schema spells it, or null if it is to be treated as absent. */
  private @Nullable JsonNode value(Property member, JsonNode value, String path) {
    if (value.isNull()) {
      if (!member.nullable()) {
        throw Refusal.invalid(
            path, "The property '%s' must not be null.%s".formatted(path, choices(member.type())));
      }
      return value;
    }
    if (!member.collection()) {
      return single(member.type(), value, path);
    }
    if (!(value instanceof ArrayNode array)) {
      throw Refusal.invalid(
          path,
          "The property '%s' must be an array of '%s'."
              .formatted(path, member.type().qualifiedName()));
    }
    ArrayNode checked = Json.object().arrayNode();
    int i = 0;
    for (JsonNode one : array) {
      JsonNode fit = single(member.type(), one, path + "/" + i++);
      if (fit != null) {
        checked.add(fit);
      }
    }
    return checked;
  }

  private @Nullable JsonNode single(Type type, JsonNode value, String path) {
    return switch (type) {
      case StructuredType structured -> {
        if (!(value instanceof ObjectNode object)) {
          throw wrongType(type, path);
        }
        yield structured(structured, object, path);
      }
      case EnumType enumeration -> enumeration(enumeration, value, path);
      case PrimitiveType primitive -> {
        if (!fits(primitive, value)) {
          throw wrongType(type, path);
        }
        storable(value, path);
        yield value;
      }
    };
  }

  private @Nullable JsonNode enumeration(EnumType type, JsonNode value, String path) {
    if (!value.isString()) {
      throw wrongType(type, path);
    }
    StringBuilder spelt = new StringBuilder();
    for (String name :
        type.isFlags() ? value.asString().split(",", -1) : new String[] {value.asString()}) {
      EnumType.Member member =
          type.member(name.strip())
              .orElseThrow(
                  () ->
                      Refusal.invalid(
                          path,
                          "The value '%s' of '%s' is not a member of '%s'.%s"
                              .formatted(
                                  shortened(name), path, type.qualifiedName(), choices(type))));
      if (member.name().equals(EnumType.SENTINEL)) {
        if (patch) {
          return null;
        }
        throw Refusal.invalid(
            path,
            "'%s' cannot be written to '%s'.%s".formatted(member.name(), path, choices(type)));
      }
      if (type.isLate(member) && !late) {
        throw Refusal.invalid(
            path,
            "The value '%s' of '%s' needs the header 'Prefer: include-unknown-enum-members'."
                .formatted(member.name(), path));
      }
      spelt.append(spelt.isEmpty() ? "" : ",").append(member.name());
    }
    return StringNode.valueOf(spelt.toString());
  }

  private static boolean fits(PrimitiveType type, JsonNode value) {
    return switch (type) {
      case STRING -> value.isString();
      case BOOLEAN -> value.isBoolean();
      case BYTE -> whole(value, 0, 255);
      case INT16 -> whole(value, Short.MIN_VALUE, Short.MAX_VALUE);
      case INT32 -> whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
      case DECIMAL, DOUBLE, SINGLE -> value.isNumber();
      case GUID -> value.isString() && GUID.matcher(value.asString()).matches();
      case BINARY, STREAM -> value.isString() && reads(value, BodyCheck::base64);
      case DATE -> value.isString() && reads(value, LocalDate::parse);
      // The usual forms are read quickly, the unusual ones thoroughly.
      case DATE_TIME_OFFSET ->
          value.isString()
              && (PreciseTime.parse(value.asString()) != null || reads(value, BodyCheck::instant));
      case DURATION -> value.isString() && reads(value, Duration::parse);
      case TIME_OF_DAY -> value.isString() && reads(value, LocalTime::parse);
      case UNTYPED -> true;
    };
  }

  private static boolean whole(JsonNode value, long least, long most) {
    if (!value.isNumber()) {
      return false;
    }
    BigDecimal number = value.decimalValue();
    return number.stripTrailingZeros().scale() <= 0
        && number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }

  private static boolean reads(JsonNode value, Function<String, Object> reader) {
    try {
      return reader.apply(value.asString()) != null;
    } catch (DateTimeException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Object base64(String text) {
    return Base64.getDecoder().decode(text);
  }

  /** Any number of digits, any offset; a time without a zone is UTC. */
  private static Object instant(String text) {
    String digits = EXCESS_DIGITS.matcher(text).replaceFirst("$1");
    return OffsetDateTime.parse(ZONELESS.matcher(digits).matches() ? digits + "Z" : digits);
  }

  /** The database stores neither NUL nor half a surrogate pair. */
  private static void storable(JsonNode value, String path) {
    if (!value.isString()) {
      return;
    }
    if (!Texts.isStorable(value.asString())) {
      throw Refusal.invalid(
          path, "The property '%s' holds a character that text cannot have.".formatted(path));
    }
  }

  private static Refusal wrongType(Type type, String path) {
    return Refusal.invalid(
        path,
        "Cannot convert the value of '%s' to the expected type '%s'.%s"
            .formatted(path, type.qualifiedName(), choices(type)));
  }

  private static String choices(Type type) {
    return type instanceof EnumType enumeration
        ? " It must be one of: "
            + String.join(
                ", ",
                enumeration.members().stream()
                    .map(EnumType.Member::name)
                    .filter(name -> !name.equals(EnumType.SENTINEL))
                    .toList())
            + "."
        : "";
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static String at(String path, String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
