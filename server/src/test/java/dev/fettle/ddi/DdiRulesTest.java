package dev.fettle.ddi;

import static dev.fettle.ddi.DdiFixture.FILE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The rules for a server of the device protocol, in the order of the contract's last part. {@link
 * #HELD_BY} says which tests hold each of them; those that had none of their own are here.
 */
@WithPostgres
final class DdiRulesTest {
  /** A rule, in short, and the tests that hold it, without the package they have in common. */
  private record Held(String rule, String... tests) {}

  private static final List<Held> HELD_BY =
      List.of(
          new Held(
              "1: accepted requests are 200 with a length; no 204, 202, 304, no chunks",
              "ddi.DdiRulesTest#every_accepted_request_is_200_with_a_length_and_not_in_chunks",
              "ddi.DdiPollTest#addresses_that_are_not_there_are_404_and_wrong_methods_405"),
          new Held(
              "2: action ids are decimal, 1001 to 2147483647, never a digit and nothing but zeros",
              "ddi.DdiRulesTest#action_ids_are_decimal_and_within_their_bounds",
              "updates.OperationsTest#action_numbers_pass_over_a_digit_followed_by_nothing_but_zeros",
              "ddi.DdiActionTest#another_device_cannot_see_or_report_the_action"),
          new Held(
              "3: no deployment is offered whose update would be skip",
              "ddi.DdiRulesTest#no_agent_is_ever_offered_a_deployment_to_skip"),
          new Held(
              "4: a success is the agent's word; without a download it counts for nothing",
              "ddi.DdiActionTest#a_success_without_any_download_is_no_installation",
              "ddi.DdiActionTest#a_download_in_pieces_counts_as_a_download",
              "ddi.DdiDownloadTest#head_tells_the_same_without_the_file_and_is_no_download",
              "ddi.DdiDownloadTest#a_device_that_asks_for_what_follows_the_last_byte_has_the_file",
              "ddi.FleetOnServerTest#a_success_that_the_reported_version_contradicts_does_not_stand",
              "updates.OperationsTest#what_the_device_reports_afterwards_is_what_runs",
              "updates.OperationsTest#a_release_without_files_needs_no_download"),
          new Held(
              "5: links are absolute, of one public address; both downloads alike; paths encoded",
              "ddi.DdiRulesTest#both_links_of_a_file_are_the_same_absolute_and_encoded",
              "ddi.DdiPollTest#links_follow_the_public_address_where_one_is_set",
              "ddi.DdiPollTest#a_new_device_is_asked_for_its_attributes_by_an_absolute_link"),
          new Held(
              "6: ids are texts, sizes numbers; the part and the number of files fit the agent",
              "ddi.DdiRulesTest#ids_are_texts_of_digits_and_sizes_are_numbers",
              "ddi.DdiRulesTest#agents_are_told_apart_by_what_they_send",
              "ddi.DdiActionTest#zephyr_gets_one_small_answer_of_the_part_that_it_insists_on",
              "ddi.DdiActionTest#rauc_gets_exactly_one_file"),
          new Held(
              "7: the three hashes are made once, when the file comes in",
              "updates.ContentStoreTest"
                  + "#content_is_hashed_on_the_way_and_read_back_from_any_place",
              "updates.ContentStoreTest"
                  + "#pieces_become_the_file_and_its_hashes_when_the_last_is_there",
              "updates.ContentStoreTest#a_file_that_is_being_hashed_takes_no_piece"),
          new Held(
              "8: no 409 in normal use, bursts by device, repeated ends 200, contradicting ones"
                  + " 410",
              "ddi.DdiActionTest#twenty_reports_at_the_same_time_are_all_accepted",
              "ddi.DdiActionTest"
                  + "#a_repeated_end_is_200_and_a_contradicting_one_or_a_late_note_410",
              "ddi.DdiPollTest#a_device_that_asks_too_often_is_told_to_wait_and_others_are_not",
              "updates.OperationRulesTest#a_repeated_end_is_accepted_and_a_contradicting_one_is_not"),
          new Held(
              "9: reading changes no finished action",
              "ddi.DdiActionTest#reading_an_old_link_does_not_open_a_finished_action_again",
              "ddi.DdiRulesTest#reading_changes_nothing_of_a_finished_action"),
          new Held(
              "10: a poll is one read; last seen in batches; sleep is spread",
              "ddi.DdiPollTest#a_poll_with_nothing_to_do_is_one_read_and_no_write",
              "ddi.DdiPollTest#last_seen_is_written_in_batches_and_silence_makes_a_device_offline",
              "ddi.DdiPollTest#whoever_reports_is_there_though_it_does_not_poll",
              "ddi.DdiPollTest#sleep_is_spread_by_some_percent_in_the_only_form_that_agents_read",
              "devices.DevicePresenceTest#many_sightings_are_few_statements_and_none_when_there_are_none"),
          new Held(
              "11: what was never fetched is cancelled at once, what was fetched is acknowledged",
              "ddi.DdiActionTest#what_was_never_fetched_is_cancelled_at_once",
              "ddi.DdiActionTest#what_was_fetched_is_cancelled_when_the_device_acknowledges",
              "ddi.DdiActionTest#a_device_may_refuse_to_stop",
              "ddi.DdiActionTest"
                  + "#a_device_may_finish_what_it_began_while_its_cancellation_is_pending"),
          new Held(
              "12: every action has a deadline, with its own reason; a late success counts",
              "updates.OperationsTest"
                  + "#past_its_deadline_an_operation_fails_and_a_late_success_still_counts",
              "updates.OperationsTest#a_pending_cancellation_ends_with_the_deadline",
              "updates.OperationRulesTest#a_success_after_the_deadline_counts_once"),
          new Held(
              "13: tokens are stored hashed; a gateway token makes no tenant",
              "ddi.DdiRulesTest#no_token_stands_in_the_database_or_is_printed",
              "ddi.DdiPollTest#a_gateway_token_makes_no_tenant_and_works_in_no_other",
              "ddi.DdiPollTest#a_missing_or_wrong_credential_is_401_without_body",
              "devices.DevicePresenceTest#the_scheme_of_a_device_credential_is_taken_to_the_letter"),
          new Held(
              "14: several ranges, If-Match with quotes, no ranges in the history",
              "ddi.DdiDownloadTest#several_ranges_come_as_parts",
              "ddi.DdiDownloadTest#if_match_takes_the_tag_as_served",
              "ddi.DdiRulesTest#a_whole_download_is_in_the_history_and_ranges_are_not"),
          new Held(
              "the states of an action and those of the operation that administrators see",
              "ddi.DdiRulesTest#the_states_of_an_action_are_those_of_its_operation",
              "ddi.DdiActionTest#an_update_goes_from_queued_over_in_progress_to_succeeded",
              "ddi.DdiActionTest#a_failure_keeps_the_words_and_the_code_of_the_agent"));

