package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the whole server says of itself to whoever asks, without a token. */
@WithPostgres
class ServiceDocumentsTest {

  private final InProcess server;

  ServiceDocumentsTest(Db db, @TempDir Path data) {
    this.server = new InProcess(db, new TestClock(), Ids.random(), data);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1.0", "/beta", "/fettle/v1.0"})
  void the_service_document_names_what_the_metadata_describes(String version) {
    Answer metadata = send("GET", version + "/$metadata");
    assertThat(metadata.status()).isEqualTo(200);
    assertThat(metadata.header("Content-Type")).isEqualTo("application/xml");
    Answer service = send("GET", version);
    assertThat(service.status()).isEqualTo(200);
    JsonNode roots = service.json().path("value");
    assertThat(roots).isNotEmpty();
    for (JsonNode root : roots) {
      assertThat(metadata.body())
          .contains(
              "<%s Name=\"%s\""
                  .formatted(root.path("kind").asString(), root.path("name").asString()));
    }
    assertThat(send("POST", version).status()).isEqualTo(405);
    assertThat(send("DELETE", version + "/$metadata").status()).isEqualTo(405);
  }

  @Test
  void a_browser_may_ask_before_it_calls() {
    Answer answer =
        server.send(
            "OPTIONS",
            "/v1.0/users",
            Headers.of("Origin", "https://app.example", "Access-Control-Request-Method", "POST"),
            new byte[0]);
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Access-Control-Allow-Methods")).contains("POST");
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
  }

  private Answer send(String method, String target) {
    return server.send(method, target, Headers.of(), new byte[0]);
  }
}
