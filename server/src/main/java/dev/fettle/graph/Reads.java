package dev.fettle.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.query.Preferences;
import dev.fettle.graph.query.ReadEngine;
import dev.fettle.graph.query.ReadRequest;
import dev.fettle.graph.query.ReadResult;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers calls with what the read engine reads: pages, entities, counts, and the entity that a
 * write left behind. The scope narrows the rows to those that the path addresses; the tenant is
 * added by the engine. Safe for concurrent use.
 */
public final class Reads {

  private final ReadEngine engine;
  private final Map<GraphVersion, Schema> schemas;

  public Reads(ReadEngine engine, Map<GraphVersion, Schema> schemas) {
    this.engine = engine;
    this.schemas = Map.copyOf(schemas);
  }

  /** A page of a collection whose owner needs no check. */
  public Response collection(Call call, Resource resource, Sql scope) {
    return collection(call, resource, scope, () -> {});
  }

  /**
   * A page of a collection below an owner.
   *
   * @param whenEmpty refuses if the owner does not exist; called only if no row was found, so that
   *     the usual case costs one statement
   */
  public Response collection(Call call, Resource resource, Sql scope, Runnable whenEmpty) {
    ReadResult result = engine.collection(request(call, call.path()), resource, scope);
    if (result.rows() == 0) {
      whenEmpty.run();
    }
    return answer(200, result);
  }

  /**
   * One entity.
   *
   * @throws Refusal with {@link Reason.NotFound} and the given words if the scope holds none
   */
  public Response entity(Call call, Resource resource, Sql scope, String missing) {
    return answer(200, read(request(call, call.path()), resource, scope, missing));
  }

  /**
   * 201 with the entity that the call created in the collection that it addressed, and its absolute
   * address in {@code Location}.
   */
  public Response created(Call call, Resource resource, Sql scope, String id) {
    String path = collectionPath(call) + "/" + Request.encode(id);
    ReadRequest request = request(call, path).withoutQuery();
    ReadResult result = read(request, resource, scope, "The created entity is gone already.");
    return answer(201, result).with("Location", call.root() + path);
  }

  /**
   * The body of a change. If it is the whole entity sent back it comes without the members that
   * only repeat what the entity has, for one more statement; what is left besides the changeable
   * ones is for the caller to refuse.
   *
   * @throws Refusal with {@link Reason.NotFound} and the given words if the scope holds none
   */
  public ObjectNode changes(
      Call call, Resource resource, Sql scope, String missing, ChangeableProperties changeable) {
    ObjectNode body = call.body();
    if (!RepeatedProperties.mayBeIn(body)) {
      return body;
    }
    ReadRequest request = request(call, call.path()).withoutQuery();
    JsonNode entity =
        Json.readTrusted(new String(read(request, resource, scope, missing).body(), UTF_8));
    return RepeatedProperties.without(body, entity, changeable);
  }

  /** 200 with the entity as the call left it, whatever the query says. */
  public Response updated(Call call, Resource resource, Sql scope, String missing) {
    return answer(200, read(request(call, call.path()).withoutQuery(), resource, scope, missing));
  }

  /** The same within the transaction of the change. */
  public Response updated(Tx tx, Call call, Resource resource, Sql scope, String missing) {
    ReadRequest request = request(call, call.path()).withoutQuery();
    return updated(engine.entity(tx, request, resource, scope), missing);
  }

  /**
   * The same by the statement that makes the change, which is one round trip for both.
   *
   * @param resource reads from what the change returns
   * @param change common table expressions, as they stand after {@code with}
   * @return nothing if the change returns nothing
   */
  public Optional<Response> changed(Tx tx, Call call, Resource resource, Sql change, Sql scope) {
    ReadRequest request = request(call, call.path()).withoutQuery();
    return engine.changed(tx, request, resource, change, scope).map(result -> answer(200, result));
  }

  private static Response updated(Optional<ReadResult> result, String missing) {
    return answer(200, result.orElseThrow(() -> Refusal.notFound(missing)));
  }

  /** The number of entities, as {@code /$count} answers it. */
  public Response count(Call call, Resource resource, Sql scope) {
    return count(call, resource, scope, () -> {});
  }

  /** The number of entities below an owner, which is checked if there are none. */
  public Response count(Call call, Resource resource, Sql scope, Runnable whenEmpty) {
    long count = engine.count(request(call, collectionPath(call)), resource, scope);
    if (count == 0) {
      whenEmpty.run();
    }
    return Answers.count(count);
  }

  /** The read that a call asks for; for reads inside a capability's own transaction. */
  public ReadRequest request(Call call, String path) {
    Schema schema = schemas.get(call.version());
    if (schema == null) {
      throw new IllegalArgumentException("No schema for " + call.version());
    }
    return new ReadRequest(
        schema,
        call.caller().tenantId(),
        call.root(),
        path,
        call.request().rawQuery().isEmpty() ? null : call.request().rawQuery(),
        Preferences.parse(call.request().headers().all("Prefer")));
  }

  private ReadResult read(ReadRequest request, Resource resource, Sql scope, String missing) {
    return engine.entity(request, resource, scope).orElseThrow(() -> Refusal.notFound(missing));
  }

  private static Response answer(int status, ReadResult result) {
    Response answer = Answers.json(status, result.body());
    for (Map.Entry<String, String> header : result.headers().entrySet()) {
      answer = answer.with(header.getKey(), header.getValue());
    }
    return answer;
  }

  /** The path without a trailing slash or {@code /$count}. */
  private static String collectionPath(Call call) {
    String path = call.path();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith("/$count") || lower.endsWith("/%24count")
        ? path.substring(0, path.lastIndexOf('/'))
        : path;
  }
}