  private final Db db;
  private final Path folder;
  private DdiFixture site;
  private final Known device;

  DdiRulesTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.folder = folder;
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

  @Test
  void each_rule_is_held_by_tests_that_are_there() throws Exception {
    for (Held held : HELD_BY) {
      for (String test : held.tests()) {
        String[] names = test.split("#", -1);
        assertThat(
                Arrays.stream(Class.forName("dev.fettle." + names[0]).getDeclaredMethods())
                    .filter(
                        method ->
                            method.isAnnotationPresent(Test.class)
                                || method.isAnnotationPresent(ParameterizedTest.class))
                    .map(method -> method.getName()))
            .as(held.rule())
            .contains(names[1]);
      }
    }
  }

  // ---- 1 ----------------------------------------------------------------------------------------

  @Test
  void every_accepted_request_is_200_with_a_length_and_not_in_chunks() throws Exception {
    site.update(device, "2.0");
    List<HttpResponse<byte[]>> answers = new ArrayList<>();
    answers.add(site.get(device, site.base(device)));
    answers.add(site.get(device, site.base(device) + "/"));
    answers.add(site.put(device, "/configData", "{\"data\":{\"a\":\"b\"}}"));
    answers.add(site.put(device, "/report", "{\"activityState\":\"idle\"}"));
    String link = site.link(device, "deploymentBase");
    answers.add(site.get(device, link));
    answers.add(site.get(device, link + "?c=-1&actionHistory=-5"));
    String url = site.download(device, link);
    answers.add(site.get(device, url.substring(0, url.lastIndexOf('/'))));
    answers.add(site.get(device, url));
    answers.add(site.get(device, url + ".MD5SUM"));
    answers.add(note(link, "proceeding", "none"));
    answers.add(note(link, "closed", "success"));
    answers.add(note(link, "closed", "success"));
    answers.add(site.get(device, site.link(device, "installedBase")));
    answers.add(
        site.put(device, "/installedBase", "{\"name\":\"teamsClient\",\"version\":\"2.0\"}"));
    String second = site.update(device, "2.0");
    String next = site.link(device, "deploymentBase");
    site.get(device, next);
    site.operations.cancel(site.admin, device.id(), second);
    String cancel = site.link(device, "cancelAction");
    answers.add(site.get(device, cancel));
    answers.add(note(cancel, "proceeding", "none"));
    answers.add(note(cancel, "closed", "success"));

    for (HttpResponse<byte[]> answer : answers) {
      String what = answer.request().method() + " " + answer.uri();
      assertThat(answer.statusCode()).as(what).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Length"))
          .as(what)
          .hasValue(Integer.toString(answer.body().length));
      assertThat(answer.headers().firstValue("Transfer-Encoding")).as(what).isEmpty();
    }
  }

