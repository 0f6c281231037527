package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.fettle.app.settings.Mode;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Sql;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A developer's server as a whole: what settings change, what can be driven, what stops a start.
 */
@WithPostgres
class DevServerTest {

  private static final String SEEDED = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String DEVICES = "/beta/teamwork/devices";

  private final DbSettings db;

  @TempDir private Path data = Path.of("");

  DevServerTest(DbSettings db) {
    this.db = db;
  }

  private TestServer dev(Map<String, String> more) {
    return TestServer.start(Mode.DEV, db, data, more);
  }

  private static String newDevice(TestServer server, String caller) {
    TestServer.Answer made =
        server.post(
            caller,
            DEVICES,
            "{\"deviceType\":\"collaborationBar\",\"hardwareDetail\":"
                + "{\"manufacturer\":\"yealink\",\"model\":\"vc210\"}}");
    assertThat(made.status()).as(made.whole().body()).isEqualTo(201);
    return made.json().path("id").asString();
  }

  private static String update(TestServer server, String caller, String device) {
    TestServer.Answer accepted =
        server.post(
            caller,
            DEVICES + "/" + device + "/updateSoftware",
            "{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}");
    assertThat(accepted.status()).as(accepted.whole().body()).isEqualTo(202);
    return "/beta" + accepted.whole().headers().firstValue("Location").orElseThrow();
  }

  @Test
  void devices_are_asked_to_poll_as_often_as_the_setting_says() {
    try (TestServer server = dev(Map.of("devices.poll-interval", "90s"))) {
      String caller = server.anyone();
      String device = newDevice(server, caller);
      JsonNode credential =
          server.post(caller, "/fettle/v1.0/devices/" + device + "/credential", "{}").json();
      JsonNode poll =
          server
              .get(
                  "TargetToken " + credential.path("token").asString(),
                  "/DEFAULT/controller/v1/" + credential.path("controllerId").asString())
              .json();

      Duration sleep =
          Duration.parse(
              poll.at("/config/polling/sleep")
                  .asString()
                  .replaceAll("(\\d\\d):(\\d\\d):(\\d\\d)", "PT$1H$2M$3S"));
      assertThat(sleep).isBetween(Duration.ofSeconds(70), Duration.ofSeconds(110));
    }
  }

