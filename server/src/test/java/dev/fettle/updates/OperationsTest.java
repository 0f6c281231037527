package dev.fettle.updates;

import static dev.fettle.updates.UpdateFixture.closed;
import static dev.fettle.updates.UpdateFixture.note;
import static dev.fettle.updates.UpdateFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.AttributeMode;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.devices.DeviceReport;
import dev.fettle.devices.DeviceType;
import dev.fettle.devices.SoftwareType;
import dev.fettle.support.WithPostgres;
import dev.fettle.updates.AgentReport.Finished;
import dev.fettle.updates.UpdateFixture.Enrolled;
import dev.fettle.updates.UpdateFixture.OperationState;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of operations, from both sides, on a real database. */
@WithPostgres
class OperationsTest {

  private static final SoftwareType FIRMWARE = SoftwareType.FIRMWARE;

  private final Db db;
  @TempDir Path folder;
  private UpdateFixture shop;

  OperationsTest(Db db) {
    this.db = db;
  }

  @BeforeEach
  void open() {
    shop = new UpdateFixture(db, folder);
  }

  private String update(Enrolled device) {
    return shop.operations.updateSoftware(shop.caller, device.id(), FIRMWARE, null);
  }

  private int action(Enrolled device) {
    return shop.poll(device).software().orElseThrow().actionNumber();
  }

  private void download(AuthenticatedDevice device, Deployment deployment) {
    shop.actions.downloaded(device, deployment.artifacts().getFirst(), true);
  }