  // ---- 2 ----------------------------------------------------------------------------------------

  @Test
  void action_ids_are_decimal_and_within_their_bounds() throws Exception {
    site.update(device, "2.0");
    String id =
        site.json(site.get(device, site.link(device, "deploymentBase"))).path("id").asString();

    assertThat(id).matches("[1-9][0-9]{3,9}");
    assertThat(Integer.parseInt(id)).isGreaterThanOrEqualTo(1001);
    assertThat(
            db.statement(
                    tx ->
                        tx.one(
                            Sql.of(
                                """
                                select min_value || ' ' || max_value bounds from pg_sequences
                                where sequencename = 'updates_action_number'
                                """),
                            String.class))
                .orElseThrow())
        .isEqualTo("1001 2147483647");
    for (String other : List.of("2147483648", "99999999999", "-1", "0x3E9", "")) {
      assertThat(site.get(device, site.base(device) + "/deploymentBase/" + other).statusCode())
          .as(other)
          .isEqualTo(404);
    }
  }

  // ---- 3 ----------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"swupdate/2022.12", "rauc/1.4", "zephyr/3.7", "fettle/0.1", "mine/1"})
  void no_agent_is_ever_offered_a_deployment_to_skip(String agent) throws Exception {
    site.put(device, "/configData", "{\"data\":{\"agent\":\"" + agent + "\"}}");
    site.update(device, "2.0");

    JsonNode deployment =
        site.json(site.get(device, site.link(device, "deploymentBase"))).path("deployment");

    assertThat(deployment.path("download").asString()).isEqualTo("forced");
    assertThat(deployment.path("update").asString()).isEqualTo("forced");
    assertThat(deployment.has("maintenanceWindow")).isFalse();
  }

  // ---- 5 ----------------------------------------------------------------------------------------

  @Test
  void both_links_of_a_file_are_the_same_absolute_and_encoded() throws Exception {
    site.close();
    site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(
                Duration.ofSeconds(30),
                0,
                "https://updates.example.com",
                20,
                200,
                DeviceCertificates.none()));
    site.release("2.0", FILE, "fw ü+1 & (b)#2.swu");
    Known odd = site.device("päne l/1?");
    site.update(odd, "2.0");
    URI offered = URI.create(site.link(odd, "deploymentBase"));
    assertThat(offered.getHost()).isEqualTo("updates.example.com");

    JsonNode links = site.artifact(odd, site.url() + offered.getRawPath()).path("_links");

