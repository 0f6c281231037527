package dev.fettle.ddi;

import static dev.fettle.ddi.DdiFixture.FILE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import dev.fettle.updates.UpdateFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class DdiActionTest {
  private final Db db;
  private final DdiFixture site;
  private final Known device;

  DdiActionTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.site = new DdiFixture(db, folder, DdiSettings.standard());
    this.device = site.device("panel-17");
  }

  @BeforeEach
  void release() {
    site.stock();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  // ---- deployments ------------------------------------------------------------------------------

  @Test
  void an_update_goes_from_queued_over_in_progress_to_succeeded() throws Exception {
    String operation = site.update(device, "2.0");
    assertThat(site.operation(operation)).startsWith("queued|");

    JsonNode poll = site.poll(device);
    assertThat(site.operation(operation)).startsWith("queued|");
    String href = poll.path("_links").path("deploymentBase").path("href").asString();
    String link = site.link(device, "deploymentBase");
    JsonNode deployment = site.json(site.get(device, href));
    assertThat(site.operation(operation)).startsWith("inProgress|");

    assertThat(deployment.path("id").isString()).isTrue();
    assertThat(deployment.path("id").asString())
        .isEqualTo(numberAsHawkbitCutsItOut(href))
        .matches("[1-9][0-9]{3,9}");
    JsonNode chunk = deployment.path("deployment").path("chunks").get(0);
    assertThat(deployment.path("deployment").path("download").asString()).isEqualTo("forced");
    assertThat(deployment.path("deployment").path("update").asString()).isEqualTo("forced");
    assertThat(chunk.path("part").asString()).isEqualTo("os");
    assertThat(chunk.path("version").asString()).isEqualTo("2.0");
    assertThat(chunk.path("name").asString()).isNotEmpty();
    assertThat(chunk.path("metadata").toString())
        .isEqualTo("[{\"key\":\"softwareType\",\"value\":\"teamsClient\"}]");
    JsonNode artifact = chunk.path("artifacts").get(0);
    assertThat(artifact.path("size").isNumber()).isTrue();
    assertThat(artifact.path("size").asLong()).isEqualTo(FILE.length);
    assertThat(artifact.path("hashes").propertyNames()).containsExactly("sha1", "md5", "sha256");
    String file = artifact.path("_links").path("download").path("href").asString();
    assertThat(file).startsWith("http").endsWith("/artifacts/app%202.0.swu");
    assertThat(artifact.path("_links").path("download-http").path("href").asString())
        .isEqualTo(file);
    assertThat(site.get(device, file).body()).isEqualTo(FILE);

    HttpResponse<byte[]> closed =
        site.report(device, link, "closed", "success", "Update Installed.");

    assertThat(closed.statusCode()).isEqualTo(200);
    assertThat(closed.headers().firstValue("Content-Length")).hasValue("0");
    assertThat(site.operation(operation)).startsWith("succeeded|");
    JsonNode after = site.poll(device).path("_links");
    assertThat(after.propertyNames()).containsExactlyInAnyOrder("installedBase", "configData");
    String installed = after.path("installedBase").path("href").asString();
    assertThat(site.json(site.get(device, installed)).path("deployment").path("chunks")).hasSize(1);
    assertThat(site.get(device, file).statusCode()).isEqualTo(200);
  }

  @Test
  void a_failure_keeps_the_words_and_the_code_of_the_agent() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.post(
        device,
        link + "/feedback",
        """
        {"status":{"execution":"closed","result":{"finished":"failure"},"code":28,
         "details":["ERROR : Compatible SW not found","No suitable .swu image found"]}}
        """);

    assertThat(site.operation(operation))
        .isEqualTo("failed|28|ERROR : Compatible SW not found\nNo suitable .swu image found");
  }

  @Test
  void a_success_without_any_download_is_no_installation() throws Exception {
    String operation = site.update(device, "2.0");

    assertThat(
            site.report(device, site.fetched(device), "closed", "success", "Skipped Update.")
                .statusCode())
        .isEqualTo(200);

    assertThat(site.operation(operation)).startsWith("failed|fileNotFetched|");
    assertThat(site.poll(device).path("_links").has("installedBase")).isFalse();
  }

  @Test
  void a_download_in_pieces_counts_as_a_download() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    String file = site.download(device, link);
    site.get(device, file, "Range", "bytes=0-9");
    assertThat(site.get(device, file, "Range", "bytes=10-").statusCode()).isEqualTo(206);

    site.report(device, link, "closed", "success");

    assertThat(site.operation(operation)).startsWith("succeeded|");
  }

  @ParameterizedTest
  @CsvSource({
    "proceeding,none",
    "download,none",
    "downloaded,success",
    "scheduled,none",
    "resumed,none",
    "rejected,none",
    "canceled,none",
    "canceled,success",
    "rejected,failure"
  })
  void a_note_leaves_the_action_open(String execution, String finished) throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);

    assertThat(site.report(device, link, execution, finished, "so far").statusCode())
        .isEqualTo(200);

    assertThat(site.operation(operation)).startsWith("inProgress|");
    assertThat(site.link(device, "deploymentBase")).isNotEmpty();
  }

  @Test
  void a_repeated_end_is_200_and_a_contradicting_one_or_a_late_note_410() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    site.report(device, link, "closed", "success");

    assertThat(site.report(device, link, "closed", "success").statusCode()).isEqualTo(200);
    assertThat(site.report(device, link, "closed", "none").statusCode()).isEqualTo(200);
    assertThat(site.report(device, link, "closed", "failure").statusCode()).isEqualTo(410);
    assertThat(site.report(device, link, "proceeding", "none").statusCode()).isEqualTo(410);
    assertThat(site.operation(operation)).startsWith("succeeded|");
  }

  @Test
  void reading_an_old_link_does_not_open_a_finished_action_again() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.report(device, link, "closed", "failure");

    assertThat(site.get(device, link).statusCode()).isEqualTo(404);

    assertThat(site.operation(operation)).startsWith("failed|");
    assertThat(site.link(device, "deploymentBase")).isEmpty();
  }

  @Test
  void history_is_given_newest_first_if_it_is_asked_for() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);
    site.report(device, link, "proceeding", "none", "one");
    site.report(device, link, "proceeding", "none", "two");

    assertThat(site.json(site.get(device, link)).has("actionHistory")).isFalse();
    assertThat(
            site.json(site.get(device, link + "?c=-5&actionHistory=1"))
                .path("actionHistory")
                .toString())
        .isEqualTo("{\"status\":\"RUNNING\",\"messages\":[\"two\"]}");
    assertThat(
            site.json(site.get(device, link + "?actionHistory=-1"))
                .path("actionHistory")
                .path("messages"))
        .hasSize(2);
  }

  @Test
  void twenty_reports_at_the_same_time_are_all_accepted() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);
    List<Callable<Integer>> reports = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String words = "step " + i;
      reports.add(() -> site.report(device, link, "proceeding", "none", words).statusCode());
    }

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> answer : threads.invokeAll(reports)) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }
  }

  @Test
  void details_may_be_one_text_and_unknown_members_are_ignored() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);

    assertThat(
            site.post(
                    device,
                    link + "/feedback",
                    """
                    {"id":7,"time":"20261121T194552","x":{"y":[1]},"status":{"execution":"proceeding",
                     "result":{"finished":"none","progress":{"cnt":2,"of":5},"z":1},"details":"one"}}
                    """)
                .statusCode())
        .isEqualTo(200);
    assertThat(
            site.json(site.get(device, link + "?actionHistory=5")).path("actionHistory").toString())
        .contains("[\"one\"]");
  }

  /** The end of an installation was refused, and lost, for the sake of a number in quotes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"code\":\"17\",\"details\":\"broken\"",
        "\"code\":17.0,\"details\":[\"broken\"]",
        "\"code\":17,\"details\":[\"broken\"],\"progress\":\"half\""
      })
  void a_code_is_taken_in_any_form_of_a_whole_number(String rest) throws Exception {
    String operation = site.update(device, "2.0");

    HttpResponse<byte[]> response =
        site.post(
            device,
            site.fetched(device) + "/feedback",
            "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"failure\"},"
                + rest
                + "}}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).isEqualTo("failed|17|broken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "\"x\"",
        "{}",
        "{\"status\":null}",
        "{\"status\":{}}",
        "{\"status\":{\"execution\":\"closed\"}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{}}}",
        "{\"status\":{\"result\":{\"finished\":\"success\"}}}",
        "{\"status\":{\"execution\":\"CLOSED\",\"result\":{\"finished\":\"success\"}}}",
        "{\"status\":{\"execution\":\"done\",\"result\":{\"finished\":\"success\"}}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"ok\"}}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":null}}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"code\":\"x\"}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"code\":1.5}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"code\":1e400}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"code\":3000000000}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"code\":[1]}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"details\":{}}}",
        "{\"status\":{\"execution\":\"closed\",\"result\":{\"finished\":\"success\"},\"details\":[[]]}}"
      })
  void a_feedback_that_cannot_be_read_is_400_and_changes_nothing(String body) throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);

    HttpResponse<byte[]> response = site.post(device, link + "/feedback", body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(site.json(response).path("message").asString()).isNotEmpty();
    assertThat(site.operation(operation)).startsWith("inProgress|");
  }

  @Test
  void a_feedback_in_another_media_type_is_415() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);

    assertThat(
            site.send(
                    "POST",
                    link + "/feedback",
                    "TargetToken " + device.token(),
                    DdiFixture.feedback("closed", "success"),
                    "Content-Type",
                    "application/cbor")
                .statusCode())
        .isEqualTo(415);
  }

  @Test
  void more_than_fifty_messages_in_a_report_are_429() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);

    assertThat(
            site.report(device, link, "proceeding", "none", "x ".repeat(51).split(" "))
                .statusCode())
        .isEqualTo(429);
    assertThat(
            site.report(device, link, "proceeding", "none", "x ".repeat(50).split(" "))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void hostile_bodies_are_refused() throws Exception {
    site.update(device, "2.0");
    String link = site.fetched(device);

    assertThat(site.post(device, link + "/feedback", "[".repeat(10_000)).statusCode())
        .isEqualTo(400);
    assertThat(site.post(device, link + "/feedback", "x".repeat(2_000_000)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void an_action_is_reported_at_the_address_of_its_own_kind_only() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);

    for (String other : List.of("restart", "diagnostics")) {
      String url = link.replace("deploymentBase", other) + "/feedback";
      assertThat(site.post(device, url, DdiFixture.feedback("closed", "failure")).statusCode())
          .isEqualTo(404);
    }
    assertThat(site.operation(operation)).startsWith("inProgress|");
  }

  @Test
  void another_device_cannot_see_or_report_the_action() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    Known other = site.device("panel-18");
    String forged = site.base(other) + "/deploymentBase/" + idOf(link);

    assertThat(site.get(other, link).statusCode()).isEqualTo(401);
    assertThat(site.get(other, forged).statusCode()).isEqualTo(404);
    assertThat(
            site.post(other, forged + "/feedback", DdiFixture.feedback("closed", "failure"))
                .statusCode())
        .isEqualTo(404);
    assertThat(site.operation(operation)).startsWith("inProgress|");
  }

  // ---- agents -----------------------------------------------------------------------------------

  @Test
  void zephyr_gets_one_small_answer_of_the_part_that_it_insists_on() throws Exception {
    site.release("3.0", FILE, "notes.txt", "zephyr.signed.bin");
    site.put(device, "/configData", "{\"data\":{\"agent\":\"zephyr/3.7\"}}");
    site.update(device, "3.0");

    HttpResponse<byte[]> response = site.get(device, site.link(device, "deploymentBase"));

    JsonNode chunk = site.json(response).path("deployment").path("chunks").get(0);
    assertThat(response.body().length).isLessThan(1100);
    assertThat(chunk.path("part").asString()).isEqualTo("bApp");
    assertThat(chunk.path("artifacts")).hasSize(1);
    assertThat(chunk.path("artifacts").get(0).path("filename").asString())
        .isEqualTo("zephyr.signed.bin");
    assertThat(chunk.path("artifacts").get(0).path("_links").has("download-http")).isTrue();
  }

  @Test
  void rauc_gets_exactly_one_file() throws Exception {
    site.release("3.1", FILE, "a.txt", "bundle.raucb");
    site.update(device, "3.1");

    JsonNode deployment =
        site.json(
            site.get(
                device,
                site.link(device, "deploymentBase"),
                "User-Agent",
                "rauc-hawkbit-c-agent/1.0"));

    JsonNode artifacts = deployment.path("deployment").path("chunks").get(0).path("artifacts");
    assertThat(artifacts).hasSize(1);
    assertThat(artifacts.get(0).path("filename").asString()).isEqualTo("bundle.raucb");
  }

  // ---- cancelling -------------------------------------------------------------------------------

  @Test
  void what_was_never_fetched_is_cancelled_at_once() throws Exception {
    String operation = site.update(device, "2.0");

    site.operations.cancel(site.admin, device.id(), operation);

    assertThat(site.operation(operation)).startsWith("cancelled|");
    assertThat(site.poll(device).path("_links").propertyNames()).containsExactly("configData");
  }

  @Test
  void what_was_fetched_is_cancelled_when_the_device_acknowledges() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    assertThat(cancelFeedback(link, "closed", "success").statusCode()).isEqualTo(405);
    site.operations.cancel(site.admin, device.id(), operation);

    assertThat(site.operation(operation)).startsWith("inProgress|");
    String cancel = site.link(device, "cancelAction");
    assertThat(cancel).endsWith("/cancelAction/" + idOf(link));
    assertThat(site.link(device, "deploymentBase")).isEmpty();
    assertThat(site.get(device, link).statusCode()).isEqualTo(404);
    assertThat(DdiFixture.text(site.get(device, cancel)))
        .isEqualTo(
            "{\"id\":\"%1$s\",\"cancelAction\":{\"stopId\":\"%1$s\"}}".formatted(idOf(link)));
    assertThat(cancelFeedback(link, "closed", "success").statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).startsWith("cancelled|");
    assertThat(site.get(device, cancel).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"closed,failure", "rejected,none", "rejected,success"})
  void a_device_may_refuse_to_stop(String execution, String finished) throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.operations.cancel(site.admin, device.id(), operation);

    assertThat(cancelFeedback(link, execution, finished).statusCode()).isEqualTo(200);

    assertThat(site.operation(operation)).startsWith("inProgress|");
    assertThat(site.link(device, "deploymentBase")).isEqualTo(link);
  }

  @ParameterizedTest
  @CsvSource({"canceled,none", "proceeding,none", "scheduled,none", "resumed,none"})
  void other_words_on_a_cancellation_are_notes(String execution, String finished) throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.operations.cancel(site.admin, device.id(), operation);

    assertThat(cancelFeedback(link, execution, finished).statusCode()).isEqualTo(200);

    assertThat(site.operation(operation)).startsWith("inProgress|");
    assertThat(site.link(device, "cancelAction")).isNotEmpty();
  }

  @Test
  void a_device_may_finish_what_it_began_while_its_cancellation_is_pending() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    site.operations.cancel(site.admin, device.id(), operation);

    assertThat(site.report(device, link, "closed", "success").statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).startsWith("succeeded|");
  }

  // ---- restart and diagnostics ------------------------------------------------------------------

  @Test
  void an_agent_that_said_it_can_restart_is_told_by_an_extra_link() throws Exception {
    site.put(device, "/configData", "{\"data\":{\"capability.restart\":\"true\"}}");
    String operation = site.operations.restart(site.admin, device.id());

    String link = site.link(device, "restart");
    assertThat(DdiFixture.text(site.get(device, link)))
        .isEqualTo("{\"id\":\"%s\",\"restart\":{}}".formatted(idOf(link)));
    assertThat(site.operation(operation)).startsWith("inProgress|");
    assertThat(site.get(device, site.base(device) + "/deploymentBase/" + idOf(link)).statusCode())
        .isEqualTo(404);
    site.report(device, link, "closed", "success");

    assertThat(site.operation(operation)).startsWith("succeeded|");
  }

  @Test
  void an_agent_that_knows_only_ddi_is_told_nothing_and_the_operation_fails() {
    String operation = site.operations.restart(site.admin, device.id());

    assertThat(site.operation(operation)).startsWith("failed|notSupportedByAgent|");
  }

  @Test
  void diagnostics_are_uploaded_and_then_closed() throws Exception {
    site.put(device, "/configData", "{\"data\":{\"capability.diagnostics\":\"true\"}}");
    String operation = site.operations.runDiagnostics(site.admin, device.id());
    String link = site.link(device, "diagnostics");
    String upload =
        site.json(site.get(device, link))
            .path("diagnostics")
            .path("upload")
            .path("href")
            .asString();
    assertThat(upload).isEqualTo(link + "/file");
    assertThat(
            site.send(
                    "PUT",
                    upload,
                    "TargetToken " + device.token(),
                    "logs",
                    "Content-Type",
                    "application/octet-stream")
                .statusCode())
        .isEqualTo(200);
    site.report(device, link, "closed", "success");

    assertThat(site.operation(operation)).startsWith("succeeded|");
    assertThat(UpdateFixture.diagnosticsSize(site.operations, site.admin, device.id(), operation))
        .isEqualTo(4);
  }

  /** Twenty thousand characters were kept, and came back as a header that no client reads. */
  @ParameterizedTest
  @CsvSource({
    "text/plain;charset=utf-8,true",
    "application/x-tar,true",
    "text,false",
    "text/plain/x,false",
    "'text/html, x',false",
    "LONG,false"
  })
  void the_type_of_diagnostics_is_kept_if_it_is_one(String type, boolean kept) throws Exception {
    site.put(device, "/configData", "{\"data\":{\"capability.diagnostics\":\"true\"}}");
    String operation = site.operations.runDiagnostics(site.admin, device.id());
    String given = type.equals("LONG") ? "text/" + "x".repeat(20_000) : type;

    HttpResponse<byte[]> response =
        site.send(
            "PUT",
            site.link(device, "diagnostics") + "/file",
            "TargetToken " + device.token(),
            "logs",
            "Content-Type",
            given);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(UpdateFixture.diagnosticsType(site.operations, site.admin, device.id(), operation))
        .isEqualTo(kept ? given : "application/octet-stream");
  }

  @Test
  void diagnostics_closed_without_an_upload_are_a_failure() throws Exception {
    site.put(device, "/configData", "{\"data\":{\"capability.diagnostics\":\"true\"}}");
    String operation = site.operations.runDiagnostics(site.admin, device.id());
    String link = site.link(device, "diagnostics");
    site.get(device, link);

    site.report(device, link, "closed", "success");

    assertThat(site.operation(operation)).startsWith("failed|diagnosticsMissing|");
  }

  // ---- attributes and documents -----------------------------------------------------------------

  /**
   * Each change of an attribute used to tell the kept version anew, so that an update which had
   * gone well was undone in the inventory, and marked as contradicted, by a new room.
   */
  @Test
  void attributes_that_say_nothing_of_a_version_leave_what_was_installed() throws Exception {
    site.put(device, "/configData", "{\"data\":{\"version.teamsClient\":\"1.0\"}}");
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    site.report(device, link, "closed", "success");

    site.put(device, "/configData", "{\"data\":{\"room\":\"B 12\"}}");

    assertThat(site.operation(operation)).isEqualTo("succeeded|null|null");
    assertThat(version()).isEqualTo("2.0");

    site.put(device, "/configData", "{\"data\":{\"version.teamsClient\":\"1.0\"}}");
    assertThat(version()).isEqualTo("1.0");
  }

  @Test
  void a_document_that_names_another_version_contradicts_a_success_too() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    site.report(device, link, "closed", "success");

    assertThat(documented("2.0").statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).isEqualTo("succeeded|null|null");

    assertThat(documented("1.0").statusCode()).isEqualTo(200);
    assertThat(site.operation(operation)).startsWith("succeeded|versionContradicted|");
    assertThat(version()).isEqualTo("1.0");
  }

  @Test
  void a_device_that_states_another_release_contradicts_a_success_too() throws Exception {
    site.release("1.0", new byte[0]);
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    site.get(device, site.download(device, link));
    site.report(device, link, "closed", "success");

    site.put(device, "/installedBase", "{\"name\":\"teamsClient\",\"version\":\"1.0\"}");
    site.put(device, "/configData", "{\"data\":{\"version.teamsClient\":\"1.0\"}}");

    assertThat(site.operation(operation)).startsWith("succeeded|versionContradicted|");
    assertThat(version()).isEqualTo("1.0");
  }

  private HttpResponse<byte[]> documented(String version) throws Exception {
    return site.put(
        device,
        "/report",
        "{\"configuration\":{\"softwareVersions\":{\"teamsClientSoftwareVersion\":\"%s\"}}}"
            .formatted(version));
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

  @Test
  void attributes_are_merged_replaced_and_removed() throws Exception {
    site.put(device, "/configData", "{\"data\":{\"a\":\"1\",\"b\":2,\"c\":true}}");
    assertThat(attributes()).isEqualTo(Map.of("a", "1", "b", "2", "c", "true"));
    site.put(device, "/configData", "{\"mode\":\"merge\",\"data\":{\"a\":null,\"d\":\"4\"}}");
    assertThat(attributes()).isEqualTo(Map.of("b", "2", "c", "true", "d", "4"));
    site.put(device, "/configData", "{\"mode\":\"remove\",\"data\":{\"b\":\"\",\"d\":\"\"}}");
    assertThat(attributes()).isEqualTo(Map.of("c", "true"));
    site.put(device, "/configData", "{\"mode\":\"replace\",\"data\":{\"e\":\"5\"}}");
    assertThat(attributes()).isEqualTo(Map.of("e", "5"));
  }

  @Test
  void the_body_of_swupdate_is_taken_and_the_link_goes() throws Exception {
    HttpResponse<byte[]> response =
        site.put(
            device,
            "/configData",
            """
            {"id":"","time":"20261121T194442","status":{"result":{"finished":"success"},
             "execution":"closed","details":[""]},"data":{"serialNo":"SN0001","hwRevision":"1.0"}}
            """);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(site.link(device, "configData")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{};400",
        "{\"data\":{}};400",
        "{\"data\":[]};400",
        "{\"data\":{\"a\":[]}};400",
        "{\"mode\":\"add\",\"data\":{\"a\":\"b\"}};400",
        "{\"data\":{\"a\":\"LONG\"}};400",
        "{\"data\":{\"LONG\":\"a\"}};400",
        "{\"data\":{MANY}};429"
      })
  void attributes_that_break_a_limit_are_refused(String body, int status) throws Exception {
    StringBuilder many = new StringBuilder("\"x\":\"y\"");
    for (int i = 0; i < 100; i++) {
      many.append(",\"k").append(i).append("\":\"v\"");
    }
    String sent = body.replace("LONG", "x".repeat(129)).replace("MANY", many);

    assertThat(site.put(device, "/configData", sent).statusCode()).isEqualTo(status);
    assertThat(attributes()).isEmpty();
  }

  @Test
  void a_device_may_state_which_release_it_has() throws Exception {
    String stated = "{\"name\":\"teamsClient\",\"version\":\"2.0\"}";

    assertThat(site.put(device, "/installedBase", stated).statusCode()).isEqualTo(201);
    assertThat(site.put(device, "/installedBase", stated).statusCode()).isEqualTo(200);
    assertThat(site.put(device, "/installedBase", stated.replace("2.0", "2.1")).statusCode())
        .isEqualTo(404);
    assertThat(site.put(device, "/installedBase", "{\"name\":1}").statusCode()).isEqualTo(400);
    assertThat(site.get(device, site.base(device) + "/installedBase").statusCode()).isEqualTo(405);
  }

  @Test
  void reports_are_held_against_the_schema() throws Exception {
    assertThat(
            site.put(
                    device,
                    "/report",
                    """
                    {"activity":{"activePeripherals":{"speaker":{"id":"s","displayName":"S"}}},
                     "health":{"loginStatus":{"teamsConnection":{"connectionStatus":"connected"}}}}
                    """)
                .statusCode())
        .isEqualTo(200);
    for (String wrong :
        List.of(
            "{\"helth\":{}}",
            "{\"health\":{\"nothing\":1}}",
            "{\"health\":[]}",
            "{\"health\":{\"loginStatus\":{\"teamsConnection\":{\"connectionStatus\":\"maybe\"}}}}")) {
      assertThat(site.put(device, "/report", wrong).statusCode()).as(wrong).isEqualTo(400);
    }
  }

  private Map<String, String> attributes() {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            "select attributes::text a from devices_device where tenant_id ="
                                + " :tenantId and id = :id")
                        .with("tenantId", site.tenantId)
                        .with("id", device.id()),
                    String.class))
        .map(Json::readTrusted)
        .map(
            node -> {
              Map<String, String> all = new TreeMap<>();
              node.properties().forEach(e -> all.put(e.getKey(), e.getValue().asString()));
              return all;
            })
        .orElseThrow();
  }

  private HttpResponse<byte[]> cancelFeedback(String link, String execution, String finished)
      throws Exception {
    return site.post(
        device,
        site.base(device) + "/cancelAction/" + idOf(link) + "/feedback",
        DdiFixture.feedback(execution, finished));
  }

  // hawkBit's own device SDK takes what stands between the last slash and the question mark, and
  // fails on a link that has none.
  private static String numberAsHawkbitCutsItOut(String link) {
    return link.substring(link.lastIndexOf('/') + 1, link.indexOf('?'));
  }

  private static String idOf(String link) {
    return link.substring(link.lastIndexOf('/') + 1);
  }
}
