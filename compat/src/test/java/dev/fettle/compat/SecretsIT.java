package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A server at its most talkative is used as the README uses it; then what it printed, measured and
 * stored, the database's own files included, is searched for every secret that it ever saw.
 */
final class SecretsIT {
  private static final String DEVICE =
      "/beta/teamwork/devices/0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";

  @Test
  void no_token_and_no_secret_lies_in_logs_metrics_or_files() throws Exception {
    try (PackagedServer server =
        PackagedServer.start(
            "secrets",
            "--devices",
            "1",
            "--set",
            "log.level=debug",
            "--set",
            "log.requests=true")) {
      Map<String, String> secrets = new LinkedHashMap<>();
      PlainClient graph = new PlainClient(server);
      secrets.put("the forged access token", signature(graph.token()));

      JsonNode credential =
          graph.post(
              "/fettle/v1.0" + DEVICE.substring("/beta/teamwork".length()) + "/credential", "{}");
      secrets.put("the target token", credential.path("token").stringValue());
      secrets.put(
          "the gateway token",
          graph
              .post("/fettle/v1.0/gatewayTokens", "{\"displayName\":\"Site\"}")
              .path("token")
              .stringValue());
      JsonNode client =
          graph.post(
              "/fettle/v1.0/clients",
              "{\"displayName\":\"Job\",\"permissions\":[\"TeamworkDevice.ReadWrite.All\"]}");
      String secret = client.path("secret").stringValue();
      secrets.put("the client's secret", secret);
      String token = token(server, client.path("id").stringValue(), secret);
      secrets.put("the client's access token", signature(token));

      PlainClient job = new PlainClient(server, token);
      assertThat(job.get(DEVICE).path("id").stringValue()).isNotEmpty();
      assertThat(
              job.send("POST", DEVICE + "/updateSoftware", "{\"softwareType\":\"teamsClient\"}")
                  .statusCode())
          .isEqualTo(202);
      poll(server, credential.path("controllerId").stringValue(), secrets.get("the target token"));
      // In the wrong places too, where a careless log would show them.
      poll(server, "nobody", secrets.get("the gateway token"));
      poll(server, "nobody", "TargetToken " + secrets.get("the target token"));
      assertThat(new PlainClient(server, token + "x").send("GET", DEVICE, "").statusCode())
          .isEqualTo(401);
      assertThat(job.send("POST", DEVICE + "/updateSoftware", "{\"" + secret).statusCode())
          .isEqualTo(400);
      secrets.forEach((what, value) -> assertThat(value).as(what).hasSizeGreaterThan(20));

      String metrics = graph.text("/metrics");
      assertThat(server.output())
          .contains("event=request door=graph method=POST")
          .contains("request-id=");
      Map<Path, String> all = server.everything();
      assertThat(all).hasSizeGreaterThan(500);
      secrets.forEach(
          (what, value) -> {
            assertThat(metrics).as(what + " in /metrics").doesNotContain(value);
            all.forEach(
                (file, text) ->
                    assertThat(text.contains(value)).as(what + " in " + file).isFalse());
          });
    }
  }

  /** The part of a token that nobody can guess; the others may well be printed. */
  private static String signature(String token) {
    return token.substring(token.lastIndexOf('.') + 1);
  }

  private static String token(PackagedServer server, String id, String secret) {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(URI.create(server.http() + "/" + TENANT + "/oauth2/v2.0/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id="
                            + id
                            + "&client_secret="
                            + secret
                            + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"))
                .build());
    return PlainClient.read(answer).path("access_token").stringValue();
  }

  private static void poll(PackagedServer server, String controller, String token) {
    server.send(
        HttpRequest.newBuilder(URI.create(server.http() + "/DEFAULT/controller/v1/" + controller))
            .header("Authorization", "TargetToken " + token)
            .build());
  }
}
