package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The requests that rauc-hawkbit-updater 1.3 and 1.4 were seen to send, with their answers. */
@WithPostgres
final class RaucTest {
  private static final String RAUC = "rauc-hawkbit-c-agent/1.0";

  private final DdiFixture site;
  private final Db db;
  private final Known device;

  RaucTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.site = new DdiFixture(db, folder, DdiSettings.standard());
    this.device = site.device("panel-17");
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /**
   * Its last report says no more than that it failed; why is in the note before. An administrator
   * saw the former only.
   */
  @Test
  void a_failure_names_the_cause_that_was_noted_before_it() throws Exception {
    site.stock();
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    report(link, "proceeding", "none", "LastError: Compatible mismatch: Expected 'a', found 'b'");
    report(link, "proceeding", "none", "LastError: Failed updating slot rootfs.0");
    report(link, "proceeding", "none", "100% Installing failed.");

    report(link, "closed", "failure", "Failed to install software bundle.");

    assertThat(site.operation(operation))
        .isEqualTo(
            "failed|failedOnDevice|Failed to install software bundle.\n"
                + "LastError: Failed updating slot rootfs.0");
  }

  @Test
  void a_cause_that_the_failure_names_itself_is_not_said_twice() throws Exception {
    site.stock();
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    report(link, "proceeding", "none", "LastError: no room");

    report(link, "closed", "failure", "LastError: no room");

    assertThat(site.operation(operation)).isEqualTo("failed|failedOnDevice|LastError: no room");
  }

  /**
   * It repeats a refused note ten times, a second apart, and has one line for all it says: the end
   * of an installation with three thousand notes would have come six hours late.
   */
  @Test
  void notes_beyond_those_that_are_kept_are_taken_from_rauc_and_refused_to_others()
      throws Exception {
    site.stock();
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    db.tx(tx -> tx.update(Sql.of("update updates_operation set report_count = 1000")));

    assertThat(report(link, "proceeding", "none", "one more").statusCode()).isEqualTo(200);
    assertThat(site.report(device, link, "proceeding", "none", "one more").statusCode())
        .isEqualTo(429);
    assertThat(DdiFixture.text(site.get(device, link + "?actionHistory=-1")))
        .doesNotContain("one more");
    assertThat(report(link, "closed", "success", "done").statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).isEqualTo("succeeded|null|null");
  }

  /**
   * It sends the section {@code [device]} of its settings as they were when it began, and does so
   * right after an installation, before the machine restarts. Each update was undone in the
   * inventory and marked as contradicted.
   */
  @Test
  void a_version_that_is_told_again_before_the_restart_is_old() throws Exception {
    site.stock();
    configure("{\"version.teamsClient\":\"1.0\",\"room\":\"A\"}");
    assertThat(version()).isEqualTo("1.0");
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    report(link, "closed", "success", "Software bundle installed successfully.");

    configure("{\"version.teamsClient\":\"1.0\",\"room\":\"A\"}");

    assertThat(site.operation(operation)).isEqualTo("succeeded|null|null");
    assertThat(version()).isEqualTo("2.0");
    assertThat(site.link(device, "configData")).isEmpty();
  }

  @Test
  void a_version_that_rauc_did_not_tell_before_is_true() throws Exception {
    site.stock();
    configure("{\"version.teamsClient\":\"1.0\"}");
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    report(link, "closed", "success", "Software bundle installed successfully.");

    configure("{\"version.teamsClient\":\"1.5\"}");

    assertThat(site.operation(operation)).startsWith("succeeded|versionContradicted|");
    assertThat(version()).isEqualTo("1.5");
  }

  /** It reads the size of an empty file as a fault without words, and dies of it at each poll. */
  @ParameterizedTest
  @ValueSource(strings = {"empty.raucb", "empty.bin"})
  void an_empty_file_is_not_offered(String name) throws Exception {
    site.release("2.0", new byte[0], name);
    site.update(device, "2.0");

    HttpResponse<byte[]> deployment =
        site.get(device, site.link(device, "deploymentBase"), "User-Agent", RAUC);

    JsonNode chunks = site.json(deployment).path("deployment").path("chunks");
    assertThat(chunks).hasSize(1);
    assertThat(chunks.get(0).path("artifacts")).isEmpty();
  }

  private HttpResponse<byte[]> report(
      String link, String execution, String finished, String... details) throws Exception {
    return send("POST", link + "/feedback", DdiFixture.feedback(execution, finished, details));
  }

  private void configure(String data) throws Exception {
    String body =
        "{\"time\":\"20261128T141207\",\"status\":{\"result\":{\"finished\":\"success\"},"
            + "\"execution\":\"closed\"},\"data\":"
            + data
            + "}";
    assertThat(send("PUT", site.base(device) + "/configData", body).statusCode()).isEqualTo(200);
  }

  private HttpResponse<byte[]> send(String method, String url, String body) throws Exception {
    return site.send(
        method,
        url,
        "TargetToken " + device.token(),
        body,
        "User-Agent",
        RAUC,
        "Accept",
        "application/json;charset=UTF-8",
        "Content-Type",
        "application/json;charset=UTF-8");
  }

  private String version() {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            """
                            select current_versions ->> 'teamsClient' version from devices_device
                            where id = :id
                            """)
                        .with("id", device.id()),
                    String.class))
        .orElseThrow();
  }
}
