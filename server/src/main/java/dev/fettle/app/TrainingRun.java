package dev.fettle.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A quarter of a minute of typical work: an administrator waits for the pretend devices of a
 * server, looks at each and updates them all, and others poll over HTTPS, each time over a new
 * connection, as most agents do. The launcher has one when it builds, since the JVM can keep what
 * it loaded and learnt in it for every start to come (docs/decisions/0041).
 */
final class TrainingRun {
  private static final int MOST_IN_A_BATCH = 20;
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
  private static final String DEVICES = "/beta/teamwork/devices";
  private static final int POLLING = 100;
  private static final int POLLS_OF_EACH = 30;
  private static final int POLLS_AT_ONCE = 8;

  private final HttpClient http;
  private final URI server;
  private final long end = System.nanoTime() + LONGEST.toNanos();
  private String token = "";

  private TrainingRun(HttpClient http, URI server) {
    this.http = http;
    this.server = server;
  }

  /**
   * Rehearses, and returns when all devices are updated.
   *
   * @param secure where it is reached by HTTPS
   * @param trusting what believes its certificate
   * @param devices how many there are at least; with none there is nothing to train
   * @throws IOException if the server answers anything but success
   * @throws TimeoutException if it takes longer than a minute
   */
  static void run(URI server, URI secure, SSLContext trusting, int devices)
      throws IOException, InterruptedException, TimeoutException {
    if (devices > 0) {
      try (HttpClient http = HttpClient.newHttpClient()) {
        TrainingRun training = new TrainingRun(http, server);
        training.rollOut(devices);
        training.poll(secure, trusting.getSocketFactory());
      }
    }
  }

  private void rollOut(int devices) throws IOException, InterruptedException, TimeoutException {
    ObjectNode wish = Json.object();
    wish.putArray("permissions").add("TeamworkDevice.ReadWrite.All");
    token = send(post("/fettle/dev/tokens", wish)).path("access_token").asString();
    await(DEVICES + "?$top=1", page -> page.path("@odata.count").asInt(0) >= devices);
    List<String> ids = ids();
    update(ids);
    for (String id : ids) {
      get(DEVICES + "/" + id);
      get(DEVICES + "/" + id + "/health");
      await(DEVICES + "/" + id + "/operations?$top=1", TrainingRun::nothingIsOpen);
    }
  }

  private void poll(URI secure, SSLSocketFactory tls) throws IOException, InterruptedException {
    String gateway =
        send(post(
                "/fettle/v1.0/gatewayTokens",
                Json.object().put("displayName", "Devices of the training")))
            .path("token")
            .asString();
    try (ExecutorService threads = Executors.newFixedThreadPool(POLLS_AT_ONCE)) {
      List<Future<Boolean>> polls = new ArrayList<>();
      for (int number = 0; number < POLLING * POLLS_OF_EACH; number++) {
        String request =
            "GET /%s/controller/v1/training-%d HTTP/1.1\r\nHost: %s\r\nAuthorization: GatewayToken %s\r\nConnection: close\r\n\r\n"
                .formatted(Seed.DDI_NAME, number % POLLING, secure.getAuthority(), gateway);
        polls.add(threads.submit(() -> isAnswered(secure, tls, request)));
      }
      for (Future<Boolean> poll : polls) {
        if (!poll.get()) {
          throw new IOException("a poll over HTTPS was not answered with 200");
        }
      }
    } catch (ExecutionException e) {
      throw new IOException("a poll over HTTPS failed", e);
    }
  }

  private static boolean isAnswered(URI secure, SSLSocketFactory tls, String request)
      throws IOException {
    try (Socket socket = tls.createSocket(secure.getHost(), secure.getPort())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 200 ");
    }
  }

  private static boolean nothingIsOpen(JsonNode page) {
    JsonNode operations = page.path("value");
    return operations.isEmpty() || operations.path(0).path("completedDateTime").isString();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(server.resolve(path)));
  }

  private void await(String path, Predicate<JsonNode> condition)
      throws IOException, InterruptedException, TimeoutException {
    while (!condition.test(get(path))) {
      if (System.nanoTime() > end) {
        throw new TimeoutException("it took longer than " + LONGEST + " until " + path);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
  }

  private List<String> ids() throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    String next = DEVICES + "?$top=50";
    while (!next.isEmpty()) {
      JsonNode page = get(next);
      page.path("value").forEach(device -> ids.add(device.path("id").asString()));
      next = page.path("@odata.nextLink").asString("");
    }
    return ids;
  }

  private void update(List<String> devices) throws IOException, InterruptedException {
    for (int from = 0; from < devices.size(); from += MOST_IN_A_BATCH) {
      ObjectNode batch = Json.object();
      ArrayNode requests = batch.putArray("requests");
      for (String device :
          devices.subList(from, Math.min(devices.size(), from + MOST_IN_A_BATCH))) {
        ObjectNode request = requests.addObject();
        request.put("id", device).put("method", "POST");
        request.put("url", "/teamwork/devices/" + device + "/updateSoftware");
        request.putObject("headers").put("Content-Type", "application/json");
        request.putObject("body").put("softwareType", "teamsClient");
      }
      send(post("/beta/$batch", batch));
    }
  }

  private HttpRequest.Builder post(String path, JsonNode body) {
    return HttpRequest.newBuilder(server.resolve(path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> answer =
        http.send(request.timeout(LONGEST).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    if (answer.statusCode() != 200 && answer.statusCode() != 201) {
      throw new IOException(answer.uri() + " was answered with " + answer.statusCode());
    }
    return Json.readTrusted(answer.body());
  }
}
