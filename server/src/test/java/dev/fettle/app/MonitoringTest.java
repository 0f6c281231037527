package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.http.Headers;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.jobs.WorkRecord;
import dev.fettle.json.Json;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.CuttableLink;
import dev.fettle.support.TestDoor;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Health, metrics and the log of requests. */
@WithPostgres
class MonitoringTest {

  private static Request request(String method, String path, String peer) {
    return new Request(
        method,
        path,
        "",
        Headers.of("Authorization", "Bearer secret"),
        "http",
        "localhost",
        Peer.of(peer),
        RequestBody.of(new byte[0]));
  }

  /**
   * Sends a request to a server that has one more door, behind which everything but bugs is 204.
   */
  private static Response ask(Monitoring monitoring, Request request) {
    TestDoor other =
        new TestDoor(
            any -> {
              if (any.rawPath().equals("/bug")) {
                throw new IllegalStateException("a bug");
              }
              return Response.empty(204);
            });
    Router.Observer both =
        exchanged -> {
          monitoring.answered(exchanged);
          AnsweredRows.note(exchanged);
        };
    return new Router(List.of(monitoring, other), List.of(), Ids.random(), both).handle(request);
  }

  private static String text(Response response) {
    return response.body() instanceof Response.Bytes(byte[] bytes)
        ? new String(bytes, StandardCharsets.UTF_8)
        : "";
  }

  @Test
  void metrics_show_what_peers_take_of_the_server(Db db) {
    Monitoring monitoring = new Monitoring(db, false, false);
    try (HttpServer edge = HttpServer.start(List.of(), any -> Response.empty(204))) {
      monitoring.edge(edge, 77);
      assertThat(text(ask(monitoring, request("GET", "/metrics", "127.0.0.1"))))
          .contains(
              "fettle_http_connections 0.0",
              "fettle_http_connections_limit 77.0",
              "fettle_http_requests_open 0.0",
              "fettle_http_body_memory_bytes 0.0",
              "fettle_http_connections_refused_total 0.0",
              "fettle_http_overdue_total 0.0");
    }
  }

