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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The reports of a device as an administrator reads them. */
@WithPostgres
class ReportsTest {
  private static final String DEVICE = "/beta/teamwork/devices/" + SeededServer.DEVICE;
  private static final String OWN = "/fettle/v1.0/devices/" + SeededServer.DEVICE;

  private final SeededServer seeded;

  ReportsTest(Db db, @TempDir Path data) {
    this.seeded = new SeededServer(db, data);
  }

  @AfterEach
  void close() {
    seeded.close();
  }

  @Test
  void what_a_device_says_on_the_way_is_listed_in_the_order_in_which_it_came() {
    InProcess server = seeded.server;
    JsonNode credential = server.post(SeededServer.WRITER, OWN + "/credential", null).json();
    Answer update =
        server.post(
            SeededServer.WRITER, DEVICE + "/updateSoftware", "{\"softwareType\":\"teamsClient\"}");
    String location = update.headers().first("Location");
    assertThat(location).isNotNull();
    String reports = OWN + location.substring(location.indexOf("/operations/")) + "/reports";
    assertThat(server.get(SeededServer.READER, reports).json().path("value")).isEmpty();

    Headers token =
        Headers.of(
            "Authorization",
            credential.path("authorization").asString(),
            "Content-Type",
            "application/json");
    JsonNode poll =
        server.send("GET", credential.path("pollPath").asString(), token, new byte[0]).json();
    String action = URI.create(poll.at("/_links/deploymentBase/href").asString()).getPath();
    for (String note : new String[] {"Erasing.", "Writing."}) {
      server.send(
          "POST",
          action + "/feedback",
          token,
          "{\"status\":{\"execution\":\"proceeding\",\"result\":{\"finished\":\"none\"},\"code\":7,\"details\":[\"%s\"]}}"
              .formatted(note)
              .getBytes(UTF_8));
    }

    JsonNode page = server.get(SeededServer.READER, reports).json();
    assertThat(page.path("@odata.context").asString())
        .endsWith(
            "$metadata#devices('%s')/operations('%s')/reports"
                .formatted(SeededServer.DEVICE, location.replaceAll(".*/", "")));
    JsonNode listed = page.path("value");
    assertThat(listed.valueStream().map(one -> one.at("/details/0").asString()))
        .containsExactly("Erasing.", "Writing.");
    assertThat(listed.get(1).path("number").asInt()).isEqualTo(2);
    assertThat(listed.get(1).path("execution").asString()).isEqualTo("proceeding");
    assertThat(listed.get(1).path("finished").asString()).isEqualTo("none");
    assertThat(listed.get(1).path("code").asInt()).isEqualTo(7);
    assertThat(
            server
                .get(InProcess.appOf("another-tenant", "TeamworkDevice.Read.All"), reports)
                .status())
        .isEqualTo(404);
    assertThat(
            server
                .get(SeededServer.READER, reports + "?$orderby=number desc&$top=1")
                .json()
                .at("/value/0/details/0")
                .asString())
        .isEqualTo("Writing.");
  }

  @Test
  void there_are_none_of_what_is_no_operation() {
    Answer missing =
        seeded.server.get(
            SeededServer.READER, OWN + "/operations/5b649834-7412-4cce-9e69-176e95a394f5/reports");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.json().at("/error/message").asString())
        .isEqualTo("The operation was not found.");
  }
}
