package dev.fettle.updates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number of statements of the requests that come by the thousand. */
@WithPostgres
class HotRequestsTest {

  private static final String DEVICES = "/beta/teamwork/devices";

  private final Db db;

  HotRequestsTest(Db db) {
    this.db = db;
  }

  @Test
  void the_requests_that_come_by_the_thousand_take_few_statements(@TempDir Path data) {
    try (SeededServer seeded = new SeededServer(db, data)) {
      InProcess server = seeded.server;
      String writer = SeededServer.WRITER;
      for (int i = 0; i < 55; i++) {
        assertThat(server.post(writer, DEVICES, "{\"deviceType\":\"ipPhone\"}").status())
            .isEqualTo(201);
      }
      long before = db.statements();
      Answer list = server.get(writer, DEVICES + "?$top=50");
      assertThat(db.statements() - before).as("a page of 50 devices").isEqualTo(1);
      assertThat(list.json().get("value")).hasSize(50);
      assertThat(list.json().get("@odata.count").asInt()).isEqualTo(60);

      before = db.statements();
      server.get(
          writer, list.json().get("@odata.nextLink").asString().replaceAll("^https?://[^/]*", ""));
      assertThat(db.statements() - before).as("the next page").isEqualTo(1);

      before = db.statements();
      server.get(writer, DEVICES + "/" + SeededServer.DEVICE);
      assertThat(db.statements() - before).as("one device").isEqualTo(1);

      before = db.statements();
      server.get(writer, DEVICES + "/" + SeededServer.DEVICE + "/health");
      assertThat(db.statements() - before).as("the health of a device").isEqualTo(1);

      before = db.statements();
      Answer update =
          server.post(
              writer,
              DEVICES + "/" + SeededServer.DEVICE + "/updateSoftware",
              "{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}");
      assertThat(update.status()).isEqualTo(202);
      assertThat(db.statements() - before).as("updateSoftware").isLessThanOrEqualTo(3);

      Answer issued =
          server.post(writer, "/fettle/v1.0/devices/" + SeededServer.DEVICE + "/credential", null);
      Headers token = Headers.of("Authorization", issued.json().get("authorization").asString());
      before = db.statements();
      Answer poll =
          server.send("GET", issued.json().get("pollPath").asString(), token, new byte[0]);
      assertThat(poll.status()).isEqualTo(200);
      assertThat(poll.body()).contains("deploymentBase");
      assertThat(db.statements() - before).as("poll").isEqualTo(1);

      // What a device asks and says while it installs; its poll has found who it is.
      String own = issued.json().get("pollPath").asString();
      String action =
          URI.create(poll.json().at("/_links/deploymentBase/href").asString()).getPath();
      before = db.statements();
      assertThat(server.send("GET", action, token, new byte[0]).status()).isEqualTo(200);
      assertThat(db.statements() - before).as("the first look at a deployment").isEqualTo(1);

      before = db.statements();
      Answer looked = server.send("GET", action, token, new byte[0]);
      assertThat(looked.status()).isEqualTo(200);
      assertThat(db.statements() - before).as("another look").isEqualTo(1);

      Headers json = token.with("Content-Type", "application/json");
      before = db.statements();
      assertThat(server.send("POST", action + "/feedback", json, feedback("proceeding", "none")))
          .extracting(Answer::status)
          .isEqualTo(200);
      assertThat(db.statements() - before).as("a report on the way").isEqualTo(1);

      String file =
          looked.json().at("/deployment/chunks/0/artifacts/0/_links/download-http/href").asString();
      before = db.statements();
      assertThat(server.send("GET", URI.create(file).getPath(), token, new byte[0]).status())
          .isEqualTo(200);
      assertThat(db.statements() - before).as("the file").isLessThanOrEqualTo(2);

      before = db.statements();
      assertThat(server.send("POST", action + "/feedback", json, feedback("closed", "success")))
          .extracting(Answer::status)
          .isEqualTo(200);
      assertThat(db.statements() - before).as("the report of success").isEqualTo(2);

      before = db.statements();
      assertThat(
              server.send(
                  "PUT",
                  own + "/configData",
                  json,
                  "{\"data\":{\"version.teamsClient\":\"1.0.96.22\"}}".getBytes(UTF_8)))
          .extracting(Answer::status)
          .isEqualTo(200);
      assertThat(db.statements() - before).as("attributes").isEqualTo(2);
    }
  }

  private static byte[] feedback(String execution, String finished) {
    return "{\"status\":{\"execution\":\"%s\",\"result\":{\"finished\":\"%s\"},\"details\":[]}}"
        .formatted(execution, finished)
        .getBytes(UTF_8);
  }
}
