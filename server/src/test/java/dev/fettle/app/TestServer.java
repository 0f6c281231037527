package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import dev.fettle.db.DbSettings;
import dev.fettle.json.Json;
import dev.fettle.support.AnsweredRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A whole server of the program, on a database of a test and plain HTTP, and a client for it. */
final class TestServer implements AutoCloseable {

  /** An answer with its body read. */
  record Answer(int status, HttpResponse<String> whole) {
    JsonNode json() {
      return Json.readTrusted(whole.body());
    }

    String message() {
      return json().path("error").path("message").asString("");
    }
  }

  private final FettleServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestServer(FettleServer server) {
    this.server = server;
  }

  /** The settings of a server on this database, with these beside. */
  static Settings settings(Mode mode, DbSettings db, Path data, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(on(db));
    all.put("data.directory", data.toString());
    all.put("http.port", "0");
    all.put("https.port", "none");
    all.putAll(more);
    return Settings.read(mode, all, Map.of(), Map.of());
  }

  /** The settings that name a database. */
  static Map<String, String> on(DbSettings db) {
    return Map.of(
        "database.url",
        db.url(),
        "database.user",
        Objects.requireNonNull(db.user()),
        "database.password",
        Objects.requireNonNull(db.password()),
        "database.connections",
        "4");
  }

  /** Starts it with the documented seed in development mode, and with nothing in the other. */
  static TestServer start(Mode mode, DbSettings db, Path data, Map<String, String> more) {
    return new TestServer(
        FettleServer.start(
            settings(mode, db, data, more),
            Seed.document(mode == Mode.DEV ? Seed.DOCUMENTATION : Seed.NONE)));
  }

  FettleServer server() {
    return server;
  }

  URI url() {
    return server.local();
  }

  /** The Authorization header of the development mode's usual app. */
  String anyone() {
    return "Bearer "
        + send("POST", "/fettle/dev/tokens", null, "{}").json().path("access_token").asString();
  }

  Answer get(@Nullable String authorization, String path) {
    return send("GET", path, authorization, null);
  }

  Answer post(@Nullable String authorization, String path, String json) {
    return send("POST", path, authorization, json);
  }

  Answer send(String method, String path, @Nullable String authorization, @Nullable String json) {
    return send(method, path, authorization, json, null);
  }

  Answer send(
      String method,
      String path,
      @Nullable String authorization,
      @Nullable String json,
      @Nullable String prefer) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.local().resolve(path))
            .method(
                method,
                json == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    if (json != null) {
      request.header(
          "Content-Type",
          json.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded");
    }
    if (prefer != null) {
      request.header("Prefer", prefer);
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    AnsweredRows.noteMetrics(get(null, "/metrics").whole().body());
    http.close();
    server.close();
  }
}
