package dev.fettle.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.fettle.db.Sql;
import dev.fettle.json.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A whole rollout: pretend devices in a second process poll every second, an update with a file of
 * 10 KiB is requested for all of them by {@code $batch}, and the clock runs until the last
 * operation has succeeded. Each device downloads, verifies, and reports three times; installing
 * takes it no time.
 */
final class Rollout {

  private static final int DEVICES = 1_000;
  private static final int ROUNDS = 14;
  private static final int FILE_BYTES = 10 * 1024;
  private static final int BATCH = 20;
  private static final int SENDERS = 4;
  private static final String ANNOUNCED =
      "tenant_id = ? and controller_id like 'simulated-%' and not attributes_wanted";
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private record Round(
      double seconds, double requestSeconds, double serverSeconds, double fleetSeconds) {}

  private final Rig rig;
  private final String root;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Rollout(Rig rig) {
    this.rig = rig;
    this.root = "http://127.0.0.1:" + rig.port();
  }

  /** A part of the page of results. */
  String measure() throws IOException, InterruptedException {
    return page(run());
  }

  private List<Round> run() throws IOException, InterruptedException {
    String gatewayToken =
        post(root + "/fettle/v1.0/gatewayTokens", "{\"displayName\":\"Rollout\"}")
            .path("token")
            .asString();
    Process fleet =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms96m",
                "-Xmn64m",
                "-XX:SurvivorRatio=3",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                RolloutFleet.class.getName(),
                Integer.toString(rig.port()),
                gatewayToken,
                Integer.toString(DEVICES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      // Those who said what they run; from then on nothing but the rollout goes on.
      await(DEVICES, () -> count("devices_device where " + ANNOUNCED));
      List<String> ids =
          rig.db()
              .statement(
                  tx ->
                      tx.list(
                          Sql.assembled(
                              "select id from devices_device where " + ANNOUNCED,
                              Arrays.asList(Suite.TENANT)),
                          row -> row.text("id")));
      List<Round> done = new ArrayList<>();
      for (int round = 1; round <= ROUNDS; round++) {
        publish("2026." + round);
        done.add(round(fleet, ids, round * DEVICES));
      }
      return done;
    } finally {
      fleet.getOutputStream().close();
      fleet.waitFor();
    }
  }

  private Round round(Process fleet, List<String> ids, int succeededThen)
      throws IOException, InterruptedException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpu = system.getProcessCpuTime();
    double fleetCpu = cpuSeconds(fleet);
    long start = System.nanoTime();
    try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
      List<Callable<Void>> batches = new ArrayList<>();
      for (int from = 0; from < ids.size(); from += BATCH) {
        List<String> some = ids.subList(from, Math.min(ids.size(), from + BATCH));
        batches.add(
            () -> {
              request(some);
              return null;
            });
      }
      for (Future<Void> sent : senders.invokeAll(batches)) {
        sent.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    double requested = (System.nanoTime() - start) / 1e9;
    // The devices know too: to count in the database would cost a tenth of what is measured.
    await(succeededThen, () -> RolloutFleet.succeeded(fleet));
    Round round =
        new Round(
            (System.nanoTime() - start) / 1e9,
            requested,
            (system.getProcessCpuTime() - cpu) / 1e9,
            cpuSeconds(fleet) - fleetCpu);
    await(
        succeededThen,
        () -> count("updates_operation where tenant_id = ? and status = 'succeeded'"));
    return round;
  }

  private static double cpuSeconds(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  private void request(List<String> ids) throws IOException, InterruptedException {
    ObjectNode batch = Json.object();
    ArrayNode requests = batch.putArray("requests");
    for (String id : ids) {
      ObjectNode request = requests.addObject();
      request.put("id", id);
      request.put("method", "POST");
      request.put("url", "/teamwork/devices/" + id + "/updateSoftware");
      request.putObject("headers").put("Content-Type", "application/json");
      request.putObject("body").put("softwareType", "teamsClient");
    }
    for (JsonNode answer : post(root + "/beta/$batch", Json.text(batch)).path("responses")) {
      if (answer.path("status").asInt() != 202) {
        throw new IllegalStateException("an update was not accepted: " + answer);
      }
    }
  }

  private void publish(String version) throws IOException, InterruptedException {
    String release =
        post(
                root + "/fettle/v1.0/releases",
                "{\"softwareType\":\"teamsClient\",\"version\":\"" + version + "\"}")
            .path("id")
            .asString();
    byte[] file = new byte[FILE_BYTES];
    Arrays.fill(file, (byte) version.hashCode());
    String address = root + "/fettle/v1.0/releases/" + release;
    send(
        HttpRequest.newBuilder(URI.create(address + "/artifacts/client.bin"))
            .PUT(BodyPublishers.ofByteArray(file)));
    post(address + "/publish", "");
  }

  /** Something that grows. */
  private interface Count {
    long now() throws IOException;
  }

  private static void await(long wanted, Count count) throws IOException, InterruptedException {
    long until = System.nanoTime() + LONGEST.toNanos();
    for (long have = count.now(); have < wanted; have = count.now()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(have + " of " + wanted + " after " + LONGEST);
      }
      Thread.sleep(PAUSE);
    }
  }

  private long count(String from) {
    return rig.db()
        .statement(
            tx ->
                tx.one(
                    Sql.assembled("select count(*) n from " + from, Arrays.asList(Suite.TENANT)),
                    row -> row.bigint("n")))
        .orElse(0L);
  }

  private JsonNode post(String address, String body) throws IOException, InterruptedException {
    return Json.read(
        send(
            HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))));
  }

  private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(request.header("Authorization", "Bearer x").build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(
          answer.uri()
              + " was answered with "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
    }
    return answer.body().length == 0 ? new byte[] {'{', '}'} : answer.body();
  }

  private static String page(List<Round> rounds) {
    StringBuilder page =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                """

                ## A rollout to %d devices

                The devices are in a second process on the same cores, poll every second and need no time to install. A
                file of 10 KiB; from the first request to the last operation succeeded.

                | round | seconds | of these, requests by $batch | server's CPU seconds | devices' CPU seconds |
                |---|---|---|---|---|
                """,
                DEVICES));
    for (int i = 0; i < rounds.size(); i++) {
      Round round = rounds.get(i);
      page.append(
          String.format(
              Locale.ROOT,
              "| %d | %.1f | %.1f | %.1f | %.1f |%n",
              i + 1,
              round.seconds(),
              round.requestSeconds(),
              round.serverSeconds(),
              round.fleetSeconds()));
    }
    page.append(
        """

        Aim: at most 4 s, a tenth of what hawkBit was measured to need for as many. What the rounds take beyond both
        processes is PostgreSQL's and waiting for its disk.
        """);
    return page.toString();
  }
}
