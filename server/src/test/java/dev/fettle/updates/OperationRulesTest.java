package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.updates.AgentReport.Execution;
import dev.fettle.updates.AgentReport.Finished;
import dev.fettle.updates.OperationRules.Decision;
import dev.fettle.updates.OperationRules.State;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OperationRulesTest {

  private static final State RUNNING = state(OperationStatus.IN_PROGRESS, null);

  private static State state(OperationStatus status, @Nullable String code) {
    return new State(
        OperationType.SOFTWARE_UPDATE, status, true, true, false, false, code, false, 0);
  }

  private static State update(boolean expectsFile, boolean fileFetched) {
    return new State(
        OperationType.SOFTWARE_UPDATE,
        OperationStatus.IN_PROGRESS,
        expectsFile,
        fileFetched,
        false,
        false,
        null,
        false,
        0);
  }

  private static State cancelling() {
    return new State(
        OperationType.SOFTWARE_UPDATE,
        OperationStatus.IN_PROGRESS,
        true,
        true,
        false,
        true,
        null,
        false,
        0);
  }

  private static AgentReport says(Execution execution, Finished finished) {
    return new AgentReport(execution, finished, null, List.of());
  }

  private static final AgentReport SUCCESS = says(Execution.CLOSED, Finished.SUCCESS);
  private static final AgentReport FAILURE = says(Execution.CLOSED, Finished.FAILURE);

  @Test
  void closing_with_success_or_none_succeeds() {
    assertThat(OperationRules.report(RUNNING, SUCCESS)).isEqualTo(new Decision.Succeed());
    assertThat(OperationRules.report(RUNNING, says(Execution.CLOSED, Finished.NONE)))
        .isEqualTo(new Decision.Succeed());
  }

  @Test
  void closing_with_failure_fails_with_the_agents_words_and_number() {
    assertThat(
            OperationRules.report(
                RUNNING,
                new AgentReport(
                    Execution.CLOSED, Finished.FAILURE, 17, List.of("no space", "gave up"))))
        .isEqualTo(new Decision.Fail("17", "no space\ngave up"));
    assertThat(OperationRules.report(RUNNING, FAILURE))
        .isEqualTo(
            new Decision.Fail(
                "failedOnDevice", "The device reported a failure without further words."));
  }

  @Test
  void whatever_else_is_said_keeps_the_work_open() {
    for (Execution execution : Execution.values()) {
      if (execution != Execution.CLOSED) {
        for (Finished finished : Finished.values()) {
          assertThat(OperationRules.report(RUNNING, says(execution, finished)))
              .isEqualTo(new Decision.Note());
        }
      }
    }
  }

  @Test
  void a_success_without_any_download_is_not_believed() {
    assertThat(OperationRules.report(update(true, false), SUCCESS))
        .isInstanceOfSatisfying(
            Decision.Fail.class, fail -> assertThat(fail.code()).isEqualTo("fileNotFetched"));
    assertThat(OperationRules.report(update(false, false), SUCCESS))
        .isEqualTo(new Decision.Succeed());
  }

  @Test
  void diagnostics_succeed_only_when_they_have_arrived() {
    State waiting =
        new State(
            OperationType.DEVICE_DIAGNOSTICS,
            OperationStatus.IN_PROGRESS,
            false,
            false,
            false,
            false,
            null,
            false,
            0);
    assertThat(OperationRules.report(waiting, SUCCESS))
        .isInstanceOfSatisfying(
            Decision.Fail.class, fail -> assertThat(fail.code()).isEqualTo("diagnosticsMissing"));
  }

  @Test
  void a_repeated_end_is_accepted_and_a_contradicting_one_is_not() {
    assertThat(OperationRules.report(state(OperationStatus.SUCCEEDED, null), SUCCESS))
        .isEqualTo(new Decision.Repeated());
    assertThat(OperationRules.report(state(OperationStatus.SUCCEEDED, null), FAILURE))
        .isEqualTo(new Decision.Over());
    assertThat(OperationRules.report(state(OperationStatus.FAILED, "17"), FAILURE))
        .isEqualTo(new Decision.Repeated());
    assertThat(OperationRules.report(state(OperationStatus.FAILED, "17"), SUCCESS))
        .isEqualTo(new Decision.Over());
    assertThat(OperationRules.report(state(OperationStatus.CANCELLED, null), SUCCESS))
        .isEqualTo(new Decision.Over());
  }

  @Test
  void notes_after_the_end_are_told_that_it_is_over() {
    for (OperationStatus status :
        List.of(OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.CANCELLED)) {
      assertThat(
              OperationRules.report(state(status, null), says(Execution.PROCEEDING, Finished.NONE)))
          .isEqualTo(new Decision.Over());
    }
  }

  @Test
  void a_success_after_the_deadline_counts_once() {
    State late = state(OperationStatus.FAILED, "deadlineExceeded");
    assertThat(OperationRules.report(late, SUCCESS)).isEqualTo(new Decision.LateSuccess());
    State noted =
        new State(
            OperationType.SOFTWARE_UPDATE,
            OperationStatus.FAILED,
            true,
            true,
            false,
            false,
            "deadlineExceeded",
            true,
            1);
    assertThat(OperationRules.report(noted, SUCCESS)).isEqualTo(new Decision.Repeated());
    assertThat(OperationRules.report(late, FAILURE)).isEqualTo(new Decision.Repeated());
    assertThat(OperationRules.report(noted, FAILURE)).isEqualTo(new Decision.Over());
  }

  @Test
  void a_cancellation_is_acknowledged_refused_or_was_never_asked_for() {
    assertThat(OperationRules.cancelReport(cancelling(), SUCCESS)).isEqualTo(new Decision.Cancel());
    assertThat(OperationRules.cancelReport(cancelling(), FAILURE))
        .isEqualTo(new Decision.KeepRunning());
    assertThat(
            OperationRules.cancelReport(cancelling(), says(Execution.REJECTED, Finished.SUCCESS)))
        .isEqualTo(new Decision.KeepRunning());
    assertThat(
            OperationRules.cancelReport(cancelling(), says(Execution.CANCELED, Finished.SUCCESS)))
        .isEqualTo(new Decision.Note());
    assertThat(OperationRules.cancelReport(RUNNING, SUCCESS))
        .isEqualTo(new Decision.NotBeingCancelled());
    assertThat(OperationRules.cancelReport(state(OperationStatus.SUCCEEDED, null), SUCCESS))
        .isEqualTo(new Decision.Over());
    assertThat(OperationRules.cancelReport(state(OperationStatus.CANCELLED, null), SUCCESS))
        .isEqualTo(new Decision.Repeated());
  }

  @Test
  void a_device_may_finish_what_it_began_while_a_cancellation_is_pending() {
    assertThat(OperationRules.report(cancelling(), SUCCESS)).isEqualTo(new Decision.Succeed());
  }

  @Test
  void there_is_an_end_to_notes_and_none_to_ends() {
    State full =
        new State(
            OperationType.SOFTWARE_UPDATE,
            OperationStatus.IN_PROGRESS,
            true,
            true,
            false,
            false,
            null,
            false,
            1_000);
    assertThat(OperationRules.report(full, says(Execution.PROCEEDING, Finished.NONE)))
        .isEqualTo(new Decision.TooMany());
    assertThat(OperationRules.report(full, SUCCESS)).isEqualTo(new Decision.Succeed());
  }
}
