package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server is killed in the middle of reading a library of 20,000 assets, and started again: both
 * sides are the packaged programs, each a process of its own.
 *
 * <p>Most of the time goes into waiting for the lease of the dead process to run out.
 */
final class VppKilledServerIT {
  private static final int ASSETS = 20_000;
  private static final String TOKENS = "/beta/deviceAppManagement/vppTokens";
  private static final String APPS = "/beta/deviceAppManagement/mobileApps";

  @Test
  void a_sync_cut_off_by_kill_9_is_completed_once_by_the_next_start_with_the_right_counts()
      throws Exception {
    try (PackagedStandIn apple = PackagedStandIn.start("vpp-killed-apple", ASSETS, 500);
        PackagedServer server =
            PackagedServer.start("vpp-killed", "--set", "vpp.apple-url=" + apple.url())) {
      PlainClient graph = new PlainClient(server);
      // The first half of the library comes at once; then all five readers wait.
      apple.drive(
          "POST",
          "/faults",
          """
          {"effect":"delay","duration":"PT25S","operation":"getAssets","skip":20,"times":5}
          """);
      String id =
          graph
              .post(TOKENS, "{\"token\":\"" + apple.contentToken() + "\"}")
              .path("id")
              .stringValue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> graph.get(APPS + "/$count").intValue() >= ASSETS / 2);
      assertThat(status(graph, id)).isEqualTo("valid inProgress");

      server.kill();
      apple.drive("DELETE", "/faults", "");
      apple.drive("DELETE", "/libraries/" + apple.libraryId() + "/assets/2000000003", "");
      apple.drive(
          "POST",
          "/libraries/" + apple.libraryId() + "/assets/2000000004/total",
          "{\"delta\":1000}");
      server.startAgain();

      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(250))
          .until(() -> status(graph, id), "valid completed"::equals);
      assertThat(shown(graph)).isEqualTo(owned(apple)).hasSize(ASSETS - 1);
      assertThat(
              graph
                  .get("/fettle/v1.0/auditEntries?$filter=action%20eq%20'syncLicenses'")
                  .path("value")
                  .valueStream()
                  .map(entry -> entry.path("outcome").stringValue()))
          .containsExactly("succeeded");
      assertThat(graph.text("/metrics"))
          .contains("fettle_vpp_token_expiry_seconds{")
          .contains("token=\"" + id + "\"");
      leavesNothingBehind(apple.contentToken(), server);
    }
  }

  /**
   * Looks for the secret in all that the two starts printed, stored and logged, the WAL included.
   */
  private static void leavesNothingBehind(String contentToken, PackagedServer server)
      throws IOException {
    String inner =
        new JsonMapper()
            .readTree(Base64.getDecoder().decode(contentToken))
            .path("token")
            .stringValue();
    Map<Path, String> texts = server.everything();
    assertThat(texts).hasSizeGreaterThan(500);
    texts.forEach(
        (file, text) ->
            assertThat(text.contains(contentToken.substring(20, 60)) || text.contains(inner))
                .as("the content token lies in %s", file)
                .isFalse());
  }

  private static String status(PlainClient graph, String id) {
    JsonNode token = graph.get(TOKENS + "/" + id);
    return token.path("state").stringValue() + " " + token.path("lastSyncStatus").stringValue();
  }

  /** The bundle id of each app with its licences, as the server lists them. */
  private static Map<String, Integer> shown(PlainClient graph) {
    Map<String, Integer> all = new TreeMap<>();
    for (String type : new String[] {"iosVppApp", "macOsVppApp"}) {
      String path =
          APPS + "/microsoft.graph." + type + "?$select=bundleId,totalLicenseCount&$top=999";
      while (!path.isEmpty()) {
        JsonNode page = graph.get(path);
        for (JsonNode app : page.path("value")) {
          assertThat(
                  all.put(
                      app.path("bundleId").stringValue(), app.path("totalLicenseCount").intValue()))
              .as("twice: %s", app)
              .isNull();
        }
        String next = page.path("@odata.nextLink").stringValue("");
        path = next.isEmpty() ? "" : next.substring(next.indexOf("/beta/"));
      }
    }
    return all;
  }

  /** The same, as Apple's side says. */
  private static Map<String, Integer> owned(PackagedStandIn apple) {
    Map<String, Integer> all = new TreeMap<>();
    JsonNode next = null;
    do {
      JsonNode page = apple.ask("/assets" + (next == null ? "" : "?pageIndex=" + next.intValue()));
      for (JsonNode asset : page.path("assets")) {
        long number = Long.parseLong(asset.path("adamId").stringValue()) - 2_000_000_000L;
        all.put("com.example.app%05d".formatted(number), asset.path("totalCount").intValue());
      }
      next = page.get("nextPageIndex");
    } while (next != null);
    return all;
  }
}