  private int rows(String table, Enrolled device) {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            "select count(*)::integer n from "
                                + table
                                + " where device_id = :deviceId")
                        .with("deviceId", device.id()),
                    Integer.class))
        .orElseThrow();
  }

  // ---- the whole life
  // -----------------------------------------------------------------------------

  @Test
  void an_update_is_queued_fetched_downloaded_and_succeeds() {
    Enrolled device = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.9");
    shop.releaseWithFile(FIRMWARE, "1.10");
    assertThat(shop.deviceColumn(device.id(), "health_status")).isEqualTo("unknown");

    String id = update(device);
    assertThat(shop.operation(id).status()).isEqualTo("queued");
    AuthenticatedDevice known = shop.authenticated(device);
    Deployment deployment = shop.actions.deployment(known, action(device), 0);
    assertThat(deployment.version()).isEqualTo("1.10");
    assertThat(deployment.softwareType()).isEqualTo("firmware");
    assertThat(deployment.artifacts()).hasSize(1);
    OperationState fetched = shop.operation(id);
    assertThat(fetched.status()).isEqualTo("inProgress");
    assertThat(fetched.started()).isEqualTo(shop.clock.instant());

    download(known, deployment);
    shop.report(known, OperationType.SOFTWARE_UPDATE, fetched.action(), note("Writing slot B"));
    shop.clock.advance(Duration.ofMinutes(1));
    shop.report(
        known, OperationType.SOFTWARE_UPDATE, fetched.action(), closed(Finished.SUCCESS, "Done"));

    OperationState done = shop.operation(id);
    assertThat(done.status()).isEqualTo("succeeded");
    assertThat(done.completed()).isEqualTo(shop.clock.instant());
    assertThat(done.errorCode()).isNull();
    AgentPoll after = shop.poll(device);
    assertThat(after.open()).isEmpty();
    assertThat(after.device().installedAction()).isEqualTo(fetched.action());
    assertThat(after.device().attributesWanted()).isTrue();
    assertThat(shop.deviceColumn(device.id(), "current_versions ->> 'firmware'")).isEqualTo("1.10");
    assertThat(shop.deviceColumn(device.id(), "health_status")).isEqualTo("healthy");
    assertThat(shop.actions.ended(known, fetched.action(), 10).history())
        .containsExactly("Done", "Writing slot B", "The device fetched fw.swu.");
  }

  @Test
  void an_operation_with_as_many_reports_as_are_kept_takes_its_file_and_its_end_all_the_same() {
    Enrolled device = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    Deployment deployment = shop.actions.deployment(known, action(device), 0);
    int action = deployment.operation().actionNumber();
    db.tx(
        tx ->
            tx.update(
                Sql.of("update updates_operation set report_count = :reportCount where id = :id")
                    .with("reportCount", OperationRules.MOST_REPORTS - 1)
                    .with("id", id)));

    shop.report(known, OperationType.SOFTWARE_UPDATE, action, note("The last that is kept"));
    assertThat(
            refusal(
                () -> shop.report(known, OperationType.SOFTWARE_UPDATE, action, note("One more"))))
        .isInstanceOf(Reason.TooManyRequests.class);
    download(known, deployment);
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS, "Done"));

    assertThat(shop.operation(id).status()).isEqualTo("succeeded");
    assertThat(shop.actions.ended(known, action, 10).history())
        .containsExactly("Done", "The last that is kept");
  }

  @Test
  void a_failure_keeps_the_agents_words() {
    Enrolled device = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    shop.actions.deployment(known, action(device), 0);
    shop.report(
        known,
        OperationType.SOFTWARE_UPDATE,
        shop.operation(id).action(),
        closed(
            Finished.FAILURE, "ERROR : Compatible SW not found", "No suitable .swu image found"));
    OperationState failed = shop.operation(id);
    assertThat(failed.status()).isEqualTo("failed");
    assertThat(failed.errorCode()).isEqualTo("failedOnDevice");
    assertThat(failed.errorMessage())
        .isEqualTo("ERROR : Compatible SW not found\nNo suitable .swu image found");
  }

  @Test
  void a_success_without_a_download_is_a_failure_and_nothing_counts_as_installed() {
    // SWUpdate answers "Skipped Update." with success when it did nothing at all.
    Enrolled device = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    shop.actions.deployment(known, action(device), 0);
    shop.report(
        known,
        OperationType.SOFTWARE_UPDATE,
        shop.operation(id).action(),
        closed(Finished.SUCCESS, "Skipped Update."));
    assertThat(shop.operation(id).errorCode()).isEqualTo("fileNotFetched");
    assertThat(shop.deviceColumn(device.id(), "current_versions ->> 'firmware'")).isEmpty();
    assertThat(shop.poll(device).device().installedAction()).isNull();
  }

  @Test
  void a_release_without_files_needs_no_download() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    assertThat(shop.actions.deployment(known, action(device), 0).artifacts()).isEmpty();
    shop.report(
        known, OperationType.SOFTWARE_UPDATE, shop.operation(id).action(), closed(Finished.NONE));
    assertThat(shop.operation(id).status()).isEqualTo("succeeded");
  }

  @Test
  void what_the_device_reports_afterwards_is_what_runs() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "2.0");
    String id = update(device);
    shop.report(
        shop.authenticated(device),
        OperationType.SOFTWARE_UPDATE,
        action(device),
        closed(Finished.SUCCESS));
    shop.attributes(
        shop.authenticated(device), AttributeMode.MERGE, Map.of("version.firmware", "1.0"));
    assertThat(shop.operation(id).status()).isEqualTo("succeeded");
    assertThat(shop.operation(id).errorCode()).isEqualTo("versionContradicted");
    assertThat(
            shop.deviceColumn(
                device.id(),
                "software_update_health -> 'firmwareSoftwareUpdateStatus' ->> 'softwareFreshness'"))
        .isEqualTo("updateAvailable");
    assertThat(shop.deviceColumn(device.id(), "health_status")).isEqualTo("nonUrgent");
    assertThat(shop.poll(device).device().attributesWanted()).isFalse();
  }

  // ---- choosing the release -------------------------------------------------------------------

  @Test
  void the_newest_published_version_that_fits_is_taken_if_none_is_named() {
    Enrolled device = shop.device(DeviceType.TEAMS_PANEL, "P1");
    shop.release(FIRMWARE, "1.9");
    shop.draft(FIRMWARE, "3.0");
    String other =
        shop.releases.create(
            shop.caller, new Release(FIRMWARE, "2.0", null, List.of("ipPhone"), List.of()));
    shop.releases.publish(shop.caller, other);
    String model =
        shop.releases.create(
            shop.caller, new Release(FIRMWARE, "1.10", null, List.of(), List.of("p1")));
    shop.releases.publish(shop.caller, model);
    update(device);
    assertThat(shop.actions.deployment(shop.authenticated(device), action(device), 0).version())
        .isEqualTo("1.10");
  }

  @Test
  void a_version_that_does_not_fit_is_refused_with_those_that_do() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.9");
    shop.release(FIRMWARE, "1.10");
    assertThat(
            refusal(
                () -> shop.operations.updateSoftware(shop.caller, device.id(), FIRMWARE, "7.7")))
        .isInstanceOfSatisfying(
            Reason.Invalid.class,
            invalid -> {
              assertThat(invalid.target()).isEqualTo("softwareVersion");
              assertThat(invalid.message()).contains("'7.7'").contains("1.10, 1.9");
            });
    assertThat(
            refusal(
                () ->
                    shop.operations.updateSoftware(
                        shop.caller, device.id(), SoftwareType.TEAMS_CLIENT, null)))
        .isInstanceOfSatisfying(
            Reason.Invalid.class,
            invalid ->
                assertThat(invalid.message())
                    .endsWith(
                        "No version of 'teamsClient' is published for it; there is 'firmware'."));
  }

  @Test
  void a_version_is_found_however_its_zeros_are_written_and_installed_again_if_asked_for() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    for (String spelling : List.of("1.0", "1.00.0")) {
      shop.operations.updateSoftware(shop.caller, device.id(), FIRMWARE, spelling);
      AuthenticatedDevice known = shop.authenticated(device);
      shop.report(known, OperationType.SOFTWARE_UPDATE, action(device), closed(Finished.SUCCESS));
    }
  }

  @Test
  void publishing_freshens_a_whole_fleet_in_a_few_statements() {
    List<Enrolled> fleet = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Enrolled device = shop.device();
      shop.attributes(
          shop.authenticated(device), AttributeMode.MERGE, Map.of("version.firmware", "1.0"));
      fleet.add(device);
    }
    String release = shop.draft(FIRMWARE, "1.1");
    long before = db.statements();
    shop.releases.publish(shop.caller, release);
    assertThat(db.statements() - before).isLessThan(10);
    assertThat(fleet)
        .allMatch(one -> "nonUrgent".equals(shop.deviceColumn(one.id(), "health_status")));
    shop.releases.withdraw(shop.caller, release);
    assertThat(fleet)
        .allMatch(one -> "healthy".equals(shop.deviceColumn(one.id(), "health_status")));
  }

  @Test
  void a_withdrawn_release_is_offered_no_more_and_what_was_asked_for_goes_on() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String newer = shop.release(FIRMWARE, "2.0");
    update(device);
    shop.releases.withdraw(shop.caller, newer);
    assertThat(shop.actions.deployment(shop.authenticated(device), action(device), 0).version())
        .isEqualTo("2.0");
    Enrolled second = shop.device();
    update(second);
    assertThat(shop.actions.deployment(shop.authenticated(second), action(second), 0).version())
        .isEqualTo("1.0");
  }

  // ---- conflict -------------------------------------------------------------------------------

  @Test
  void of_two_hundred_simultaneous_requests_one_is_accepted_and_the_others_conflict()
      throws Exception {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    List<Callable<String>> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      requests.add(
          () -> {
            try {
              update(device);
              return "accepted";
            } catch (Refusal refusal) {
              return refusal.reason() instanceof Reason.Conflict
                  ? "conflict"
                  : refusal.reason().toString();
            }
          });
    }
    Map<String, Integer> outcomes = new java.util.TreeMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> outcome : threads.invokeAll(requests)) {
        outcomes.merge(outcome.get(), 1, Integer::sum);
      }
    }
    assertThat(outcomes).isEqualTo(Map.of("accepted", 1, "conflict", 199));
  }

  @Test
  void another_software_type_another_action_and_another_device_do_not_conflict() {
    Enrolled device = shop.device();
    Enrolled second = shop.device();
    shop.release(FIRMWARE, "1.0");
    shop.release(SoftwareType.TEAMS_CLIENT, "1.0");
    update(device);
    update(second);
    shop.operations.updateSoftware(shop.caller, device.id(), SoftwareType.TEAMS_CLIENT, "1.0");
    assertThat(refusal(() -> update(device))).isInstanceOf(Reason.Conflict.class);
    assertThat(shop.poll(device).open()).hasSize(2);
  }

  @Test
  void an_ended_operation_conflicts_with_nothing() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String first = update(device);
    shop.operations.cancel(shop.caller, device.id(), first);
    update(device);
  }

  // ---- cancelling -----------------------------------------------------------------------------

  @Test
  void what_nobody_fetched_is_cancelled_at_once() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    int action = action(device);
    shop.operations.cancel(shop.caller, device.id(), id);
    assertThat(shop.operation(id).status()).isEqualTo("cancelled");
    assertThat(shop.operation(id).completed()).isNotNull();
    assertThat(shop.poll(device).open()).isEmpty();
    assertThat(refusal(() -> shop.actions.deployment(shop.authenticated(device), action, 0)))
        .isInstanceOf(Reason.NotFound.class);
    shop.operations.cancel(shop.caller, device.id(), id);
  }

  @Test
  void what_was_fetched_is_cancelled_when_the_device_says_so() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    shop.actions.deployment(known, action, 0);
    shop.operations.cancel(shop.caller, device.id(), id);
    assertThat(shop.operation(id).status()).isEqualTo("inProgress");
    assertThat(shop.poll(device).software().orElseThrow().cancelRequested()).isTrue();
    shop.actions.requireCancelled(known, action);
    assertThat(refusal(() -> shop.actions.deployment(known, action, 0)))
        .isInstanceOf(Reason.NotFound.class);
    shop.actions.cancelReport(
        known, action, closed(Finished.SUCCESS, "cancellation acknowledged."));
    assertThat(shop.operation(id).status()).isEqualTo("cancelled");
    shop.actions.cancelReport(known, action, closed(Finished.SUCCESS));
    assertThat(
            refusal(
                () ->
                    shop.report(
                        known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS))))
        .isInstanceOf(Reason.Gone.class);
  }

  @Test
  void a_device_that_is_too_far_goes_on() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    shop.actions.deployment(known, action, 0);
    shop.operations.cancel(shop.caller, device.id(), id);
    shop.actions.cancelReport(
        known,
        action,
        new AgentReport(
            AgentReport.Execution.REJECTED, Finished.SUCCESS, null, List.of("installing")));
    assertThat(shop.poll(device).software().orElseThrow().cancelRequested()).isFalse();
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS));
    assertThat(shop.operation(id).status()).isEqualTo("succeeded");
    assertThat(refusal(() -> shop.operations.cancel(shop.caller, device.id(), id)))
        .isInstanceOf(Reason.Conflict.class);
  }

  // ---- the deadline ---------------------------------------------------------------------------

  @Test
  void past_its_deadline_an_operation_fails_and_a_late_success_still_counts() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    shop.actions.deployment(known, action, 0);
    shop.report(
        known, OperationType.SOFTWARE_UPDATE, action, note("Erasing slot B", "Writing slot B"));
    shop.clock.advance(Duration.ofHours(23));
    shop.sweep.deadlines(shop.clock.instant());
    assertThat(shop.operation(id).status()).isEqualTo("inProgress");
    shop.clock.advance(Duration.ofHours(1));
    shop.sweep.deadlines(shop.clock.instant());
    OperationState late = shop.operation(id);
    assertThat(late.status()).isEqualTo("failed");
    assertThat(late.errorCode()).isEqualTo("deadlineExceeded");
    assertThat(late.completed()).isEqualTo(shop.clock.instant());
    assertThat(late.errorMessage())
        .contains("reported no end")
        .endsWith(" The last note: \"Writing slot B\".");

    shop.clock.advance(Duration.ofMinutes(5));
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS));
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS));
    OperationState noted = shop.operation(id);
    assertThat(noted.status()).isEqualTo("failed");
    assertThat(noted.completed()).isEqualTo(late.completed());
    assertThat(noted.errorMessage()).contains("reported no end").containsOnlyOnce("afterwards");
    AgentReport failure = closed(Finished.FAILURE, "or not");
    assertThat(refusal(() -> shop.report(known, OperationType.SOFTWARE_UPDATE, action, failure)))
        .isInstanceOf(Reason.Gone.class);
    assertThat(shop.deviceColumn(device.id(), "current_versions ->> 'firmware'")).isEqualTo("1.0");
    assertThat(shop.poll(device).device().installedAction()).isEqualTo(action);
  }

  @Test
  void a_pending_cancellation_ends_with_the_deadline() {
    // The sweep once left the wish to cancel behind, and cancelling what was over was accepted.
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    shop.actions.deployment(shop.authenticated(device), action(device), 0);
    shop.operations.cancel(shop.caller, device.id(), id);
    shop.clock.advance(Duration.ofHours(24));
    shop.sweep.deadlines(shop.clock.instant());
    assertThat(refusal(() -> shop.operations.cancel(shop.caller, device.id(), id)))
        .isInstanceOf(Reason.Conflict.class);
  }

  @Test
  void old_operations_and_diagnostics_are_removed_and_open_ones_stay() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String ended = update(device);
    shop.operations.cancel(shop.caller, device.id(), ended);
    String open = update(device);
    shop.clock.advance(Duration.ofDays(91));
    shop.sweep.retention(shop.clock.instant());
    assertThat(shop.operation(open).status()).isEqualTo("queued");
    int left =
        db.statement(
                tx ->
                    tx.list(
                        Sql.of("select count(*)::integer n from updates_operation where id = :id")
                            .with("id", ended),
                        Integer.class))
            .getFirst();
    assertThat(left).isZero();
  }

  @Test
  void old_operations_are_removed_with_their_reports_however_many_there_are() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, note("Looking."));
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.FAILURE, "No."));
    assertThat(shop.operation(id).status()).isEqualTo("failed");
    int copies =
        db.statement(
            tx ->
                tx.update(
                    Sql.of(
                            """
                            insert into updates_operation (tenant_id, device_id, id, operation_type,
                              status, action_number, created_date_time, completed_date_time,
                              deadline_date_time)
                            select tenant_id, device_id, 'copy ' || n, operation_type, status,
                              action_number - n, created_date_time, completed_date_time,
                              deadline_date_time
                            from updates_operation, generate_series(1, 1200) n
                            where tenant_id = :tenantId and id = :id
                            """)
                        .with("tenantId", shop.tenantId)
                        .with("id", id)));
    assertThat(copies).isEqualTo(1200);

    shop.clock.advance(Duration.ofDays(91));
    shop.sweep.retention(shop.clock.instant());

    assertThat(rows("updates_operation", device)).isZero();
    assertThat(rows("updates_operation_report", device)).isZero();
  }

  /** The poll went on to offer an installedBase that was answered with 404 from then on. */
  @Test
  void what_a_device_has_installed_is_kept_however_old_its_operation_is() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    String first = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    shop.report(known, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS));
    assertThat(shop.operation(first).status()).isEqualTo("succeeded");
    shop.clock.advance(Duration.ofDays(91));
    shop.sweep.retention(shop.clock.instant());
    assertThat(shop.poll(device).device().installedAction()).isEqualTo(action);
    assertThat(shop.actions.ended(known, action, 0).version()).isEqualTo("1.0");

    String second = update(device);
    shop.report(known, OperationType.SOFTWARE_UPDATE, action(device), closed(Finished.SUCCESS));
    shop.sweep.retention(shop.clock.instant());
    assertThat(shop.operation(second).status()).isEqualTo("succeeded");
    assertThat(refusal(() -> shop.actions.ended(known, action, 0)))
        .isInstanceOf(Reason.NotFound.class);
  }

  // ---- restart and diagnostics ----------------------------------------------------------------

  @Test
  void a_restart_fails_at_once_on_an_agent_that_never_said_it_can() {
    Enrolled device = shop.device();
    String id = shop.operations.restart(shop.caller, device.id());
    assertThat(shop.operation(id).errorCode()).isEqualTo("notSupportedByAgent");
    assertThat(shop.operation(id).completed()).isNotNull();
    assertThat(shop.poll(device).open()).isEmpty();
    shop.operations.restart(shop.caller, device.id());
  }

  @Test
  void an_agent_that_can_restarts_and_sends_diagnostics() {
    Enrolled device = shop.device();
    AuthenticatedDevice known = shop.authenticated(device);
    shop.attributes(
        known,
        AttributeMode.MERGE,
        Map.of("capability.restart", "true", "capability.diagnostics", "true"));
    String restart = shop.operations.restart(shop.caller, device.id());
    assertThat(refusal(() -> shop.operations.restart(shop.caller, device.id())))
        .isInstanceOf(Reason.Conflict.class);
    String diagnostics = shop.operations.runDiagnostics(shop.caller, device.id());
    AgentPoll poll = shop.poll(device);
    assertThat(poll.software()).isEmpty();

    int restartAction = poll.first(OperationType.DEVICE_RESTART).orElseThrow().actionNumber();
    shop.actions.fetch(known, restartAction, OperationType.DEVICE_RESTART);
    shop.report(known, OperationType.DEVICE_RESTART, restartAction, closed(Finished.SUCCESS));
    assertThat(shop.operation(restart).status()).isEqualTo("succeeded");

    int action = poll.first(OperationType.DEVICE_DIAGNOSTICS).orElseThrow().actionNumber();
    byte[] log = "all is well".getBytes(StandardCharsets.UTF_8);
    shop.actions.diagnostics(
        known, action, new ByteArrayInputStream(log), log.length, "text/plain");
    shop.report(known, OperationType.DEVICE_DIAGNOSTICS, action, closed(Finished.SUCCESS));
    assertThat(shop.operation(diagnostics).status()).isEqualTo("succeeded");
    assertThat(shop.operations.diagnostics(shop.caller, device.id(), diagnostics))
        .hasValueSatisfying(found -> assertThat(found.size()).isEqualTo(log.length));
    assertThat(
            refusal(
                () ->
                    shop.actions.diagnostics(
                        known, action, new ByteArrayInputStream(log), log.length, "text/plain")))
        .isInstanceOf(Reason.NotFound.class);
    shop.clock.advance(Duration.ofDays(31));
    shop.sweep.retention(shop.clock.instant());
    assertThat(shop.operations.diagnostics(shop.caller, device.id(), diagnostics)).isEmpty();
  }

  // ---- strangers ------------------------------------------------------------------------------

  @Test
  void a_device_reaches_nothing_of_another_one() {
    Enrolled device = shop.device();
    Enrolled stranger = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.0");
    update(device);
    int action = action(device);
    Deployment deployment = shop.actions.deployment(shop.authenticated(device), action, 0);
    AuthenticatedDevice other = shop.authenticated(stranger);
    assertThat(refusal(() -> shop.actions.deployment(other, action, 0)))
        .isInstanceOf(Reason.NotFound.class);
    assertThat(
            refusal(
                () ->
                    shop.report(
                        other, OperationType.SOFTWARE_UPDATE, action, closed(Finished.SUCCESS))))
        .isInstanceOf(Reason.NotFound.class);
    assertThat(refusal(() -> shop.actions.artifacts(other, deployment.moduleNumber())))
        .isInstanceOf(Reason.NotFound.class);
    assertThat(refusal(() -> shop.actions.poll(shop.tenantId, device.id(), stranger.credential())))
        .isInstanceOf(Reason.Unauthenticated.class);
    assertThat(refusal(() -> shop.actions.poll("another-tenant", device.id(), device.credential())))
        .isInstanceOf(Reason.Unauthenticated.class);
    UpdateFixture elsewhere = new UpdateFixture(db, folder);
    assertThat(
            refusal(
                () ->
                    elsewhere.operations.updateSoftware(
                        elsewhere.caller, device.id(), FIRMWARE, null)))
        .isInstanceOf(Reason.NotFound.class);
  }

  @Test
  void files_are_for_open_and_installed_actions_only() {
    Enrolled device = shop.device();
    shop.releaseWithFile(FIRMWARE, "1.0");
    String id = update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    Deployment deployment = shop.actions.deployment(known, action(device), 0);
    int module = deployment.moduleNumber();
    assertThat(shop.actions.artifacts(known, module))
        .singleElement()
        .satisfies(file -> assertThat(file.content().size()).isPositive());
    shop.operations.cancel(shop.caller, device.id(), id);
    assertThat(refusal(() -> shop.actions.artifacts(known, module)))
        .isInstanceOf(Reason.NotFound.class);
    shop.actions.cancelReport(
        known, deployment.operation().actionNumber(), closed(Finished.FAILURE));
    download(known, deployment);
    shop.report(
        known,
        OperationType.SOFTWARE_UPDATE,
        deployment.operation().actionNumber(),
        closed(Finished.SUCCESS));
    assertThat(shop.actions.artifacts(known, module))
        .extracting(Artifact::fileName)
        .containsExactly("fw.swu");
  }

  @Test
  void a_device_registers_itself_with_the_token_of_its_site_until_that_is_revoked() {
    var token = shop.devices.issueGatewayToken(shop.caller, "Berlin");
    DeviceCredential site = DeviceCredential.parse("GatewayToken " + token.token()).orElseThrow();
    AgentPoll first = shop.actions.poll(shop.tenantId, "panel-17", site);
    AgentPoll second = shop.actions.poll(shop.tenantId, "panel-17", site);
    assertThat(second.device().deviceId()).isEqualTo(first.device().deviceId());
    assertThat(second.device().attributesWanted()).isTrue();
    shop.devices.revokeGatewayToken(shop.caller, token.id());
    assertThat(refusal(() -> shop.actions.poll(shop.tenantId, "panel-17", site)))
        .isInstanceOf(Reason.Unauthenticated.class);
    assertThat(refusal(() -> shop.actions.poll(shop.tenantId, "panel-18", site)))
        .isInstanceOf(Reason.Unauthenticated.class);
    assertThat(refusal(() -> shop.actions.poll("no-such-tenant", "panel-17", site)))
        .isInstanceOf(Reason.Unauthenticated.class);
  }

  @Test
  void two_first_polls_at_once_make_one_device() throws Exception {
    var token = shop.devices.issueGatewayToken(shop.caller, "Berlin");
    DeviceCredential site = DeviceCredential.parse("GatewayToken " + token.token()).orElseThrow();
    List<Callable<String>> polls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      polls.add(() -> shop.actions.poll(shop.tenantId, "panel-1", site).device().deviceId());
    }
    List<String> found = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> id : threads.invokeAll(polls)) {
        found.add(id.get());
      }
    }
    assertThat(found).hasSize(16).containsOnly(found.getFirst());
  }

  @Test
  void a_retired_device_takes_its_operations_with_it() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    update(device);
    shop.report(
        shop.authenticated(device),
        OperationType.SOFTWARE_UPDATE,
        action(device),
        note("Looking."));
    assertThat(rows("updates_operation_report", device)).isEqualTo(1);
    shop.devices.retire(shop.caller, device.id());
    assertThat(refusal(() -> shop.poll(device))).isInstanceOf(Reason.Unauthenticated.class);
    assertThat(refusal(() -> shop.devices.retire(shop.caller, device.id())))
        .isInstanceOf(Reason.NotFound.class);
    assertThat(rows("updates_operation", device)).isZero();
    assertThat(rows("updates_operation_report", device)).isZero();
  }

  // ---- numbers and statements -----------------------------------------------------------------

  @Test
  void action_numbers_pass_over_a_digit_followed_by_nothing_but_zeros() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    db.statement(
        tx -> tx.list(Sql.of("select setval('updates_action_number', 1999) n"), Long.class));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String id = update(device);
      numbers.add(shop.operation(id).action());
      shop.operations.cancel(shop.caller, device.id(), id);
    }
    assertThat(numbers).containsExactly(2001, 2002);
  }

  @Test
  void the_hot_requests_take_few_statements() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    long before = db.statements();
    update(device);
    assertThat(db.statements() - before).as("updateSoftware").isOne();
    before = db.statements();
    shop.poll(device);
    assertThat(db.statements() - before).as("poll").isEqualTo(1);
  }

  @Test
  void reports_are_limited_in_number_and_length() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    update(device);
    AuthenticatedDevice known = shop.authenticated(device);
    int action = action(device);
    assertThat(
            refusal(
                () ->
                    shop.report(
                        known,
                        OperationType.SOFTWARE_UPDATE,
                        action,
                        note(java.util.Collections.nCopies(51, "x").toArray(String[]::new)))))
        .isInstanceOf(Reason.TooManyRequests.class);
    shop.report(
        known,
        OperationType.SOFTWARE_UPDATE,
        action,
        note("long ".repeat(10_000), "nul \0 inside"));
    assertThat(shop.actions.deployment(known, action, -1).history())
        .hasSize(2)
        .allMatch(message -> message.length() <= 2_000);
  }

  @Test
  void documents_that_a_device_sends_make_its_health() {
    Enrolled device = shop.device();
    AuthenticatedDevice known = shop.authenticated(device);
    var health =
        (tools.jackson.databind.node.ObjectNode)
            dev.fettle.json.Json.readTrusted(
                """
                {"peripheralsHealth": {"speakerHealth": {"isOptional": false,
                  "connection": {"connectionStatus": "disconnected"}}}}
                """);
    shop.devices.report(known, new DeviceReport(null, "busy", null, health));
    assertThat(shop.deviceColumn(device.id(), "health_status")).isEqualTo("critical");
    assertThat(shop.deviceColumn(device.id(), "activity_state")).isEqualTo("busy");
  }
}
