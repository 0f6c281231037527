package dev.fettle.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stand-in for Apple as users get it: {@code fettle apple-stand-in}, a process of its own. */
final class PackagedStandIn implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("is ready at (\\S+)");
  private static final Pattern LIBRARY =
      Pattern.compile("(\\d+) assets \\((\\d+)\\)\\s+content token: (\\S+)");

  private final JsonMapper json = new JsonMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path log;
  private final Process process;
  private final String url;
  private final String libraryId;
  private final String contentToken;

  private PackagedStandIn(Path log, Process process) {
    this.log = log;
    this.process = process;
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !process.isAlive() || READY.matcher(output()).find());
    String said = output();
    Matcher ready = READY.matcher(said);
    Matcher library = LIBRARY.matcher(said);
    if (!ready.find() || !library.find()) {
      close();
      throw new IllegalStateException("The stand-in did not get ready. It said:\n" + said);
    }
    url = ready.group(1);
    libraryId = library.group(2);
    contentToken = library.group(3);
  }

  /** Starts one with a library of so many assets. */
  static PackagedStandIn start(String name, int assets, int pageSize) {
    Path log = PackagedServer.log(name);
    return new PackagedStandIn(
        log,
        Programs.start(
            PackagedServer.fettle(
                "apple-stand-in",
                "--port=0",
                "--requests-per-second=1000",
                "--assets=" + assets,
                "--page-size=" + pageSize),
            log));
  }

  /** Where its API is. */
  String url() {
    return url;
  }

  /** Apple's id of the library. */
  String libraryId() {
    return libraryId;
  }

  /** What opens the library. */
  String contentToken() {
    return contentToken;
  }

  /** Drives it; the path is below {@code /stand-in}. */
  JsonNode drive(String method, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(url).resolve("/stand-in" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** Asks its API as a device management service does; the path is below the API's root. */
  JsonNode ask(String path) {
    return send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + contentToken)
            .build());
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IllegalStateException(request.uri() + ": " + answer.body());
      }
      return answer.body().isEmpty() ? json.createObjectNode() : json.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
