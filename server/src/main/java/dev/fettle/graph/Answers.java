package dev.fettle.graph;

import dev.fettle.graph.query.ReadEngine;
import dev.fettle.http.Headers;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import tools.jackson.databind.JsonNode;

/** The answers that operations give beside those of the read engine. */
public final class Answers {

  /** The media type of OData answers with minimal metadata, as Graph spells it. */
  public static final String JSON =
      "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

  private Answers() {}

  /** 204: done, nothing to say. */
  public static Response noContent() {
    return Response.empty(204);
  }

  /** 202 with the address of the operation, spelt exactly as given, and an empty text body. */
  public static Response accepted(String location) {
    return new Response(
        202,
        Headers.of("Location", location, "Content-Type", "text/plain", "Content-Length", "0"),
        new Response.None());
  }

  /** An OData answer in JSON. */
  public static Response json(int status, JsonNode node) {
    return json(status, Json.bytes(node));
  }

  /** An OData answer whose JSON is at hand in UTF-8. */
  public static Response json(int status, byte[] bytes) {
    return new Response(
        status,
        Headers.of("Content-Type", JSON, "OData-Version", "4.0", "Cache-Control", "no-cache"),
        new Response.Bytes(bytes));
  }

  /** The same answer, which says that a preference was followed, beside those that it names. */
  public static Response applied(Response answer, String preference) {
    String others = answer.headers().first(ReadEngine.PREFERENCE_APPLIED);
    return answer.with(
        ReadEngine.PREFERENCE_APPLIED, others == null ? preference : others + ", " + preference);
  }

  /** A bare integer, as {@code /$count} answers it. */
  public static Response count(long count) {
    return Response.text(200, "text/plain", Long.toString(count)).with("OData-Version", "4.0");
  }
}
