package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests without an SDK, for what the SDKs do not know: Fettle's own resources. */
final class PlainClient {
  static final JsonMapper JSON = new JsonMapper();

  private final PackagedServer server;
  private final String token;

  PlainClient(PackagedServer server) {
    this.server = server;
    HttpResponse<String> forged =
        server.send(
            HttpRequest.newBuilder(URI.create(server.http() + "/fettle/dev/tokens"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    this.token = read(forged).path("access_token").stringValue();
  }

  /** With a token from elsewhere. */
  PlainClient(PackagedServer server, String token) {
    this.server = server;
    this.token = token;
  }

  /** The access token that it sends. */
  String token() {
    return token;
  }

  /** Any request with a JSON body or none, whatever the answer is. */
  HttpResponse<String> send(String method, String path, String json) {
    return server.send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  JsonNode post(String path, String json) {
    return read(
        server.send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build()));
  }

  JsonNode get(String path) {
    return read(server.send(request(path).build()));
  }

  /** An answer that is no JSON. */
  String text(String path) {
    HttpResponse<String> answer = server.send(request(path).build());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  void upload(String path, Path file) {
    try {
      read(
          server.send(
              request(path)
                  .header("Content-Type", "application/octet-stream")
                  .PUT(HttpRequest.BodyPublishers.ofFile(file))
                  .build()));
    } catch (FileNotFoundException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.http() + path))
        .header("Authorization", "Bearer " + token);
  }

  static JsonNode read(HttpResponse<String> answer) {
    assertThat(answer.statusCode())
        .as(() -> answer.request().uri() + " answered " + answer.body())
        .isBetween(200, 299);
    return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
  }
}
