package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.app.settings.Mode;
import dev.fettle.db.DbSettings;
import dev.fettle.simulator.apple.AppleStandIn;
import dev.fettle.simulator.apple.AppleStandInSettings;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The vppToken of Graph's printed examples beside {@code --apple-stand-in}. Its {@code token} is
 * {@code Token value}, which no Apple knows: the printed {@code syncLicenses} used to fail and to
 * leave the token of all other examples invalid.
 */
@WithPostgres
class AppleStandInBesideTest {

  private static final String TOKEN =
      "/beta/deviceAppManagement/vppTokens/9ceb2f92-2f92-9ceb-922f-eb9c922feb9c";

  /** The request of the page "Update vppToken", as of 2026. */
  private static final String PRINTED =
      """
      {
        "@odata.type": "#microsoft.graph.vppToken",
        "organizationName": "Organization Name value",
        "vppTokenAccountType": "education",
        "appleId": "Apple Id value",
        "expirationDateTime": "2016-12-31T23:57:57.2481234-08:00",
        "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
        "token": "Token value",
        "state": "valid",
        "lastSyncStatus": "inProgress",
        "automaticallyUpdateApps": true,
        "countryOrRegion": "Country Or Region value",
        "lastAppCount": 12
      }
      """;

  private final DbSettings db;
  private final AppleStandIn apple = AppleStandIn.start(AppleStandInSettings.defaults());

  @TempDir private Path data = Path.of("");

  AppleStandInBesideTest(DbSettings db) {
    this.db = db;
  }

  @AfterEach
  void stop() {
    apple.close();
  }

  private TestServer beside() {
    return TestServer.start(Mode.DEV, db, data, DevCommand.settings(apple));
  }

  private static JsonNode change(TestServer server) {
    TestServer.Answer answer = server.send("PATCH", TOKEN, server.anyone(), PRINTED);
    assertThat(answer.status()).as(answer.whole().body()).isEqualTo(200);
    return answer.json();
  }

  private static JsonNode sync(TestServer server) {
    assertThat(server.send("POST", TOKEN + "/syncLicenses", server.anyone(), null).status())
        .isEqualTo(200);
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> server.get(server.anyone(), TOKEN).json(),
            token -> !token.path("lastSyncStatus").asString().equals("inProgress"));
  }

  private static void assertPrinted(JsonNode token) {
    assertThat(token.path("organizationName").asString()).isEqualTo("Organization Name value");
    assertThat(token.path("vppTokenAccountType").asString()).isEqualTo("education");
    assertThat(token.path("appleId").asString()).isEqualTo("Apple Id value");
    assertThat(token.path("locationName").asString()).isEqualTo("Location Name value");
    assertThat(token.path("state").asString()).isEqualTo("valid");
    assertThat(token.path("token").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sync", "change, sync", "sync, change, sync", "sync, sync, change, change"})
  void the_printed_requests_keep_it_valid_in_any_order(String requests) {
    try (TestServer server = beside()) {
      // The database is the class's, so the order before does not count.
      server.send("POST", "/fettle/dev/reset", null, null);
      assertPrinted(server.get(server.anyone(), TOKEN).json());
      for (String request : requests.split(", ", -1)) {
        if (request.equals("sync")) {
          JsonNode synced = sync(server);
          assertPrinted(synced);
          assertThat(synced.path("lastSyncStatus").asString()).isEqualTo("completed");
        } else {
          JsonNode changed = change(server);
          assertPrinted(changed);
          assertThat(changed.path("expirationDateTime").asString())
              .isEqualTo("2017-01-01T07:57:57.2481234Z");
          assertThat(changed.path("countryOrRegion").asString())
              .isEqualTo("Country Or Region value");
          assertThat(changed.path("lastAppCount").asInt()).isEqualTo(12);
        }
      }
      assertThat(
              server.get(server.anyone(), "/fettle/v1.0/vppTokens/attention").json().path("value"))
          .isEmpty();
      assertThat(
              server
                  .get(server.anyone(), "/beta/deviceAppManagement/mobileApps?$top=50")
                  .json()
                  .path("value"))
          .hasSize(12);
    }
  }

  @Test
  void data_that_were_there_before_the_stand_in_get_a_vpp_token_that_lives() {
    try (TestServer before =
        TestServer.start(Mode.DEV, db, data, Map.of("vpp.apple-url", apple.url()))) {
      before.send("POST", "/fettle/dev/reset", null, null);
      JsonNode refused = sync(before);
      assertThat(refused.path("lastSyncStatus").asString()).isEqualTo("failed");
      assertThat(refused.path("state").asString()).isEqualTo("invalid");
    }
    try (TestServer server = beside()) {
      JsonNode synced = sync(server);
      assertPrinted(synced);
      assertThat(synced.path("lastSyncStatus").asString()).isEqualTo("completed");
    }
  }
}
