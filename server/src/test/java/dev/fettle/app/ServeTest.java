package dev.fettle.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.jwk.ECKey;
import dev.fettle.app.settings.Mode;
import dev.fettle.db.DbSettings;
import dev.fettle.json.Json;
import dev.fettle.support.FakeIssuer;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An operator's server: who may call, and that nothing of development is there. */
@WithPostgres
class ServeTest {

  private static final String DEVICES = "/beta/teamwork/devices";

  private final DbSettings db;
  private final String tenant = UUID.randomUUID().toString();

  @TempDir private Path data = Path.of("");

  ServeTest(DbSettings db) {
    this.db = db;
  }

  private TestServer serve(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(Map.of("identity.tenants", tenant));
    all.putAll(more);
    return TestServer.start(Mode.SERVE, db, data, all);
  }

  private JsonNode operator() throws IOException {
    return Json.readTrusted(Files.readString(data.resolve("operator-" + tenant + ".json")));
  }

  private String token(TestServer server, String id, String secret) {
    TestServer.Answer answer =
        server.send(
            "POST",
            "/" + tenant + "/oauth2/v2.0/token",
            null,
            "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
                + "&client_id="
                + id
                + "&client_secret="
                + secret);
    assertThat(answer.status()).as(answer.whole().body()).isEqualTo(200);
    return "Bearer " + answer.json().path("access_token").asString();
  }

