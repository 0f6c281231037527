package dev.fettle.support;

import dev.fettle.app.Application;
import dev.fettle.app.CapabilitySettings;
import dev.fettle.app.Infrastructure;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Door;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.identity.BuiltInIssuer;
import dev.fettle.identity.IdentityEndpoints;
import dev.fettle.identity.IssuerMode;
import dev.fettle.identity.SigningKeys;
import dev.fettle.identity.Tenants;
import dev.fettle.identity.TokenVerifier;
import dev.fettle.identity.UserLookup;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole application on a real socket with real access tokens of the built-in issuer, in
 * development mode, with the documented devices in its tenant.
 */
public final class SocketServer implements AutoCloseable {

  private final Application application;
  private final TokenVerifier verifier;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Opens a socket on a free port. */
  public SocketServer(Db db, Path data) {
    Clock clock = Clock.systemUTC();
    Ids ids = Ids.random();
    BuiltInIssuer issuer =
        new BuiltInIssuer(SigningKeys.in(data.resolve("keys.json")), null, clock, ids);
    Tenants tenants = new Tenants(db, clock, Tenants.Birth.AT_FIRST_USE);
    verifier =
        new TokenVerifier(
            List.of(), Set.of(), issuer, tenant -> tenants.admit(tenant).isPresent(), clock);
    application =
        new Application(
            new Infrastructure(
                db,
                GraphVersion.schemas(),
                verifier,
                clock,
                ids,
                data,
                "a secret for the tests".getBytes(StandardCharsets.UTF_8)),
            CapabilitySettings.standard(data));
    tenants.ensure(InProcess.TENANT, "DEFAULT", "Contoso");
    application.seed(InProcess.TENANT, documented());
    IdentityEndpoints identity =
        new IdentityEndpoints(
            new IdentityEndpoints.Parts(
                IssuerMode.DEVELOPMENT,
                issuer,
                tenants,
                application.clients(),
                UserLookup.NONE,
                Set.of(),
                application::knownPermissions,
                reason -> Response.text(400, "application/json", "{\"error\":\"" + reason + "\"}"),
                clock));
    List<Door> doors = new ArrayList<>(application.doors());
    doors.addFirst(identity);
    server =
        HttpServer.start(
            List.of(new HttpServer.Listener("http", InetAddress.getLoopbackAddress(), 0, null)),
            new Router(doors, List.of(), ids, AnsweredRows::note));
  }

  /** The port on loopback. */
  public int port() {
    return server.port("http");
  }

  /** Starts the background work. */
  public void startJobs() {
    application.start();
  }

  /** The Authorization header of an app with these permissions in the seeded tenant. */
  public String app(String... permissions) {
    return token(InProcess.TENANT, null, permissions);
  }

  /** The Authorization header of an app whose token has a fault. */
  public String faulty(String fault, String... permissions) {
    return token(InProcess.TENANT, fault, permissions);
  }

  /** The Authorization header of an app in a tenant. */
  public String token(String tenant, @Nullable String fault, String... permissions) {
    ObjectNode wish = Json.object().put("tenant", tenant).put("app", "tests");
    ArrayNode list = wish.putArray("permissions");
    for (String permission : permissions) {
      list.add(permission);
    }
    if (fault != null) {
      wish.putArray("faults").add(fault);
    }
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri("/fettle/dev/tokens"))
                .POST(HttpRequest.BodyPublishers.ofString(Json.text(wish))));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("no token: " + answer.statusCode() + " " + answer.body());
    }
    return "Bearer " + Json.readTrusted(answer.body()).path("access_token").asString();
  }

  /** A request with a JSON body, or none. */
  public HttpResponse<String> send(
      String method, String target, String authorization, byte @Nullable [] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(target)).header("Authorization", authorization);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    }
    return send(request);
  }

  /** Any request. */
  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The absolute address of a path and query. */
  public URI uri(String target) {
    return URI.create("http://localhost:" + port() + target);
  }

  @Override
  public void close() {
    server.close();
    application.close();
    verifier.close();
    http.close();
  }

  /** The permissions of an app that may do everything. */
  public String[] everyPermission() {
    return application.knownPermissions().application().toArray(String[]::new);
  }

  /** The examples of the public documentation, of every room. */
  public static ObjectNode documented() {
    ObjectNode all = Json.object();
    for (String room : List.of("directory", "devices", "updates", "teams", "vpp")) {
      try (InputStream in =
          Objects.requireNonNull(
              SocketServer.class.getResourceAsStream("/seed/" + room + ".json"), room)) {
        all.setAll(
            (ObjectNode) Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }
}