  @Test
  void metrics_are_for_this_machine_unless_the_operator_says_otherwise(Db db) {
    Monitoring closed = new Monitoring(db, false, false);
    Monitoring open = new Monitoring(db, true, false);

    for (String here : new String[] {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
      assertThat(ask(closed, request("GET", "/metrics", here)).status()).as(here).isEqualTo(200);
    }
    for (String there : new String[] {"10.0.0.1", "192.168.127.1", "::2", "2001:db8::127"}) {
      assertThat(ask(closed, request("GET", "/metrics", there)).status()).as(there).isEqualTo(403);
      assertThat(ask(open, request("GET", "/metrics", there)).status()).isEqualTo(200);
    }
  }

  @Test
  void what_operators_look_at_can_be_read_only(Db db) {
    Monitoring monitoring = new Monitoring(db, false, false);
    for (String path : new String[] {"/health/live", "/health/ready", "/metrics"}) {
      assertThat(ask(monitoring, request("HEAD", path, "127.0.0.1")).status()).isEqualTo(200);
      Response refused = ask(monitoring, request("DELETE", path, "127.0.0.1"));
      assertThat(refused.status()).as(path).isEqualTo(405);
      assertThat(refused.headers().first("Allow")).isEqualTo("GET");
    }
  }

  @Test
  void requests_are_counted_by_row_and_status_and_never_by_address(Db db) {
    Monitoring monitoring = new Monitoring(db, false, false);
    for (int i = 0; i < 3; i++) {
      ask(monitoring, request("GET", "/beta/secret-path-" + i, "10.0.0.1"));
    }
    ask(monitoring, request("BREW", "/", "10.0.0.1"));
    ask(monitoring, request("POST", "/bug", "10.0.0.1"));

    String metrics = text(ask(monitoring, request("GET", "/metrics", "127.0.0.1")));
    assertThat(metrics)
        .contains(
            "fettle_http_requests_seconds_count{door=\"test\",method=\"*\",route=\"/{anything}\",status=\"204\"}"
                + " 4")
        .contains(
            "fettle_http_requests_seconds_bucket{door=\"test\",method=\"*\",route=\"/{anything}\",status=\"204\",le=\"10.0\"}"
                + " 4")
        .contains("fettle_http_faults_total 1.0")
        .doesNotContain("secret-path", "BREW");
    assertThat(metrics.lines().filter(line -> line.startsWith("# HELP fettle")))
        .allSatisfy(line -> assertThat(line).matches("# HELP \\S+ \\S.*"));
  }

  @Test
  void background_work_is_shown_with_the_readiness_and_the_metrics(Db db) {
    Monitoring monitoring = new Monitoring(db, false, false);
    monitoring.shows(
        () ->
            List.of(
                new WorkRecord(
                    "updates.deadlines",
                    Instant.parse("2026-11-21T20:00:05Z"),
                    Instant.parse("2026-11-21T20:00:00Z"),
                    4,
                    2),
                new WorkRecord("vpp.sync", null, null, 0, 0)));

    JsonNode ready =
        Json.readTrusted(text(ask(monitoring, request("GET", "/health/ready", "10.0.0.1"))));
    assertThat(ready.path("status").asString())
        .as("one failing job is no reason")
        .isEqualTo("ready");
    assertThat(ready.path("work"))
        .hasToString(
            "[{\"name\":\"updates.deadlines\",\"lastRunDateTime\":\"2026-11-21T20:00:05Z\","
                + "\"lastSuccessDateTime\":\"2026-11-21T20:00:00Z\",\"failures\":2},"
                + "{\"name\":\"vpp.sync\",\"lastRunDateTime\":null,"
                + "\"lastSuccessDateTime\":null,\"failures\":0}]");
    assertThat(text(ask(monitoring, request("GET", "/metrics", "127.0.0.1"))))
        .contains("fettle_work_failures_total{kind=\"updates.deadlines\"} 2.0")
        .contains("fettle_work_runs_total{kind=\"updates.deadlines\"} 4.0")
        .contains("fettle_work_last_run_seconds{kind=\"updates.deadlines\"} 1.795291205E9")
        .contains("fettle_work_last_success_seconds{kind=\"updates.deadlines\"} 1.7952912E9")
        .contains("fettle_work_last_success_seconds{kind=\"vpp.sync\"} NaN");
  }

  @Test
  void ready_says_503_while_the_database_is_away_and_live_does_not_care(DbSettings settings)
      throws IOException {
    URI where = URI.create(settings.url().substring("jdbc:".length()));
    try (CuttableLink link = new CuttableLink(where.getPort());
        Db db =
            new Db(
                new DbSettings(
                    settings.url().replace(":" + where.getPort(), ":" + link.port()),
                    settings.user(),
                    settings.password(),
                    2,
                    0,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2)))) {
      Monitoring monitoring = new Monitoring(db, false, false);
      assertThat(ask(monitoring, request("GET", "/health/ready", "10.0.0.1")).status())
          .isEqualTo(200);

      link.cut();

      Response away = ask(monitoring, request("GET", "/health/ready", "10.0.0.1"));
      assertThat(away.status()).isEqualTo(503);
      assertThat(away.headers().first("Retry-After")).isEqualTo("1");
      JsonNode problem = Json.readTrusted(text(away));
      assertThat(problem.path("status").asString()).isEqualTo("not ready");
      assertThat(ask(monitoring, request("GET", "/health/live", "10.0.0.1")).status())
          .isEqualTo(200);
      assertThat(ask(monitoring, request("GET", "/metrics", "127.0.0.1")).status()).isEqualTo(200);

      link.mend();
      // The pool may be in the pause after its last attempt.
      await()
          .until(
              () -> ask(monitoring, request("GET", "/health/ready", "10.0.0.1")).status() == 200);
    }
  }

  @Test
  void each_request_is_a_line_of_the_log_if_asked_for_and_holds_no_credential(Db db) {
    Logger log = (Logger) LoggerFactory.getLogger("dev.fettle.requests");
    Level before = log.getLevel();
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.setLevel(Level.INFO);
    log.addAppender(lines);
    try {
      ask(new Monitoring(db, false, true), request("DELETE", "/beta/x", "10.0.0.9"));
    } finally {
      log.detachAppender(lines);
      log.setLevel(before);
    }

    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.getFormattedMessage())
                    .matches(
                        "event=request door=test method=DELETE path=/beta/x status=204 micros=\\d+"
                            + " remote=10.0.0.9 request-id=[-0-9a-f]{36}"));
  }
}
