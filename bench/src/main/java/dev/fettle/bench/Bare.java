package dev.fettle.bench;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What the product is held against: the least that a server of the kind could do, through the same
 * server library, pool and JSON library. The last segment of the path is the id.
 */
final class Bare {

  private Bare() {}

  /**
   * One primary-key select and an answer of some bytes.
   *
   * @param select answers a column {@code id}
   */
  static Handler select(Db db, Function<String, Sql> select, int bytes) {
    String filler = "x".repeat(Math.max(0, bytes - 60));
    return request -> {
      String found =
          db.statement(tx -> tx.one(select.apply(lastSegment(request)), row -> row.text("id")))
              .orElse("");
      return Response.of(
          200,
          "application/json",
          Json.generate(
              out -> {
                out.writeStartObject();
                out.writeStringProperty("id", found);
                out.writeStringProperty("filler", filler);
                out.writeEndObject();
              }));
    };
  }

  /** Reads a body, puts it in the place of another by primary key, and answers some bytes. */
  static Handler update(Db db, int bytes) {
    String filler = "x".repeat(Math.max(0, bytes - 60));
    db.statement(
        tx ->
            tx.update(
                Sql.of(
                    """
                    create table if not exists bench_kept
                      (tenant_id text, id text, payload jsonb, primary key (tenant_id, id))
                    """)));
    return request -> {
      JsonNode payload = Json.read(request.body(10_000));
      String id = lastSegment(request);
      db.tx(
          tx ->
              tx.update(
                  Sql.of(
                          "update bench_kept set payload = :payload where tenant_id = :tenantId and"
                              + " id = :id")
                      .with("payload", payload)
                      .with("tenantId", Suite.TENANT)
                      .with("id", id)));
      return Response.of(
          200,
          "application/json",
          Json.generate(
              out -> {
                out.writeStartObject();
                out.writeStringProperty("id", id);
                out.writeStringProperty("filler", filler);
                out.writeEndObject();
              }));
    };
  }

  /** Reads a body, inserts it with a new id, and answers 202 with its address. */
  static Handler insert(Db db, Ids ids) {
    db.statement(
        tx ->
            tx.update(
                Sql.of(
                    """
                    create table if not exists bench_item
                      (tenant_id text, id text, payload jsonb, primary key (tenant_id, id))
                    """)));
    return request -> {
      JsonNode payload = Json.read(request.body(10_000));
      String id = ids.guid();
      db.tx(
          tx ->
              tx.update(
                  Sql.of(
                          "insert into bench_item (tenant_id, id, payload) values (:TENANT, :id,"
                              + " :payload)")
                      .with("TENANT", Suite.TENANT)
                      .with("id", id)
                      .with("payload", payload)));
      return new Response(
          202, Headers.of("Location", "/bare/" + id, "Content-Length", "0"), new Response.None());
    };
  }

  private static String lastSegment(Request request) {
    String path = request.rawPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