  @Test
  void everything_that_only_development_has_is_refused_with_the_reason() {
    try (TestServer server = serve(Map.of())) {
      assertThat(server.post(null, "/fettle/dev/tokens", "{}"))
          .satisfies(
              answer -> {
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.message()).contains("'fettle serve'").contains("trusted issuer");
              });
      Map<String, String> reasons =
          Map.of(
              "/fettle/dev/clock", "time cannot be set",
              "/fettle/dev/faults", "faults cannot be injected",
              "/fettle/dev/reset", "data cannot be thrown away");
      reasons.forEach(
          (path, reason) -> {
            for (String method : new String[] {"GET", "POST", "DELETE", "PUT"}) {
              TestServer.Answer answer = server.send(method, path, null, "{}");
              assertThat(answer.status()).as(method + " " + path).isEqualTo(403);
              assertThat(answer.message()).contains("'fettle dev' only").contains(reason);
            }
            for (String spelt :
                List.of(
                    path + "/",
                    path.replace("/dev/", "/dev/%")
                        .replace("%c", "%63")
                        .replace("%f", "%66")
                        .replace("%r", "%72"),
                    "/fettle/dev/"
                        + path.substring("/fettle/dev/".length()).toUpperCase(Locale.ROOT))) {
              assertThat(server.send("POST", spelt, null, "{}").status()).as(spelt).isEqualTo(403);
            }
          });
    }
  }

  @Test
  void nobody_gets_a_token_for_the_asking_and_no_tenant_comes_into_being() {
    String stranger = UUID.randomUUID().toString();
    try (TestServer server = serve(Map.of())) {
      String form =
          "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
              + "&client_id=me&client_secret=anything";
      TestServer.Answer unknown =
          server.send("POST", "/" + tenant + "/oauth2/v2.0/token", null, form);
      assertThat(unknown.status()).isEqualTo(401);
      assertThat(unknown.json().path("error_description").asString()).contains("operator makes");

      TestServer.Answer elsewhere =
          server.send("POST", "/" + stranger + "/oauth2/v2.0/token", null, form);
      assertThat(elsewhere.status()).isEqualTo(400);
      assertThat(elsewhere.json().path("error_description").asString())
          .contains("no tenant of this name on this server");
      assertThat(server.get(null, DEVICES).status()).isEqualTo(401);
    }
  }

  @Test
  void connections_of_one_address_are_limited_as_the_settings_say() throws IOException {
    try (TestServer server =
        serve(
            Map.of(
                "http.connections-per-address", "1",
                "http.unlimited-networks", "",
                "http.trusted-proxies", ""))) {
      try (Socket first = new Socket("127.0.0.1", server.url().getPort());
          Socket second = new Socket("127.0.0.1", server.url().getPort())) {
        second.setSoTimeout(10_000);
        assertThat(second.getInputStream().read()).isEqualTo(-1);
        first.getOutputStream().write("GET /health/live HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
        assertThat(first.getInputStream().read()).isEqualTo('H');
      }
    }
  }

  @Test
  void the_operators_client_makes_others_and_can_do_nothing_else() throws IOException {
    try (TestServer server = serve(Map.of())) {
      Path file = data.resolve("operator-" + tenant + ".json");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String operator =
          token(
              server,
              operator().path("client_id").asString(),
              operator().path("client_secret").asString());
      assertThat(server.get(operator, DEVICES).status()).isEqualTo(403);

      JsonNode job =
          server
              .post(
                  operator,
                  "/fettle/v1.0/clients",
                  "{\"displayName\":\"Night job\",\"permissions\":[\"TeamworkDevice.Read.All\"]}")
              .json();
      String reader =
          token(
              server,
              job.path("clientId").asString(job.path("id").asString()),
              job.path("secret").asString());
      assertThat(server.get(reader, DEVICES).status()).isEqualTo(200);
      assertThat(server.get(reader, DEVICES).json().path("value")).as("no seed").isEmpty();
      assertThat(server.post(reader, DEVICES, "{\"deviceType\":\"collaborationBar\"}").status())
          .isEqualTo(403);
    }
    String first = operator().path("client_id").asString();
    try (TestServer again = serve(Map.of())) {
      assertThat(again.get(null, "/health/ready").status()).isEqualTo(200);
      assertThat(operator().path("client_id").asString()).as("kept").isEqualTo(first);
    }
  }

  @Test
  void a_trusted_issuers_tokens_open_its_tenant_and_a_strangers_open_nothing() {
    ECKey key = FakeIssuer.elliptic("one");
    ECKey other = FakeIssuer.elliptic("one");
    try (FakeIssuer issuer = new FakeIssuer("/realms/devices")) {
      issuer.publish(key);
      try (TestServer server =
          serve(
              Map.of(
                  "identity.issuers.idp.url",
                  issuer.name(),
                  "identity.issuers.idp.tenant",
                  tenant,
                  "identity.audiences",
                  "api://fettle"))) {
        long now = Instant.now().getEpochSecond();
        var claims =
            Json.object()
                .put("iss", issuer.name())
                .put("aud", "api://fettle")
                .put("azp", "night-job")
                .put("sub", "night-job")
                .put("iat", now)
                .put("nbf", now - 5)
                .put("exp", now + 600);
        claims.putArray("roles").add("TeamworkDevice.Read.All");

        assertThat(server.get("Bearer " + FakeIssuer.sign(key, claims), DEVICES).status())
            .isEqualTo(200);
        assertThat(server.get("Bearer " + FakeIssuer.sign(other, claims), DEVICES).status())
            .isEqualTo(401);
        claims.put("aud", "api://another");
        assertThat(server.get("Bearer " + FakeIssuer.sign(key, claims), DEVICES).status())
            .isEqualTo(401);
      }
    }
  }

  @Test
  void metrics_and_health_are_there_and_the_certificate_is_not_without_https() {
    try (TestServer server = serve(Map.of())) {
      assertThat(server.get(null, "/health/live").json().path("status").asString())
          .isEqualTo("live");
      assertThat(server.get(null, "/health/ready").json().path("status").asString())
          .isEqualTo("ready");
      assertThat(server.get(null, "/metrics").whole().body())
          .contains("fettle_db_connections_limit 4.0")
          .contains("fettle_http_faults_total 0.0");
      assertThat(server.get(null, "/fettle/dev/ca.pem").status()).isEqualTo(404);
    }
  }

  @Test
  void a_tenant_that_cannot_be_made_stops_the_start_with_its_name() {
    StartRefused refused =
        catchThrowableOfType(
            StartRefused.class, () -> serve(Map.of("identity.tenants", tenant + "=a/b")).close());

    assertThat(refused.code()).isEqualTo(ExitCode.SETTINGS);
    assertThat(refused).hasMessageContaining(tenant);
  }
}
