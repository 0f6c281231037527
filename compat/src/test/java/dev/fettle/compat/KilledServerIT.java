package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.simulator.devices.BehaviourMix;
import dev.fettle.simulator.devices.DeviceFleet;
import dev.fettle.simulator.devices.FleetSettings;
import dev.fettle.simulator.devices.GivenDevice;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The whole program is killed, its embedded database with it, while operations run and more are
 * asked for. The devices are not told: they go on polling, and find the server back at its address.
 */
final class KilledServerIT {
  private static final int DEVICES = 60;
  private static final String ALL = "/beta/teamwork/devices";
  private static final String KIND =
      "{\"deviceType\":\"collaborationBar\",\"hardwareDetail\":"
          + "{\"manufacturer\":\"yealink\",\"model\":\"vc210\"}}";
  private static final String UPDATE =
      "{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}";

  @Test
  void after_kill_9_every_answered_update_has_its_operation_and_each_ends_once() throws Exception {
    try (PackagedServer server = PackagedServer.start("killed");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      PlainClient graph = new PlainClient(server);
      List<String> ids = new ArrayList<>();
      List<GivenDevice> devices = new ArrayList<>();
      for (int i = 0; i < DEVICES; i++) {
        String id = graph.post(ALL, KIND).path("id").stringValue();
        JsonNode credential = graph.post("/fettle/v1.0/devices/" + id + "/credential", "{}");
        ids.add(id);
        devices.add(
            new GivenDevice(
                credential.path("controllerId").stringValue(),
                credential.path("token").stringValue(),
                Map.of(
                    "deviceType",
                    "collaborationBar",
                    "manufacturer",
                    "yealink",
                    "model",
                    "vc210")));
      }
      Map<String, String> accepted = new ConcurrentHashMap<>();
      AtomicInteger next = new AtomicInteger();
      try (DeviceFleet fleet = DeviceFleet.start(fleet(server, devices))) {
        assertThat(fleet.size()).isEqualTo(DEVICES);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          clients.add(threads.submit(() -> updateAll(graph, ids, next, accepted)));
        }
        // Some operations run, others are being asked for at this very moment.
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .until(() -> accepted.size() >= DEVICES / 2);
        server.kill();
        for (Future<?> client : clients) {
          client.get();
        }
        int answered = accepted.size();
        server.startAgain();

        assertThat(answered).isBetween(DEVICES / 2, DEVICES);
        accepted.forEach(
            (device, location) ->
                assertThat(graph.get("/beta" + location).path("id").stringValue())
                    .as("the operation of %s", device)
                    .isEqualTo(location.substring(location.lastIndexOf('/') + 1)));
        // Whoever got no answer looks, and asks again if nothing was stored.
        ids.stream()
            .filter(id -> statuses(graph, id).isEmpty())
            .forEach(
                id ->
                    assertThat(
                            graph
                                .send("POST", ALL + "/" + id + "/updateSoftware", UPDATE)
                                .statusCode())
                        .isEqualTo(202));

        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofSeconds(1))
            .untilAsserted(
                () ->
                    assertThat(ids)
                        .allSatisfy(
                            id -> assertThat(statuses(graph, id)).containsExactly("succeeded")));
      }
    }
  }

  private static FleetSettings fleet(PackagedServer server, List<GivenDevice> devices) {
    return new FleetSettings(
        URI.create(server.http()),
        "DEFAULT",
        null,
        devices,
        0,
        BehaviourMix.normal(),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        7,
        null);
  }

  /** Asks for one device after the other until the server is gone. */
  private static void updateAll(
      PlainClient graph, List<String> ids, AtomicInteger next, Map<String, String> accepted) {
    try {
      for (int i = next.getAndIncrement(); i < ids.size(); i = next.getAndIncrement()) {
        HttpResponse<String> answer =
            graph.send("POST", ALL + "/" + ids.get(i) + "/updateSoftware", UPDATE);
        if (answer.statusCode() == 202) {
          accepted.put(ids.get(i), answer.headers().firstValue("Location").orElseThrow());
        }
      }
    } catch (UncheckedIOException gone) {
      assertThat(accepted).isNotEmpty();
    }
  }

  private static List<String> statuses(PlainClient graph, String id) {
    return graph
        .get(ALL + "/" + id + "/operations")
        .path("value")
        .valueStream()
        .map(operation -> operation.path("status").stringValue())
        .toList();
  }
}
