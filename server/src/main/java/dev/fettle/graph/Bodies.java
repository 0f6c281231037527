package dev.fettle.graph;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Operation;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.http.Request;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the body of a request and holds it against the schema of the version. What comes out is
 * spelt as the schema spells it, so that handlers need not care for the letter case of names and
 * enum members.
 *
 * <p>Public documents: "Use the Microsoft Graph API" (names in any letter case), the API
 * guidelines' "Evolvable enums".
 */
public final class Bodies {

  /** The largest JSON body, in bytes. */
  public static final int MAX_BYTES = 1024 * 1024;

  private static final Set<String> BODILESS = Set.of("GET", "HEAD", "DELETE");

  private final Map<GraphVersion, Schema> schemas;

  public Bodies(Map<GraphVersion, Schema> schemas) {
    this.schemas = Map.copyOf(schemas);
  }

  /**
   * The validated body, or null where the operation takes none or none was sent and none is needed.
   *
   * @param template the operation's path, for the refusal of a body that it does not take
   */
  public @Nullable ObjectNode read(
      Payload payload, String template, GraphVersion version, Request request) {
    return switch (payload) {
      case Payload.Raw ignored -> null;
      case Payload.Nothing ignored -> {
        nothing(template, request);
        yield null;
      }
      case Payload.Entity(String type) -> {
        ObjectNode body = object(request, true);
        BodyCheck check = check(version, request);
        yield check.entity(structured(version, type), body);
      }
      case Payload.Parameters(String action, String bindingType) -> {
        Operation operation = operation(version, action, bindingType);
        boolean required =
            operation.parameters().stream().anyMatch(parameter -> !parameter.nullable());
        ObjectNode body = object(request, required);
        BodyCheck check = check(version, request);
        yield body == null ? null : check.parameters(operation, body);
      }
    };
  }

  /**
   * A document that came by another protocol, held against a type of the schema as the body of a
   * PATCH would be: what is missing is not asked for.
   */
  public ObjectNode partial(GraphVersion version, String type, ObjectNode document) {
    return new BodyCheck(schema(version), true, true).entity(structured(version, type), document);
  }

  /** Refuses a body that is not announced as JSON, with the texts of Graph's front end. */
  public static void requireJson(Request request, byte[] bytes) {
    if (bytes.length == 0) {
      throw Refusal.invalid(null, "Empty Payload. JSON content expected.");
    }
    String type = request.header("Content-Type");
    if (type == null || type.isBlank()) {
      throw new Refusal(
          new Reason.UnsupportedMediaType(
              "Write requests (excluding DELETE) must contain the Content-Type header"
                  + " declaration."));
    }
    String lower = type.toLowerCase(Locale.ROOT).strip();
    boolean json = lower.equals("application/json") || lower.startsWith("application/json;");
    if (!json) {
      throw new Refusal(
          new Reason.UnsupportedMediaType(
              "Entity only allows writes with a JSON Content-Type header."));
    }
    if (lower.contains("charset=") && !lower.contains("utf-8") && !lower.contains("\"utf8\"")) {
      throw new Refusal(
          new Reason.UnsupportedMediaType("The request body must be in the charset utf-8."));
    }
  }

  private static @Nullable ObjectNode object(Request request, boolean required) {
    byte[] bytes = request.body(MAX_BYTES);
    if (bytes.length == 0 && !required) {
      return null;
    }
    requireJson(request, bytes);
    JsonNode node = Json.readBody(bytes);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.invalid(null, "The request body must be a JSON object.");
  }

  /**
   * An operation without parameters tolerates an empty object, which the batching page asks for.
   */
  private static void nothing(String template, Request request) {
    if (BODILESS.contains(request.method())) {
      return;
    }
    ObjectNode body = object(request, false);
    if (body != null && !body.isEmpty()) {
      String first = body.propertyNames().iterator().next();
      throw Refusal.invalid(
          first,
          "The parameter '%s' is not known: %s takes no parameters.".formatted(first, template));
    }
  }

  private BodyCheck check(GraphVersion version, Request request) {
    boolean late =
        request.headers().all("Prefer").stream()
            .anyMatch(
                value -> value.toLowerCase(Locale.ROOT).contains("include-unknown-enum-members"));
    return new BodyCheck(schema(version), request.method().equals("PATCH"), late);
  }

  private StructuredType structured(GraphVersion version, String type) {
    if (schema(version).type(type).orElse(null) instanceof StructuredType structured) {
      return structured;
    }
    throw new IllegalArgumentException("No structured type " + type + " in " + version);
  }

  private Operation operation(GraphVersion version, String name, @Nullable String bindingType) {
    List<Operation> named = schema(version).operations(name);
    return named.stream()
        .filter(
            operation ->
                bindingType == null
                    || (operation.binding() != null
                        && operation.binding().type().qualifiedName().equals(bindingType)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No operation " + name + " in " + version));
  }

  private Schema schema(GraphVersion version) {
    Schema schema = schemas.get(version);
    if (schema == null) {
      throw new IllegalArgumentException("No schema for " + version);
    }
    return schema;
  }
}
