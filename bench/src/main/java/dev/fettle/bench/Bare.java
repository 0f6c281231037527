package dev.fettle.bench;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import tools.jackson.databind.JsonNode;

/**
 * What the product is held against: one primary-key select or one insert, and an answer of the same
 * size, written by the same JSON library.
 */
final class Bare implements Handler {

  private final Db db;
  private final Ids ids;
  private final String small;
  private final String device;

  /**
   * @param smallBytes how long the answer to a poll is
   * @param deviceBytes how long the answer with a device is
   */
  Bare(Db db, Ids ids, int smallBytes, int deviceBytes) {
    this.db = db;
    this.ids = ids;
    this.small = "x".repeat(Math.max(0, smallBytes - 60));
    this.device = "x".repeat(Math.max(0, deviceBytes - 60));
  }

  /** Makes the table of the inserts. */
  static void prepare(Db db) {
    db.read(
        tx ->
            tx.update(
                Sql.of(
                    """
                    create table if not exists bench_item
                      (tenant_id text, id text, payload jsonb, primary key (tenant_id, id))
                    """)));
  }

  @Override
  public Response handle(Request request) {
    String path = request.rawPath();
    if (path.startsWith("/bare/insert")) {
      return insert(request);
    }
    String filler = path.startsWith("/bare/select/device/") ? device : small;
    String id = path.substring(path.lastIndexOf('/') + 1);
    String found =
        db.read(
                tx ->
                    tx.one(
                        Sql.of(
                            "select id from devices_device where tenant_id = ? and id = ?",
                            Target.TENANT,
                            id),
                        row -> row.text("id")))
            .orElse("");
    byte[] body =
        Json.generate(
            out -> {
              out.writeStartObject();
              out.writeStringProperty("id", found);
              out.writeStringProperty("filler", filler);
              out.writeEndObject();
            });
    return Response.of(200, "application/json", body);
  }

  private Response insert(Request request) {
    JsonNode payload = Json.read(request.body(10_000));
    String id = ids.guid();
    db.tx(
        tx ->
            tx.update(
                Sql.of(
                    "insert into bench_item (tenant_id, id, payload) values (?, ?, ?)",
                    Target.TENANT,
                    id,
                    payload)));
    return new Response(
        202, Headers.of("Location", "/bare/" + id, "Content-Length", "0"), new Response.None());
  }
}