    String href = links.path("download").path("href").asString();
    assertThat(href)
        .isEqualTo(links.path("download-http").path("href").asString())
        .startsWith(
            "https://updates.example.com/" + site.ddiName + "/controller/v1/p%C3%A4ne%20l%2F1%3F/")
        .endsWith("/fw%20%C3%BC%2B1%20%26%20%28b%29%232.swu");
    assertThat(links.path("md5sum").path("href").asString())
        .isEqualTo(links.path("md5sum-http").path("href").asString())
        .isEqualTo(href + ".MD5SUM");
    assertThat(site.get(odd, site.url() + URI.create(href).getRawPath()).body()).isEqualTo(FILE);
  }

  // ---- 6 ----------------------------------------------------------------------------------------

  @Test
  void ids_are_texts_of_digits_and_sizes_are_numbers() throws Exception {
    String operation = site.update(device, "2.0");
    String link = site.link(device, "deploymentBase");
    JsonNode body = site.json(site.get(device, link));
    JsonNode chunk = body.path("deployment").path("chunks").get(0);
    site.operations.cancel(site.admin, device.id(), operation);
    JsonNode cancel = site.json(site.get(device, site.link(device, "cancelAction")));

    String id = link.substring(link.lastIndexOf('/') + 1);
    assertThat(body.path("id").isString()).isTrue();
    assertThat(body.path("id").stringValue()).isEqualTo(id);
    assertThat(chunk.path("artifacts").get(0).path("size").isIntegralNumber()).isTrue();
    assertThat(chunk.path("part").stringValue()).isEqualTo("os");
    assertThat(chunk.path("version").stringValue()).isEqualTo("2.0");
    assertThat(chunk.path("name").stringValue()).isEqualTo("teamsClient");
    assertThat(cancel.path("id").stringValue()).isEqualTo(id);
    assertThat(cancel.path("cancelAction").path("stopId").stringValue()).isEqualTo(id);
    assertThat(site.link(device, "cancelAction")).doesNotContain("?");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, application/json",
    "application/json;charset=UTF-8, application/json",
    "'application/hal+json, application/json;q=0.9', application/json",
    "APPLICATION/JSON, application/json",
    "application/hal+json, application/hal+json",
    "*/*, application/hal+json",
    "application/cbor, application/hal+json"
  })
  void agents_are_told_apart_by_what_they_send(String accept, String type) throws Exception {
    HttpResponse<byte[]> answer = site.get(device, site.base(device), "Accept", accept);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
    assertThat(site.json(answer).path("config").path("polling").path("sleep").asString())
        .matches("[0-9]{2}:[0-9]{2}:[0-9]{2}");
  }

  // ---- 9 ----------------------------------------------------------------------------------------

  @Test
  void reading_changes_nothing_of_a_finished_action() throws Exception {
    site.update(device, "2.0");
    String link = site.link(device, "deploymentBase");
    site.get(device, site.download(device, link));
    note(link, "closed", "success");
    String before = row();

    site.get(device, link);
    site.get(device, site.link(device, "installedBase") + "?actionHistory=3");
    site.get(device, link.replace("deploymentBase", "cancelAction"));
    site.send("HEAD", link.replace("deploymentBase", "installedBase"), token(), null);
    note(link, "proceeding", "none");
    note(link, "closed", "success");

    assertThat(row()).isEqualTo(before);
  }

  // ---- 13 ---------------------------------------------------------------------------------------

  @Test
  void no_token_stands_in_the_database_or_is_printed() throws Exception {
    String gateway = site.devices.issueGatewayToken(site.admin, "Berlin").token();
    site.poll(device);

    String stored =
        db.statement(
                tx ->
                    tx.one(
                        Sql.of(
                            """
                            select (select string_agg(d::text, ' ') from devices_device d)
                              || (select string_agg(g::text, ' ') from devices_gateway_token g)
                              || (select string_agg(a::text, ' ') from audit_entry a) as all_of_it
                            """),
                        String.class))
            .orElseThrow();

    for (String secret : List.of(device.token(), gateway)) {
      assertThat(secret).matches("[0-9a-f]{32}");
      assertThat(stored).doesNotContain(secret);
      assertThat(DeviceCredential.parse("TargetToken " + secret).orElseThrow().toString())
          .doesNotContain(secret);
    }
  }

  // ---- 14 ---------------------------------------------------------------------------------------

  @Test
  void a_whole_download_is_in_the_history_and_ranges_are_not() throws Exception {
    site.update(device, "2.0");
    String link = site.link(device, "deploymentBase");
    String url = site.download(device, link);
    site.get(device, url, "Range", "bytes=0-3");
    site.get(device, url, "Range", "bytes=4-");
    site.get(device, url, "Range", "bytes=0-1,4-5");
    assertThat(history(link)).isEqualTo("[]");

    site.get(device, url);

    assertThat(history(link)).isEqualTo("[\"The device fetched app 2.0.swu.\"]");
  }

  // ---- the states -------------------------------------------------------------------------------

  @Test
  void the_states_of_an_action_are_those_of_its_operation() throws Exception {
    String finished = site.update(device, "2.0");
    assertThat(site.operation(finished)).startsWith("queued|");
    String link = site.link(device, "deploymentBase");
    assertThat(site.operation(finished)).startsWith("queued|");
    site.get(device, link);
    assertThat(site.operation(finished)).startsWith("inProgress|");
    site.get(device, site.download(device, link));
    note(link, "closed", "success");
    assertThat(site.operation(finished)).isEqualTo("succeeded|null|null");

    String noted = site.update(device, "2.0");
    link = site.link(device, "deploymentBase");
    note(link, "scheduled", "none");
    assertThat(site.operation(noted)).startsWith("inProgress|");
    site.report(device, link, "closed", "failure", "slot B", "is bad");
    assertThat(site.operation(noted)).isEqualTo("failed|failedOnDevice|slot B\nis bad");

    String canceled = site.update(device, "2.0");
    site.get(device, site.link(device, "deploymentBase"));
    site.operations.cancel(site.admin, device.id(), canceled);
    assertThat(site.operation(canceled)).startsWith("inProgress|");
    note(site.link(device, "cancelAction"), "closed", "success");
    assertThat(site.operation(canceled)).isEqualTo("cancelled|null|null");
  }

  // ---- small parts ------------------------------------------------------------------------------

  private String token() {
    return "TargetToken " + device.token();
  }

  private HttpResponse<byte[]> note(String link, String execution, String finished)
      throws Exception {
    return site.report(device, link, execution, finished, "words");
  }

  private String history(String link) throws Exception {
    return site.json(site.get(device, link + "?actionHistory=100"))
        .path("actionHistory")
        .path("messages")
        .toString();
  }

  /** All that is stored about the device's only operation. */
  private String row() {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            "select o::text as whole from updates_operation o where o.device_id ="
                                + " :deviceId")
                        .with("deviceId", device.id()),
                    String.class))
        .orElseThrow();
  }
}
