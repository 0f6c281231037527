package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The addresses of operations and devices, and the names of those who asked. */
@WithPostgres
class OperationNamesTest {

  private static final String MEGAN = "5b649834-7412-4cce-9e69-176e95a394f5";

  /** Operations showed the name of the token, which is none for many issuers. */
  @Test
  void an_operation_shows_its_user_by_the_name_in_the_directory(Db db, @TempDir Path data) {
    try (SeededServer seeded = new SeededServer(db, data)) {
      InProcess server = seeded.server;
      server
          .application()
          .seed(
              InProcess.TENANT,
              Json.readTrusted(
                  """
                  {"users":[{"id":"%s","userPrincipalName":"megan@contoso.example",
                    "displayName":"Megan Bowen"}]}\
                  """
                      .formatted(MEGAN)));
      String megan = InProcess.user(MEGAN, "TeamworkDevice.ReadWrite.All");
      String stranger =
          InProcess.user("00000000-0000-4000-8000-00000000000a", "TeamworkDevice.ReadWrite.All");
      String device = "/beta/teamwork/devices/" + SeededServer.DEVICE;

      Answer asked =
          server.post(megan, device + "/updateSoftware", "{\"softwareType\":\"teamsClient\"}");
      Answer restarted = server.post(stranger, device + "/restart", null);

      String operation = Objects.requireNonNull(asked.header("Location"));
      assertThat(
              server.get(megan, operation).json().at("/createdBy/user/displayName").stringValue())
          .isEqualTo("Megan Bowen");
      assertThat(
              server.get(megan, operation).json().at("/createdBy/user/@odata.type").stringValue())
          .isEqualTo("#microsoft.graph.teamworkUserIdentity");
      assertThat(
              server
                  .get(megan, Objects.requireNonNull(restarted.header("Location")))
                  .json()
                  .at("/createdBy/user/displayName")
                  .stringValue())
          .as("the name that the token has, for a user whom the directory has not")
          .isEqualTo("Test user");
    }
  }

  /** Devices and operations were found in lower case alone; users and teams in any. */
  @Test
  void a_guid_is_the_same_in_any_letter_case(Db db, @TempDir Path data) {
    try (SeededServer seeded = new SeededServer(db, data)) {
      InProcess server = seeded.server;
      String device = "/beta/teamwork/devices/" + SeededServer.DEVICE.toUpperCase(Locale.ROOT);
      assertThat(server.get(SeededServer.READER, device).json().path("id").stringValue())
          .isEqualTo(SeededServer.DEVICE);
      for (String path : new String[] {"/activity", "/health", "/configuration", "/operations"}) {
        assertThat(server.get(SeededServer.READER, device + path).status()).as(path).isEqualTo(200);
      }
      Answer asked =
          server.post(
              SeededServer.WRITER, device + "/updateSoftware", "{\"softwareType\":\"firmware\"}");
      String location = Objects.requireNonNull(asked.header("Location"));
      assertThat(location).startsWith("/teamwork/devices/" + SeededServer.DEVICE + "/operations/");
      String operation = location.substring(location.lastIndexOf('/') + 1);
      assertThat(
              server
                  .get(
                      SeededServer.READER,
                      device + "/operations/" + operation.toUpperCase(Locale.ROOT))
                  .json()
                  .path("id")
                  .stringValue())
          .isEqualTo(operation);
      assertThat(
              server
                  .post(
                      SeededServer.WRITER,
                      "/fettle/v1.0/devices/%s/operations/%s/cancel"
                          .formatted(
                              SeededServer.DEVICE.toUpperCase(Locale.ROOT),
                              operation.toUpperCase(Locale.ROOT)),
                      null)
                  .status())
          .isEqualTo(202);
      // A certificate was blocked and allowed in lower case alone.
      String certificate = device.replace("/beta/teamwork", "/fettle/v1.0") + "/certificate";
      assertThat(server.delete(SeededServer.WRITER, certificate).status()).isEqualTo(204);
      assertThat(server.post(SeededServer.WRITER, certificate, null).status()).isEqualTo(204);
      assertThat(server.patch(SeededServer.WRITER, device, "{\"notes\":\"N\"}").status())
          .isEqualTo(200);
      assertThat(server.delete(SeededServer.WRITER, device).status()).isEqualTo(204);
    }
  }
}
