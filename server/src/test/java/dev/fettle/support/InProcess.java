package dev.fettle.support;

import dev.fettle.app.Application;
import dev.fettle.app.CapabilitySettings;
import dev.fettle.app.Infrastructure;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.VppSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The whole application without sockets, for tests: requests go straight to its handler. The caller
 * is written into the {@code Authorization} header by {@link #app} and {@link #user}, in place of a
 * signed token; verification of real tokens has tests of its own.
 */
public final class InProcess implements AutoCloseable {

  /** The tenant of requests whose caller names no other. */
  public static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";

  /** An answer with its body read. */
  public record Answer(int status, Headers headers, String body) {
    public JsonNode json() {
      return Json.readTrusted(body);
    }

    public @Nullable String header(String name) {
      return headers.first(name);
    }
  }

  private final Application application;
  private final Router router;

  public InProcess(Db db, InstantSource clock, Ids ids, Path data) {
    this(db, clock, ids, data, CapabilitySettings.standard(data));
  }

  /** The same, with volume purchasing set up differently. */
  public InProcess(Db db, InstantSource clock, Ids ids, Path data, VppSettings vpp) {
    this(
        db,
        clock,
        ids,
        data,
        new CapabilitySettings(UpdateSettings.standard(), DdiSettings.standard(), vpp));
  }

  private InProcess(Db db, InstantSource clock, Ids ids, Path data, CapabilitySettings settings) {
    application =
        new Application(
            new Infrastructure(
                db,
                GraphVersion.schemas(),
                InProcess::caller,
                clock,
                ids,
                data,
                "a secret for the tests".getBytes(StandardCharsets.UTF_8)),
            settings);
    router = new Router(application.doors(), List.of(), ids, AnsweredRows::note);
  }

  public Application application() {
    return application;
  }

  /** What requests go to, for those that come over a socket. */
  public Handler handler() {
    return router;
  }

  /** The Authorization header of an app with these permissions in the usual tenant. */
  public static String app(String... permissions) {
    return appOf(TENANT, permissions);
  }

  /** The Authorization header of an app with these permissions in a tenant. */
  public static String appOf(String tenant, String... permissions) {
    return "Test app " + tenant + " " + String.join(",", permissions);
  }

  /** The Authorization header of an app with a registration of its own, in the usual tenant. */
  public static String registered(String appId, String... permissions) {
    return "Test app:" + appId + " " + TENANT + " " + String.join(",", permissions);
  }

  /** The Authorization header of a user through an app. */
  public static String user(String userId, String... permissions) {
    return "Test user:" + userId + " " + TENANT + " " + String.join(",", permissions);
  }

  public Answer get(String caller, String target) {
    return send("GET", target, Headers.of("Authorization", caller), new byte[0]);
  }

  public Answer delete(String caller, String target) {
    return send("DELETE", target, Headers.of("Authorization", caller), new byte[0]);
  }

  public Answer post(String caller, String target, @Nullable String json) {
    return write("POST", caller, target, json);
  }

  public Answer patch(String caller, String target, String json) {
    return write("PATCH", caller, target, json);
  }

  private Answer write(String method, String caller, String target, @Nullable String json) {
    Headers headers = Headers.of("Authorization", caller);
    return json == null
        ? send(method, target, headers, new byte[0])
        : send(
            method,
            target,
            headers.with("Content-Type", "application/json"),
            json.getBytes(StandardCharsets.UTF_8));
  }

  /** Any request; the target is path and query as they stand on a request line. */
  public Answer send(String method, String target, Headers headers, byte[] body) {
    int question = target.indexOf('?');
    Response response =
        router.handle(
            new Request(
                method,
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                headers,
                "https",
                "graph.example",
                Peer.of("127.0.0.1"),
                RequestBody.of(body)));
    return new Answer(response.status(), response.headers(), text(response.body()));
  }

  @Override
  public void close() {
    application.close();
  }

  private static String text(Response.Body body) {
    return switch (body) {
      case Response.None ignored -> "";
      case Response.Bytes(byte[] bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case Response.Stream(long length, Response.Writer writer) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) length);
        try {
          writer.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield out.toString(StandardCharsets.UTF_8);
      }
    };
  }

  private static Caller caller(@Nullable String authorization) {
    if (authorization == null || !authorization.startsWith("Test ")) {
      throw new Refusal(
          new Reason.Unauthenticated("InvalidAuthenticationToken", "Access token is empty."));
    }
    String[] words = authorization.split(" ", -1);
    Set<String> permissions = new TreeSet<>();
    for (String permission : words[3].split(",", -1)) {
      if (!permission.isEmpty()) {
        permissions.add(permission);
      }
    }
    String who = words[1];
    String userId = who.startsWith("user:") ? who.substring("user:".length()) : null;
    return new Caller(
        words[2],
        userId == null ? Caller.Kind.APPLICATION : Caller.Kind.DELEGATED,
        who.startsWith("app:")
            ? who.substring("app:".length())
            : "00000000-0000-4000-8000-0000000000aa",
        "Test app",
        userId,
        userId == null ? null : "Test user",
        permissions);
  }
}
