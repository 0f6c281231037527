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
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A release from its draft to its end, and who may take it there. */
@WithPostgres
class ReleaseRoutesTest {

  private static final String RELEASES = "/fettle/v1.0/releases";
  private static final String STRANGER =
      InProcess.appOf("another-tenant", "TeamworkDevice.ReadWrite.All");

  private final SeededServer seeded;

  ReleaseRoutesTest(Db db, @TempDir Path data) {
    this.seeded = new SeededServer(db, data);
  }

  @AfterEach
  void close() {
    seeded.close();
  }

  @Test
  void a_draft_is_made_changed_and_deleted_by_who_may_write() {
    String before = seeded.server.get(READER, RELEASES + "/$count").body();
    String body = "{\"softwareType\":\"firmware\",\"version\":\"7.0\"}";
    assertThat(seeded.server.post(READER, RELEASES, body).status()).isEqualTo(403);
    assertThat(seeded.server.get(READER, RELEASES + "/$count").body()).isEqualTo(before);
    String draft = draft("7.0");

    String change = "{\"displayName\":\"Spring\",\"version\":\"7.1\",\"models\":[\"VC210\"]}";
    assertThat(seeded.server.patch(READER, draft, change).status()).isEqualTo(403);
    assertThat(seeded.server.patch(STRANGER, draft, change).status()).isEqualTo(404);
    assertThat(read(draft).path("version").stringValue()).isEqualTo("7.0");
    assertThat(seeded.server.patch(WRITER, draft, change).status()).isEqualTo(200);
    assertThat(read(draft).path("version").stringValue()).isEqualTo("7.1");
    assertThat(read(draft).path("displayName").stringValue()).isEqualTo("Spring");
    assertThat(read(draft).path("models").path(0).stringValue()).isEqualTo("vc210");

    assertThat(seeded.server.delete(READER, draft).status()).isEqualTo(403);
    assertThat(seeded.server.delete(STRANGER, draft).status()).isEqualTo(404);
    assertThat(seeded.server.get(READER, draft).status()).isEqualTo(200);
    assertThat(seeded.server.delete(WRITER, draft).status()).isEqualTo(204);
    assertThat(seeded.server.get(READER, draft).status()).isEqualTo(404);
    assertThat(seeded.server.get(READER, RELEASES + "/$count").body()).isEqualTo(before);
  }

  @Test
  void a_file_of_a_release_is_read_in_its_tenant_alone_and_goes_with_it() {
    String draft = draft("8.0");
    String file = draft + "/artifacts/fw.swu";
    assertThat(put(READER, file).status()).isEqualTo(403);
    assertThat(seeded.server.get(READER, file).status()).isEqualTo(404);
    assertThat(put(WRITER, file).status()).isEqualTo(200);

    JsonNode artifact = read(file);
    assertThat(artifact.path("fileName").stringValue()).isEqualTo("fw.swu");
    assertThat(artifact.path("size").intValue()).isEqualTo(5);
    assertThat(artifact.path("sha256").stringValue())
        .isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    for (String target : new String[] {file, file + "/$value"}) {
      assertThat(seeded.server.get(STRANGER, target).status()).as(target).isEqualTo(404);
      assertThat(seeded.server.get(InProcess.app("Chat.Read.All"), target).status()).isEqualTo(403);
    }

    assertThat(seeded.server.delete(READER, file).status()).isEqualTo(403);
    assertThat(read(file)).isEqualTo(artifact);
    assertThat(seeded.server.delete(WRITER, draft).status()).isEqualTo(204);
    assertThat(seeded.server.get(READER, file).status()).isEqualTo(404);
  }

  @Test
  void a_release_is_published_and_withdrawn_by_who_may_write() {
    String release = draft("9.0");
    assertThat(put(WRITER, release + "/artifacts/fw.swu").status()).isEqualTo(200);
    move(release, "publish", "draft", "published");
    assertThat(seeded.server.delete(WRITER, release).status()).isEqualTo(409);
    assertThat(read(release).path("publishedDateTime").isNull()).isFalse();
    move(release, "withdraw", "published", "withdrawn");
    assertThat(read(release).path("withdrawnDateTime").isNull()).isFalse();
  }

  private void move(String release, String action, String before, String after) {
    assertThat(seeded.server.post(READER, release + "/" + action, null).status()).isEqualTo(403);
    assertThat(seeded.server.post(STRANGER, release + "/" + action, null).status()).isEqualTo(404);
    assertThat(read(release).path("state").stringValue()).isEqualTo(before);
    assertThat(seeded.server.post(WRITER, release + "/" + action, null).status()).isEqualTo(200);
    assertThat(read(release).path("state").stringValue()).isEqualTo(after);
  }

  private String draft(String version) {
    Answer made =
        seeded.server.post(
            WRITER,
            RELEASES,
            "{\"softwareType\":\"firmware\",\"version\":\"%s\"}".formatted(version));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return RELEASES + "/" + made.json().path("id").stringValue();
  }

  private Answer put(String caller, String file) {
    return seeded.server.send(
        "PUT",
        file,
        Headers.of("Authorization", caller, "Content-Type", "application/octet-stream"),
        "hello".getBytes(US_ASCII));
  }

  private JsonNode read(String target) {
    Answer answer = seeded.server.get(READER, target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
