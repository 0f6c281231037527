package dev.fettle.graph;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Serves {@code $metadata}: the CSDL document of each version, to anybody. */
public final class Metadata {

  private final Map<GraphVersion, byte[]> documents = new EnumMap<>(GraphVersion.class);

  public Metadata(Map<GraphVersion, Schema> schemas) {
    schemas.forEach((version, schema) -> documents.put(version, schema.document()));
  }

  Response answer(Request request, GraphVersion version) {
    byte[] document = documents.get(version);
    if (document == null || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              Set.of("GET"), "Specified HTTP method is not allowed for the request target."));
    }
    return Response.of(200, "application/xml", document).with("OData-Version", "4.0");
  }
}
