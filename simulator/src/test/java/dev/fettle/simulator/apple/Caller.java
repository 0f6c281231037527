package dev.fettle.simulator.apple;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a stand-in as a management service would: plain requests over a socket. */
final class Caller {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http;
  private final String base;
  private final @Nullable String bearer;

  Caller(HttpClient http, String base, @Nullable String bearer) {
    this.http = http;
    this.base = base;
    this.bearer = bearer;
  }

  static Caller of(String base, @Nullable String bearer) {
    return new Caller(HttpClient.newHttpClient(), base, bearer);
  }

  Caller bearer(String other) {
    return new Caller(http, base, other);
  }

  record Reply(int status, JsonNode body, @Nullable String retryAfter, String contentType) {
    /** The error number, 0 for an answer without one. */
    int error() {
      return body.path("errorNumber").asInt(0);
    }

    int number(String name) {
      return body.path(name).intValue();
    }

    String text(String name) {
      return body.path(name).stringValue();
    }
  }

  Reply get(String path) {
    return send(request(path).GET().build());
  }

  Reply post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  Reply method(String method, String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
    if (bearer != null) {
      request.header("Authorization", "Bearer " + bearer);
    }
    return request;
  }

  Reply send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body =
          response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
      return new Reply(
          response.statusCode(),
          body,
          response.headers().firstValue("Retry-After").orElse(null),
          response.headers().firstValue("Content-Type").orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
