package dev.fettle.updates;

import dev.fettle.devices.SoftwareType;
import dev.fettle.devices.SoftwareVersion;
import dev.fettle.updates.AgentReport.Execution;
import dev.fettle.updates.AgentReport.Finished;
import org.jspecify.annotations.Nullable;

/** The rules for the life of an operation: reports, fetches, cancellations and deadlines. */
final class OperationRules {

  /** The error of an operation that had no end by its deadline. */
  static final String DEADLINE_EXCEEDED = "deadlineExceeded";

  /** The error of an operation that the device's agent has not said it can do. */
  static final String NOT_SUPPORTED = "notSupportedByAgent";

  static final String FILE_NOT_FETCHED = "fileNotFetched";
  static final String DIAGNOSTICS_MISSING = "diagnosticsMissing";
  static final String FAILED_ON_DEVICE = "failedOnDevice";
  static final String VERSION_CONTRADICTED = "versionContradicted";

  /** The beginning of RAUC's note on the cause of a failed installation. */
  static final String LAST_ERROR = "LastError: ";

  /** The most reports that are kept for one operation. */
  static final int MOST_REPORTS = 1_000;

  /**
   * The state of an operation, as far as the rules need it.
   *
   * @param expectsFile whether its release has files, so that one must have been fetched
   * @param fileFetched whether the device took bytes of one
   * @param uploaded whether diagnostics have arrived
   * @param errorCode why it failed, if it did
   * @param noted whether something was noted after its end
   */
  record State(
      OperationType type,
      OperationStatus status,
      boolean expectsFile,
      boolean fileFetched,
      boolean uploaded,
      boolean cancelRequested,
      @Nullable String errorCode,
      boolean noted,
      int reports) {}

  /** The consequences of a report. */
  sealed interface Decision {

    /** The report is kept; the operation goes on. */
    record Note() implements Decision {}

    /** It is done. */
    record Succeed() implements Decision {}

    /** It has failed. */
    record Fail(String code, String message) implements Decision {}

    /** It was stopped, as asked. */
    record Cancel() implements Decision {}

    /** The device will not stop it: the request to cancel is over, the operation goes on. */
    record KeepRunning() implements Decision {}

    /** Said before; nothing changes. */
    record Repeated() implements Decision {}

    /** Installed after all, though the operation ended as too late: noted, and it counts. */
    record LateSuccess() implements Decision {}

    /** The operation ended otherwise. */
    record Over() implements Decision {}

    /** No cancellation is pending. */
    record NotBeingCancelled() implements Decision {}

    /** There are too many reports already. */
    record TooMany() implements Decision {}
  }

  private OperationRules() {}

  /** The consequence of a report on the work itself. */
  static Decision report(State state, AgentReport report) {
    if (state.status().isFinal()) {
      return afterTheEnd(state, report);
    }
    if (!goesOn(report)) {
      return report.finished() == Finished.FAILURE ? failure(report) : success(state);
    }
    return state.reports() >= MOST_REPORTS ? new Decision.TooMany() : new Decision.Note();
  }

  /** Answers if a report says no more than that the work goes on: if it does, that is a note. */
  static boolean goesOn(AgentReport report) {
    return report.execution() != Execution.CLOSED;
  }

  /** Answers if a report can mean that the device has other software now. */
  static boolean installs(OperationType type, AgentReport report) {
    return type == OperationType.SOFTWARE_UPDATE
        && !goesOn(report)
        && report.finished() != Finished.FAILURE;
  }

  private static Decision success(State state) {
    if (state.expectsFile() && !state.fileFetched()) {
      return new Decision.Fail(
          FILE_NOT_FETCHED,
          "The device reported success without having fetched a file of the release.");
    }
    if (state.type() == OperationType.DEVICE_DIAGNOSTICS && !state.uploaded()) {
      return new Decision.Fail(
          DIAGNOSTICS_MISSING, "The device reported success without having sent diagnostics.");
    }
    return new Decision.Succeed();
  }

  private static Decision failure(AgentReport report) {
    Integer code = report.code();
    return new Decision.Fail(
        code == null ? FAILED_ON_DEVICE : Integer.toString(code),
        report.details().isEmpty()
            ? "The device reported a failure without further words."
            : String.join("\n", report.details()));
  }

  /** The message of a failure, with the cause that was noted before if it does not name it. */
  static String explained(String message, String cause) {
    return message.contains(cause) ? message : message + "\n" + cause;
  }

  private static Decision afterTheEnd(State state, AgentReport report) {
    if (report.execution() != Execution.CLOSED) {
      return new Decision.Over();
    }
    boolean success = report.finished() != Finished.FAILURE;
    return switch (state.status()) {
      case SUCCEEDED -> success ? new Decision.Repeated() : new Decision.Over();
      case FAILED -> {
        if (!success) {
          // Noted is a late success, which a failure after it contradicts.
          yield state.noted() ? new Decision.Over() : new Decision.Repeated();
        }
        boolean late = DEADLINE_EXCEEDED.equals(state.errorCode());
        if (late && success(state) instanceof Decision.Succeed) {
          yield state.noted() ? new Decision.Repeated() : new Decision.LateSuccess();
        }
        // The same claim, which was not accepted before, is no news.
        yield FILE_NOT_FETCHED.equals(state.errorCode())
                || DIAGNOSTICS_MISSING.equals(state.errorCode())
            ? new Decision.Repeated()
            : new Decision.Over();
      }
      case CANCELLED -> new Decision.Over();
      case QUEUED, IN_PROGRESS -> throw new IllegalStateException("not an end");
    };
  }

  /** The consequence of a report on a cancellation. */
  static Decision cancelReport(State state, AgentReport report) {
    if (state.status() == OperationStatus.CANCELLED) {
      return report.execution() == Execution.CLOSED && report.finished() != Finished.FAILURE
          ? new Decision.Repeated()
          : new Decision.Over();
    }
    if (state.status().isFinal()) {
      return new Decision.Over();
    }
    if (!state.cancelRequested()) {
      return new Decision.NotBeingCancelled();
    }
    return switch (report.execution()) {
      case CLOSED ->
          report.finished() == Finished.FAILURE
              ? new Decision.KeepRunning()
              : new Decision.Cancel();
      case REJECTED -> new Decision.KeepRunning();
      case PROCEEDING, CANCELED, SCHEDULED, RESUMED, DOWNLOADED, DOWNLOAD ->
          state.reports() >= MOST_REPORTS ? new Decision.TooMany() : new Decision.Note();
    };
  }

  /** Answers if a cancellation ends the operation at once: nobody has begun it. */
  static boolean cancelsAtOnce(boolean fetched) {
    return !fetched;
  }

  /** Answers if a device does not run what an operation installed. */
  static boolean contradicts(
      @Nullable SoftwareType softwareType,
      @Nullable String softwareVersion,
      SoftwareType reportedType,
      String reportedVersion) {
    return reportedType == softwareType
        && softwareVersion != null
        && !SoftwareVersion.of(softwareVersion).equals(SoftwareVersion.of(reportedVersion));
  }
}
