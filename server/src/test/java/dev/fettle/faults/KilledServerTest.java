package dev.fettle.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.DbSettings;
import dev.fettle.json.Json;
import dev.fettle.simulator.devices.BehaviourMix;
import dev.fettle.simulator.devices.DeviceFleet;
import dev.fettle.simulator.devices.FleetSettings;
import dev.fettle.simulator.devices.GivenDevice;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithPostgres
class KilledServerTest {

  private static final int DEVICES = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A device, its credential, and the address of the operation that was asked of it. */
  private record Asked(GivenDevice device, String operation) {}

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private String root = "";
  private String authorization = "";

  @Test
  void after_kill_minus_nine_with_500_running_operations_each_ends_once_and_none_is_lost(
      DbSettings settings, @TempDir Path data) throws Exception {
    List<Asked> asked;
    try (ServerProcess first = ServerProcess.start(settings, data)) {
      root = "http://127.0.0.1:" + first.port();
      authorization = token();
      asked = together(DEVICES, this::ask);
      try (DeviceFleet fleet = DeviceFleet.start(fleet(asked))) {
        Awaitility.await().atMost(PATIENCE).until(() -> fleet.counts().started() == DEVICES);
        first.kill();
      }
    }

    try (ServerProcess second = ServerProcess.start(settings, data)) {
      root = "http://127.0.0.1:" + second.port();
      // Every answered write is there, and the tokens of before still open the server.
      assertThat(statuses(asked).values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(DEVICES);
      try (DeviceFleet fleet = DeviceFleet.start(fleet(asked))) {
        assertThat(fleet.size()).isEqualTo(DEVICES);
        Awaitility.await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .untilAsserted(
                () -> assertThat(statuses(asked)).isEqualTo(Map.of("succeeded", DEVICES)));
      }
      List<JsonNode> lists =
          together(
              DEVICES,
              number -> {
                String operation = asked.get(number).operation();
                return get(operation.substring(0, operation.lastIndexOf('/')));
              });
      assertThat(lists).allSatisfy(list -> assertThat(list.path("value")).hasSize(1));
    }
  }

  private Asked ask(int number) throws Exception {
    JsonNode device =
        post(
            201,
            "/beta/teamwork/devices",
            "{\"deviceType\":\"collaborationBar\",\"hardwareDetail\":"
                + "{\"manufacturer\":\"yealink\",\"model\":\"vc210\"}}");
    String id = device.path("id").asString();
    JsonNode credential =
        post(
            201,
            "/fettle/v1.0/devices/" + id + "/credential",
            "{\"controllerId\":\"killed-" + number + "\"}");
    HttpResponse<String> accepted =
        send(
            "POST",
            "/beta/teamwork/devices/" + id + "/updateSoftware",
            "{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}");
    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    return new Asked(
        new GivenDevice(
            credential.path("controllerId").asString(),
            credential.path("token").asString(),
            Map.of("deviceType", "collaborationBar", "manufacturer", "yealink", "model", "vc210")),
        "/beta" + accepted.headers().firstValue("Location").orElseThrow());
  }

  private FleetSettings fleet(List<Asked> asked) {
    return new FleetSettings(
        URI.create(root),
        InProcess.TENANT,
        null,
        asked.stream().map(Asked::device).toList(),
        0,
        BehaviourMix.normal(),
        Duration.ofSeconds(3),
        Duration.ofSeconds(8),
        7,
        null);
  }

  /** How many of the operations have which status. */
  private Map<String, Integer> statuses(List<Asked> asked) throws Exception {
    Map<String, Integer> count = new TreeMap<>();
    for (String status :
        together(
            asked.size(),
            number -> get(asked.get(number).operation()).path("status").asString("none"))) {
      count.merge(status, 1, Integer::sum);
    }
    return count;
  }

  private String token() throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/fettle/dev/tokens",
            "{\"tenant\":\""
                + InProcess.TENANT
                + "\",\"permissions\":[\"TeamworkDevice.ReadWrite.All\"]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return "Bearer " + Json.readTrusted(answer.body()).path("access_token").asString();
  }

  private JsonNode post(int status, String target, String body) throws Exception {
    HttpResponse<String> answer = send("POST", target, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.readTrusted(answer.body());
  }

  private JsonNode get(String target) throws Exception {
    HttpResponse<String> answer = send("GET", target, null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.readTrusted(answer.body());
  }

  private HttpResponse<String> send(String method, String target, @Nullable String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + target)).timeout(Duration.ofSeconds(30));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What is done for one number. */
  private interface Numbered<T> {
    T of(int number) throws Exception;
  }

  /** Does the work for each number, sixteen at a time; the answers are in order. */
  private static <T> List<T> together(int numbers, Numbered<T> work) throws Exception {
    Semaphore slots = new Semaphore(16);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (int number = 0; number < numbers; number++) {
        int mine = number;
        Callable<T> task =
            () -> {
              slots.acquire();
              try {
                return work.of(mine);
              } finally {
                slots.release();
              }
            };
        futures.add(threads.submit(task));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> future : futures) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}
