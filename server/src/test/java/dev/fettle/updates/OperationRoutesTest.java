package dev.fettle.updates;

import static dev.fettle.updates.SeededServer.READER;
import static dev.fettle.updates.SeededServer.WRITER;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requests on operations that Graph does not have: ending them early, reading uploads. */
@WithPostgres
class OperationRoutesTest {

  private static final String DEVICE = "/beta/teamwork/devices/" + SeededServer.DEVICE;
  private static final String OWN = "/fettle/v1.0/devices/" + SeededServer.DEVICE;
  private static final String STRANGER =
      InProcess.appOf("another-tenant", "TeamworkDevice.ReadWrite.All");

  private final SeededServer seeded;

  OperationRoutesTest(Db db, @TempDir Path data) {
    this.seeded = new SeededServer(db, data);
  }

  @AfterEach
  void close() {
    seeded.close();
  }

  @Test
  void an_operation_is_cancelled_once_and_by_who_may_write() {
    String operation = asked("/updateSoftware", "{\"softwareType\":\"teamsClient\"}");
    String cancel = OWN + operation + "/cancel";

    assertThat(seeded.server.post(READER, cancel, null).status()).isEqualTo(403);
    assertThat(seeded.server.post(STRANGER, cancel, null).status()).isEqualTo(404);
    assertThat(read(DEVICE + operation).path("status").stringValue()).isEqualTo("queued");

    Answer cancelled = seeded.server.post(WRITER, cancel, null);
    assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(202);
    assertThat(cancelled.header("Location"))
        .isEqualTo("/teamwork/devices/" + SeededServer.DEVICE + operation);
    JsonNode ended = read(DEVICE + operation);
    assertThat(ended.path("status").stringValue()).isEqualTo("cancelled");
    assertThat(ended.path("completedDateTime").isNull()).isFalse();
    // Whoever asks again is answered alike, and nothing changes.
    seeded.clock.advance(Duration.ofMinutes(1));
    assertThat(seeded.server.post(WRITER, cancel, null).status()).isEqualTo(202);
    assertThat(read(DEVICE + operation)).isEqualTo(ended);
  }

  @Test
  void what_a_device_uploaded_as_diagnostics_is_read_by_its_tenant_alone() {
    JsonNode credential = seeded.server.post(WRITER, OWN + "/credential", null).json();
    String poll = credential.path("pollPath").stringValue();
    Headers device =
        Headers.of(
            "Authorization",
            credential.path("authorization").stringValue(),
            "Content-Type",
            "application/json");
    byte[] able = "{\"data\":{\"capability.diagnostics\":\"true\"}}".getBytes(US_ASCII);
    assertThat(seeded.server.send("PUT", poll + "/configData", device, able).status())
        .isEqualTo(200);
    String diagnostics = OWN + asked("/runDiagnostics", null) + "/diagnostics";
    assertThat(seeded.server.get(READER, diagnostics).status()).isEqualTo(404);

    String link =
        seeded
            .server
            .send("GET", poll, device, new byte[0])
            .json()
            .at("/_links/diagnostics/href")
            .stringValue();
    Headers file = device.with("Content-Type", "text/plain");
    assertThat(
            seeded
                .server
                .send("PUT", URI.create(link).getPath() + "/file", file, "logs".getBytes(US_ASCII))
                .status())
        .isEqualTo(200);

    Answer read = seeded.server.get(READER, diagnostics);
    assertThat(read.status()).as(read.body()).isEqualTo(200);
    assertThat(read.body()).isEqualTo("logs");
    assertThat(read.header("Content-Type")).isEqualTo("text/plain");
    assertThat(read.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(seeded.server.get(STRANGER, diagnostics).status()).isEqualTo(404);
    assertThat(seeded.server.get(InProcess.app("Chat.Read.All"), diagnostics).status())
        .isEqualTo(403);
  }

  /** The path of the new operation below its device. */
  private String asked(String action, String body) {
    Answer accepted = seeded.server.post(WRITER, DEVICE + action, body);
    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    String location = Objects.requireNonNull(accepted.header("Location"));
    return location.substring(location.indexOf("/operations/"));
  }

  private JsonNode read(String target) {
    Answer answer = seeded.server.get(READER, target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
