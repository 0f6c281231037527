package dev.fettle.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.query.ContextPath;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The end of a path within an entity: one of its properties, or a part of a complex one, and
 * perhaps the bare value. The row of the entity reads it, narrowed by {@code $select}, so it costs
 * the same permissions; a property that only a derived type has needs no cast before it.
 *
 * <p>Public document: OData 4.0 protocol, "Requesting Individual Properties".
 *
 * @param names the properties from the entity inwards, as the schema spells them
 * @param type of the last one
 * @param select the item of {@code $select} that asks for the first
 * @param bare whether {@code $value} asks for the value alone
 */
record PropertyPath(Schema schema, List<String> names, Property type, String select, boolean bare) {

  /**
   * The property of an entity that segments lead to; null if the first is none of its properties.
   *
   * @throws Refusal with {@link Reason.Invalid} where a later segment leads nowhere
   */
  static @Nullable PropertyPath of(Schema schema, EntityType entity, List<String> segments) {
    List<String> names = new ArrayList<>();
    String select = "";
    StructuredType within = entity;
    Property last = null;
    boolean bare = false;
    for (String segment : segments) {
      if (last != null && segment.equalsIgnoreCase("$value") && !bare) {
        if (last.collection() || within != null) {
          throw RouteIndex.notFound(
              segment,
              " '%s' is not a single simple value; leave $value out.".formatted(last.name()));
        }
        bare = true;
        continue;
      }
      StructuredType declaring = bare || within == null ? null : declaring(schema, within, segment);
      if (declaring == null) {
        if (last == null) {
          return null;
        }
        throw RouteIndex.notFound(segment, "");
      }
      Property property = declaring.property(segment).orElse(null);
      if (property == null) {
        within = declaring;
        continue;
      }
      if (names.isEmpty()) {
        select = (declaring == entity ? "" : declaring.qualifiedName() + "/") + property.name();
      }
      names.add(property.name());
      last = property;
      within =
          !property.collection() && property.type() instanceof StructuredType inner ? inner : null;
    }
    return last == null ? null : new PropertyPath(schema, List.copyOf(names), last, select, bare);
  }

  /** The type, this or a derived one, that has the property or that the segment casts to. */
  private static @Nullable StructuredType declaring(
      Schema schema, StructuredType type, String segment) {
    if (segment.indexOf('.') > 0) {
      return schema.type(segment).orElse(null) instanceof StructuredType cast && cast.is(type)
          ? cast
          : null;
    }
    if (type.property(segment).isPresent()) {
      return type;
    }
    for (StructuredType derived : type.derived()) {
      StructuredType found = declaring(schema, derived, segment);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The request that reads the entity for the sake of the property. */
  Request entity(Request request, String entityPath) {
    Option.requireOnly(request.rawQuery(), Option.FORMAT);
    return request.part(
        request.method(),
        entityPath,
        "$select=" + Request.encode(select),
        request.headers(),
        new byte[0]);
  }

  /**
   * The answer for the property, made of that for the entity.
   *
   * @param call of the entity
   */
  Response answer(Call call, Response entity) {
    if (entity.status() != 200 || !(entity.body() instanceof Response.Bytes(byte[] bytes))) {
      return entity;
    }
    JsonNode value = Json.readTrusted(new String(bytes, UTF_8));
    for (String name : names) {
      JsonNode inner = value.get(name);
      if (inner == null && value.isObject() && name.equals(names.getFirst())) {
        throw Refusal.notFound(
            "Resource not found for the segment '%s': what the path addresses is of a type without it."
                .formatted(name));
      }
      value = inner == null ? Json.object().nullNode() : inner;
    }
    if (value.isNull()) {
      return Answers.noContent();
    }
    if (bare) {
      Response answer =
          type.type() == PrimitiveType.BINARY
              ? Response.of(200, "application/octet-stream", value.binaryValue())
              : Response.text(200, "text/plain", value.asString());
      return answer.with("OData-Version", "4.0");
    }
    ObjectNode answer = Json.object().put("@odata.context", context(call));
    if (value instanceof ObjectNode complex) {
      answer.setAll(complex);
    } else {
      answer.set("value", value);
    }
    return new Response(200, entity.headers(), new Response.Bytes(Json.bytes(answer)));
  }

  /** Graph names a signed-in user's own property by the user, since {@code /me} is no set. */
  private String context(Call call) {
    String path = call.path();
    String user = call.caller().userId();
    if (user != null && path.toLowerCase(Locale.ROOT).matches("/me/?")) {
      path = "/users/" + Request.encode(user);
    }
    return call.root()
        + "/$metadata#"
        + ContextPath.within(schema, path)
        + "/"
        + String.join("/", names);
  }
}