  @Test
  void an_operation_ends_at_the_deadline_of_the_setting_by_the_clock_that_is_driven() {
    try (TestServer server = dev(Map.of("devices.operation-deadline", "2h"))) {
      String caller = server.anyone();
      String operation = update(server, caller, newDevice(server, caller));
      server.send("PUT", "/fettle/dev/clock", null, "{\"advance\":\"PT1H55M\"}");
      String later = server.anyone();
      assertThat(server.get(later, operation).json().path("status").asString()).isEqualTo("queued");

      server.send("PUT", "/fettle/dev/clock", null, "{\"advance\":\"PT6M\"}");

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                JsonNode ended = server.get(server.anyone(), operation).json();
                assertThat(ended.path("status").asString()).isEqualTo("failed");
                assertThat(ended.at("/error/code").asString()).isEqualTo("deadlineExceeded");
              });
    }
  }

  // By a clock that went back six hours nothing was due for as long, and every poll was one too
  // many.
  @Test
  void a_clock_that_is_set_back_stops_neither_background_work_nor_polls() {
    try (TestServer server = dev(Map.of("devices.poll-interval", "90s"))) {
      String caller = server.anyone();
      String device = newDevice(server, caller);
      JsonNode credential =
          server.post(caller, "/fettle/v1.0/devices/" + device + "/credential", "{}").json();
      String token = "TargetToken " + credential.path("token").asString();
      String poll = "/DEFAULT/controller/v1/" + credential.path("controllerId").asString();
      assertThat(server.get(token, poll).status()).isEqualTo(200);
      await().until(() -> !lastSuccess(server).isEmpty());

      server.send("PUT", "/fettle/dev/clock", null, "{\"advance\":\"-PT6H\"}");

      assertThat(server.get(token, poll).status()).isEqualTo(200);
      Instant now =
          Instant.parse(server.get(null, "/fettle/dev/clock").json().path("now").asString());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Instant.parse(lastSuccess(server)).isBefore(now.plusSeconds(60)));
    }
  }

  private static String lastSuccess(TestServer server) {
    for (JsonNode work : server.get(null, "/health/ready").json().path("work")) {
      if (work.path("name").asString().equals("updates.deadlines")) {
        return work.path("lastSuccessDateTime").asString("");
      }
    }
    throw new AssertionError("the readiness does not name the work");
  }

  @Test
  void the_clock_can_be_stopped_set_and_let_go_and_nonsense_is_refused() {
    try (TestServer server = dev(Map.of())) {
      JsonNode stopped =
          server
              .send(
                  "PUT",
                  "/fettle/dev/clock",
                  null,
                  "{\"stopped\":true,\"now\":\"2030-01-01T00:00:00Z\"}")
              .json();
      assertThat(stopped.path("now").asString()).isEqualTo("2030-01-01T00:00:00Z");
      assertThat(server.get(null, "/fettle/dev/clock").json()).isEqualTo(stopped);
      for (String nonsense :
          new String[] {
            "{\"now\":\"tomorrow\"}",
            "{\"advance\":\"PT999999999999H\"}",
            "{\"now\":\"9999-01-01T00:00:00Z\"}",
            "{\"tomorrow\":true}",
            "[]",
            "{"
          }) {
        assertThat(server.send("PUT", "/fettle/dev/clock", null, nonsense).status())
            .as(nonsense)
            .isEqualTo(400);
      }
      assertThat(server.send("PATCH", "/fettle/dev/reset", null, "{}").status()).isEqualTo(405);
      JsonNode running = server.send("DELETE", "/fettle/dev/clock", null, null).json();
      assertThat(running.path("stopped").asBoolean()).isFalse();
    }
  }

  @Test
  void faults_that_are_asked_for_meet_so_many_requests_and_are_in_graphs_shape() {
    try (TestServer server = dev(Map.of())) {
      String caller = server.anyone();
      assertThat(
              server
                  .post(
                      null,
                      "/fettle/dev/faults",
                      "{\"path\":\"/beta/teamwork\",\"status\":429,\"retryAfter\":7,\"times\":2}")
                  .status())
          .isEqualTo(200);
      for (int i = 0; i < 2; i++) {
        TestServer.Answer unlucky = server.get(caller, DEVICES);
        assertThat(unlucky.status()).isEqualTo(429);
        assertThat(unlucky.whole().headers().firstValue("Retry-After")).contains("7");
        assertThat(unlucky.json().at("/error/code").asString()).isNotEmpty();
      }
      assertThat(server.get(caller, DEVICES).status()).isEqualTo(200);
      assertThat(
              server.post(null, "/fettle/dev/faults", "{\"path\":\"/\",\"status\":418}").status())
          .isEqualTo(400);
    }
  }

  @Test
  void faults_that_are_left_are_listed_and_can_be_taken_back() {
    try (TestServer server = dev(Map.of())) {
      String caller = server.anyone();
      server.post(null, "/fettle/dev/faults", "{\"path\":\"/beta\",\"status\":503,\"times\":5}");
      assertThat(server.get(caller, DEVICES).status()).isEqualTo(503);
      JsonNode left = server.get(null, "/fettle/dev/faults").json().path("value");
      assertThat(left).hasSize(1);
      assertThat(left.path(0).path("path").asString()).isEqualTo("/beta");
      assertThat(left.path(0).path("times").asInt()).isEqualTo(4);

      assertThat(server.send("DELETE", "/fettle/dev/faults", null, null).status()).isEqualTo(200);
      assertThat(server.get(null, "/fettle/dev/faults").json().path("value")).isEmpty();
      assertThat(server.get(caller, DEVICES).status()).isEqualTo(200);
    }
  }

  @Test
  void the_clock_is_moved_by_whichever_method_a_test_tool_has() {
    try (TestServer server = dev(Map.of())) {
      Map.of(
              "PUT", "2031-01-01T00:00:00Z",
              "POST", "2032-01-01T00:00:00Z",
              "PATCH", "2033-01-01T00:00:00Z")
          .forEach(
              (method, now) -> {
                String body = "{\"stopped\":true,\"now\":\"" + now + "\"}";
                assertThat(server.send(method, "/fettle/dev/clock", null, body).status())
                    .as(method)
                    .isEqualTo(200);
                assertThat(server.get(null, "/fettle/dev/clock").json().path("now").asString())
                    .isEqualTo(now);
              });
    }
  }

  /** What clients trust is the file that the server made, as it is. */
  @Test
  void the_authority_to_trust_is_fetched_from_the_server_that_made_it() throws IOException {
    try (TestServer server = dev(Map.of("https.port", "0"))) {
      TestServer.Answer answer = server.get(null, "/fettle/dev/ca.pem");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.whole().body())
          .startsWith("-----BEGIN CERTIFICATE-----")
          .isEqualTo(Files.readString(data.resolve("tls/ca.pem")));
    }
  }

  @Test
  void a_reset_leaves_the_seed_and_nothing_else_and_pretend_devices_live_on() {
    try (TestServer server = dev(Map.of());
        DevFleet fleet = DevFleet.start(server.server(), 1)) {
      assertThat(fleet).isNotNull();
      String mine = newDevice(server, server.anyone());
      assertThat(server.send("POST", "/fettle/dev/reset", null, null).status()).isEqualTo(200);

      String caller = server.anyone();
      assertThat(server.get(caller, DEVICES + "/" + mine).status()).isEqualTo(404);
      assertThat(server.get(caller, DEVICES + "/" + SEEDED).status()).isEqualTo(200);
      String operation = update(server, caller, SEEDED);
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () ->
                  assertThat(server.get(caller, operation).json().path("status").asString())
                      .isEqualTo("succeeded"));
      // The seeded devices and the one beside them.
      assertThat(server.get(caller, DEVICES + "/$count").whole().body())
          .isEqualTo(Integer.toString(server.server().seed().path("devices").size() + 1));
    }
  }

  /** It emptied whatever was in the schema. */
  @Test
  void a_reset_leaves_the_tables_of_others_in_the_same_database_as_they_are(Db database) {
    database.statement(tx -> tx.update(Sql.of("create table payroll (amount integer)")));
    try (TestServer server = dev(Map.of())) {
      database.statement(tx -> tx.update(Sql.of("insert into payroll values (1)")));
      String mine = newDevice(server, server.anyone());
      assertThat(server.send("POST", "/fettle/dev/reset", null, null).status()).isEqualTo(200);

      assertThat(server.get(server.anyone(), DEVICES + "/" + mine).status()).isEqualTo(404);
      List<Integer> amounts =
          database.statement(tx -> tx.list(Sql.of("select amount from payroll"), Integer.class));
      assertThat(amounts).hasSize(1);
    } finally {
      database.statement(tx -> tx.update(Sql.of("drop table payroll")));
    }
  }

  /** The reset failed half-way, and no background work was ever done again. */
  @Test
  void a_reset_that_a_table_of_others_forbids_says_so_and_all_goes_on(Db database) {
    try (TestServer server = dev(Map.of("devices.operation-deadline", "2h"))) {
      String operation = update(server, server.anyone(), newDevice(server, server.anyone()));
      database.statement(
          tx ->
              tx.update(
                  Sql.of(
                      "create table payroll (tenant_id text, id text, foreign key (tenant_id, id)"
                          + " references updates_release (tenant_id, id))")));
      TestServer.Answer refused = server.send("POST", "/fettle/dev/reset", null, null);
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.message()).contains("the table payroll, which is not Fettle's");

      server.send("PUT", "/fettle/dev/clock", null, "{\"advance\":\"PT2H1M\"}");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(
                          server.get(server.anyone(), operation).json().path("status").asString())
                      .isEqualTo("failed"));
    } finally {
      database.statement(tx -> tx.update(Sql.of("drop table if exists payroll")));
    }
  }

  /**
   * A page that has let its name lead to this machine reads what it likes without an Origin: for
   * its browser it is the same site.
   */
  @Test
  void nothing_is_read_by_a_name_that_others_can_lead_here() throws IOException {
    try (TestServer server = dev(Map.of("https.names", "graph.microsoft.com"))) {
      for (String path : List.of("/metrics", "/fettle/dev/clock", DEVICES, "/health/ready")) {
        assertThat(statusBy("evil.example", server.url(), path)).as(path).contains(" 403 ");
        // Recipes let Graph's own name lead to a server of this kind, which then knows of it.
        assertThat(statusBy("graph.microsoft.com", server.url(), path))
            .as(path)
            .doesNotContain(" 403 ");
      }
      assertThat(statusBy("fettle:8080", server.url(), "/metrics")).contains(" 200 ");
    }
  }

  private static String statusBy(String host, URI server, String path) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(path, host)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void who_has_no_token_is_sent_to_this_servers_own_issuer() {
    try (TestServer server = dev(Map.of())) {
      assertThat(server.get(null, DEVICES).whole().headers().firstValue("WWW-Authenticate"))
          .hasValue(
              "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\""
                  .formatted(server.url().toString().replaceFirst("/$", "")));
    }
  }

  /** Each start once put the seed in again, and brought back what somebody had deleted. */
  @Test
  void what_was_deleted_of_the_seed_stays_deleted_until_a_reset() {
    String seeded;
    try (TestServer server = dev(Map.of())) {
      server.send("POST", "/fettle/dev/reset", null, null);
      seeded = DEVICES + "/" + server.server().seed().path("devices").path(1).path("id").asString();
      assertThat(server.send("DELETE", seeded, server.anyone(), null).status()).isEqualTo(204);
    }
    try (TestServer server = dev(Map.of())) {
      assertThat(server.get(server.anyone(), seeded).status()).isEqualTo(404);
      server.send("POST", "/fettle/dev/reset", null, null);
      assertThat(server.get(server.anyone(), seeded).status()).isEqualTo(200);
    }
  }

  @Test
  void a_seed_that_says_too_little_is_refused_with_what_it_lacks() {
    for (String seed :
        List.of(
            "{\"devices\":[{\"deviceType\":\"ipPhone\"}]}",
            "{\"devices\":[{\"id\":\"a\",\"deviceType\":\"ipPhone\",\"createdDateTime\":\"today\"}]}",
            "{\"operations\":[{\"deviceId\":\"a\",\"id\":\"b\",\"operationType\":\"deviceRestart\","
                + "\"status\":\"done\",\"createdDateTime\":\"2026-01-01T00:00:00Z\"}]}",
            "{\"vppTokens\":[{}]}")) {
      StartRefused refused =
          catchThrowableOfType(
              StartRefused.class,
              () ->
                  FettleServer.start(
                          TestServer.settings(Mode.DEV, db, data, Map.of()), Json.readTrusted(seed))
                      .close());
      assertThat(refused).as(seed).hasMessageContaining("The seed cannot be put in: ");
    }
  }

  @Test
  void a_page_of_another_site_drives_nothing() throws Exception {
    try (TestServer server = dev(Map.of());
        var http = java.net.http.HttpClient.newHttpClient()) {
      var answer =
          http.send(
              java.net.http.HttpRequest.newBuilder(server.url().resolve("/fettle/dev/reset"))
                  .header("Origin", "https://evil.example")
                  .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(403);
    }
  }

  @Test
  void a_finished_operation_is_spelt_as_the_setting_says() {
    String finished = DEVICES + "/" + SEEDED + "/operations/eab261f8-61f8-eab2-f861-b2eaf861b2ea";
    try (TestServer server = dev(Map.of("devices.operation-status", "resource-page"))) {
      assertThat(server.get(server.anyone(), finished).json().path("status").asString())
          .isEqualTo("successful");
      // A client that prefers the other one gets it all the same.
      var answer =
          server.send(
              "GET", finished, server.anyone(), null, "fettle.operation-status=action-page");
      assertThat(answer.json().path("status").asString()).isEqualTo("succeeded");
    }
    try (TestServer server = dev(Map.of())) {
      assertThat(server.get(server.anyone(), finished).json().path("status").asString())
          .isEqualTo("succeeded");
    }
  }

  @Test
  void a_port_that_another_has_stops_the_start_with_the_settings_name() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      for (String setting : new String[] {"http.port", "https.port"}) {
        StartRefused refused =
            catchThrowableOfType(
                StartRefused.class,
                () -> dev(Map.of(setting, Integer.toString(taken.getLocalPort()))).close());

        assertThat(refused.code()).isEqualTo(ExitCode.PORT);
        assertThat(refused)
            .hasMessageContaining(Integer.toString(taken.getLocalPort()))
            .hasMessageContaining(setting)
            .hasMessageContaining("--" + setting.replace('.', '-'));
      }
    }
  }

  @Test
  void a_fleet_of_less_than_nothing_is_refused() {
    try (TestServer server = dev(Map.of())) {
      StartRefused refused =
          catchThrowableOfType(
              StartRefused.class, () -> DevFleet.start(server.server(), -1).close());
      assertThat(refused).hasMessageContaining("--devices -1");
    }
  }
}
