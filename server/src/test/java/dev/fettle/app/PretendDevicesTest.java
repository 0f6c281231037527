package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.app.settings.Mode;
import dev.fettle.db.DbSettings;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** First uses of the devices of {@code fettle dev --devices N}. */
@WithPostgres
class PretendDevicesTest {

  private static final String DEVICES = "/beta/teamwork/devices";

  /** Twice as many as there are models, beside the five documented devices. */
  private static final int COUNT = 40;

  private static final int SEEDED = 5;
  private static final String STATUS = "SoftwareUpdateStatus";

  /**
   * Only collaboration bars had releases: of 283 updates that were asked of a fleet of 200, 250
   * were refused.
   */
  @Test
  void every_pretend_device_shows_what_there_is_for_it_and_takes_it(
      DbSettings db, @TempDir Path data) {
    try (TestServer server =
            TestServer.start(Mode.DEV, db, data, Map.of("devices.poll-interval", "1s"));
        DevFleet fleet = DevFleet.start(server.server(), COUNT)) {
      assertThat(fleet).isNotNull();
      String caller = server.anyone();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(list(server, caller)).hasSize(SEEDED + COUNT);
                assertThat(list(server, caller))
                    .allSatisfy(
                        device ->
                            assertThat(shown(server, caller, device))
                                .isNotEmpty()
                                .doesNotContainValue(""));
              });

      List<JsonNode> devices = list(server, caller);
      assertThat(devices.subList(0, COUNT))
          .allSatisfy(
              device -> assertThat(device.path("activityState").asString("")).isEqualTo("idle"));
      for (JsonNode device : devices) {
        shown(server, caller, device)
            .forEach(
                (type, available) -> {
                  TestServer.Answer asked =
                      server.post(
                          caller,
                          path(device) + "/updateSoftware",
                          "{\"softwareType\":\"%s\",\"softwareVersion\":\"%s\"}"
                              .formatted(type, available));
                  assertThat(asked.status()).as(asked.whole().body()).isEqualTo(202);
                });
      }

      Map<String, JsonNode> oneOfEach = new LinkedHashMap<>();
      devices.forEach(
          device -> oneOfEach.putIfAbsent(device.path("deviceType").asString(), device));
      assertThat(oneOfEach).hasSize(9);
      await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(
              () ->
                  assertThat(oneOfEach.values())
                      .allSatisfy(
                          device -> {
                            List<String> words = new ArrayList<>();
                            server
                                .get(caller, path(device) + "/operations?$select=status")
                                .json()
                                .path("value")
                                .forEach(one -> words.add(one.path("status").asString()));
                            assertThat(words)
                                .as("of %s", device)
                                .contains("succeeded")
                                .doesNotContain("failed");
                          }));
    }
  }

  private static String path(JsonNode device) {
    return DEVICES + "/" + device.path("id").asString();
  }

  private static List<JsonNode> list(TestServer server, String caller) {
    return server.get(caller, DEVICES + "?$top=50").json().path("value").valueStream().toList();
  }

  /** The available version of each software type that a device shows. */
  private static Map<String, String> shown(TestServer server, String caller, JsonNode device) {
    Map<String, String> shown = new LinkedHashMap<>();
    server
        .get(caller, path(device) + "/health")
        .json()
        .path("softwareUpdateHealth")
        .forEachEntry(
            (member, status) -> {
              if (!status.isNull()) {
                shown.put(member.replace(STATUS, ""), status.path("availableVersion").asString(""));
              }
            });
    return shown;
  }
}
