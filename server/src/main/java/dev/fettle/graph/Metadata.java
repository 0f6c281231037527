package dev.fettle.graph;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Root;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents in which each version describes itself: {@code $metadata}, its CSDL document, and
 * the service document at its root, from which OData clients begin to walk.
 */
public final class Metadata {

  private final Map<GraphVersion, Schema> schemas = new EnumMap<>(GraphVersion.class);

  public Metadata(Map<GraphVersion, Schema> schemas) {
    this.schemas.putAll(schemas);
  }

  Map<GraphVersion, Schema> schemas() {
    return schemas;
  }

  Response answer(Request request, GraphVersion version) {
    return Response.of(200, "application/xml", read(request, version).document())
        .with("OData-Version", "4.0");
  }

  /** The entity sets and singletons of a version, by the names that its paths begin with. */
  Response service(Request request, GraphVersion version) {
    Schema schema = read(request, version);
    ObjectNode document =
        Json.object().put("@odata.context", request.origin() + version.root() + "/$metadata");
    ArrayNode all = document.putArray("value");
    for (Root root : schema.roots()) {
      all.addObject()
          .put("name", root.name())
          .put("kind", root.collection() ? "EntitySet" : "Singleton")
          .put("url", root.name());
    }
    return Answers.json(200, document);
  }

  private Schema read(Request request, GraphVersion version) {
    Schema schema = schemas.get(version);
    if (schema == null || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              Set.of("GET"), "Specified HTTP method is not allowed for the request target."));
    }
    return schema;
  }
}
