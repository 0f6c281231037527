package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.Change;
import dev.fettle.devices.LockedDevice;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statements that change an operation: its row is locked before, or the change has a condition.
 */
final class OperationStore {

  /**
   * The end of an operation.
   *
   * @param errorCode and {@code errorMessage}: why it failed; null if it did not
   */
  record Result(OperationStatus status, @Nullable String errorCode, @Nullable String errorMessage) {

    /** The end of an operation that did not fail. */
    static Result of(OperationStatus status) {
      return new Result(status, null, null);
    }
  }

  /**
   * An operation that was locked.
   *
   * @param device its device, if that was locked with it
   */
  record LockedOperation(OperationRow operation, @Nullable LockedDevice device) {}

  private static final String LOCKED_COLUMNS =
      """
      select o.tenant_id, o.device_id, o.id operation_id, o.action_number, o.operation_type type,
        o.status, o.software_type, o.software_version, o.error_code,
        o.fetched_date_time is not null fetched,
        o.downloaded_date_time is not null file_fetched,
        o.cancel_requested_date_time is not null cancel_requested, o.note is not null noted,
        o.report_count reports,
        exists (select 1 from updates_artifact a
          where a.tenant_id = o.tenant_id and a.release_id = o.release_id) expects_file,
        exists (select 1 from updates_diagnostics u where u.tenant_id = o.tenant_id
          and u.device_id = o.device_id and u.operation_id = o.id) uploaded\
      """;

  private static final String LOCK = LOCKED_COLUMNS + " from updates_operation o";

  private static final String BY_ACTION =
      """

      where o.tenant_id = :tenantId and o.device_id = :deviceId
        and o.action_number = :actionNumber for update of\
      """;

  private static final Sql LOCK_BY_ACTION = Sql.of(LOCK + BY_ACTION + " o");

  private static final Sql LOCK_WITH_DEVICE =
      Sql.of(
          LOCKED_COLUMNS
              + ", "
              + LockedDevice.COLUMNS
              + """

              from devices_device d join updates_operation o
                on o.tenant_id = d.tenant_id and o.device_id = d.id
              """
              + BY_ACTION
              + " d, o");

  private static final Sql LOCK_BY_ID =
      Sql.of(
          LOCK
              + """

              where o.tenant_id = :tenantId and o.device_id = :deviceId and o.id = :operationId
              for update of o
              """);

  private static final Sql LOCK_JUST_INSTALLED =
      Sql.of(
          LOCK
              + """
               join devices_device d on d.tenant_id = o.tenant_id and d.id = o.device_id
                  and d.installed_action_id = o.action_number
                where d.tenant_id = :tenantId and d.id = :deviceId and d.attributes_wanted
                for update of o
              """);

  private static final Sql DOWNLOADED_PART =
      Sql.of(
          """
          update updates_operation set downloaded_date_time = :now
          where tenant_id = :tenantId and device_id = :deviceId and release_id = :releaseId
            and downloaded_date_time is null and completed_date_time is null
          """);

  private static final String INSERT_REPORT =
      """
      insert into updates_operation_report
        (tenant_id, device_id, operation_id, number, received_date_time, execution, finished,
         code, details)
      """;

  private static final String REPORT_ON_OPEN =
      INSERT_REPORT
          + """
          select tenant_id, device_id, id, report_count, :now, :execution, :finished, :code,
            :details
          from open
          """;

  private static final String BEGUN =
      """
      status = 'inProgress', last_action_by = :by, last_action_date_time = :now,
        fetched_date_time = coalesce(fetched_date_time, :now),
        started_date_time = coalesce(started_date_time, :now)
      """;

  // There is at most one open operation of a device for a release. One that has as many reports as
  // are kept gets no further: the number of the last is taken.
  private static final Sql DOWNLOADED_WHOLE =
      Sql.of(
          """
          with open as (
            update updates_operation
            set downloaded_date_time = coalesce(downloaded_date_time, :now),
              report_count = report_count + (report_count < :mostReports)::int,
          """
              + BEGUN
              + """
              where tenant_id = :tenantId and device_id = :deviceId and release_id = :releaseId
                and completed_date_time is null
              returning tenant_id, device_id, id, report_count)
              """
              + REPORT_ON_OPEN
              + " on conflict do nothing");

  private static final Sql REPORTED_IF_OPEN =
      Sql.of(
          "with open as (update updates_operation set report_count = report_count + 1, "
              + BEGUN
              + """
                where tenant_id = :tenantId and device_id = :deviceId
                  and action_number = :actionNumber and operation_type = :type
                  and completed_date_time is null and report_count < :mostReports
                returning tenant_id, device_id, id, report_count)
              """
              + REPORT_ON_OPEN);

  private static final Sql REPORTED =
      Sql.of(
          "with reported as ("
              + INSERT_REPORT
              + """
              values (:tenantId, :deviceId, :operationId, :reports + 1, :now, :execution, :finished,
                :code, :details))
              """);

  private static final String BY_ID =
      " where tenant_id = :tenantId and device_id = :deviceId and id = :operationId";

  private static final Sql UNDER_WAY =
      Sql.of("update updates_operation set report_count = report_count + 1, " + BEGUN + BY_ID);

  private static final Sql END =
      Sql.of(
          """
          update updates_operation
          set status = :status, error_code = :errorCode, error_message = :errorMessage,
            completed_date_time = :now, report_count = report_count + 1,
            last_action_date_time = :now,
            last_action_by
              = case when :status = 'cancelled' then coalesce(cancel_requested_by, :by) else :by end,
            cancel_requested_date_time = null
          """
              + BY_ID
              + " and completed_date_time is null");

  private static final Sql INSTALLED = Sql.of(", installed as (");

  private static final Sql CLOSE = Sql.of(")\n");

  private static final Sql REQUEST_CANCEL =
      Sql.of(
          """
          update updates_operation
          set cancel_requested_date_time = :now, cancel_requested_by = :by, last_action_by = :by,
            last_action_date_time = :now
          """
              + BY_ID);

  private static final Sql KEEP_RUNNING =
      Sql.of(
          """
          update updates_operation
          set cancel_requested_date_time = null, report_count = report_count + 1,
            last_action_by = :by, last_action_date_time = :now
          """
              + BY_ID);

  private static final Sql NOTE_AFTER_END =
      Sql.of(
          """
          update updates_operation
          set note = :note, report_count = report_count + 1,
            error_message = coalesce(error_message || ' ', '') || :note
          """
              + BY_ID);

  private static final Sql CONTRADICTED =
      Sql.of(
          "update updates_operation set note = :note, error_code = :code, error_message = :note"
              + BY_ID);

  private static final Sql LAST_ERROR =
      Sql.of(
          """
          select d.note from updates_operation_report r,
            unnest(r.details) with ordinality d (note, place)
          where r.tenant_id = :tenantId and r.device_id = :deviceId
            and r.operation_id = :operationId and starts_with(d.note, :lastError)
          order by r.number desc, d.place desc limit 1
          """);

  private OperationStore() {}

  /** Locks an operation of a device by the number that agents know. */
  static Optional<LockedOperation> lock(Tx tx, AuthenticatedDevice device, int actionNumber) {
    return tx.one(
            LOCK_BY_ACTION.with(device).with("actionNumber", actionNumber), OperationRow.class)
        .map(row -> new LockedOperation(row, null));
  }

  /** Locks an operation by its id. */
  static Optional<OperationRow> lock(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(
        LOCK_BY_ID.with("tenantId", tenantId).with("deviceId", deviceId).with("operationId", id),
        OperationRow.class);
  }

  /** The same, with the device, in which the end of the operation may change something. */
  static Optional<LockedOperation> lockWithDevice(
      Tx tx, AuthenticatedDevice device, int actionNumber) {
    return tx.one(
        LOCK_WITH_DEVICE.with(device).with("actionNumber", actionNumber), LockedOperation.class);
  }

  /** The action that installed something, if the device has not reported since what it runs. */
  static Optional<OperationRow> lockJustInstalled(Tx tx, String tenantId, String deviceId) {
    return tx.one(
        LOCK_JUST_INSTALLED.with("tenantId", tenantId).with("deviceId", deviceId),
        OperationRow.class);
  }

  /** Notes that the device took bytes of a file. */
  static int downloadedPart(Tx tx, AuthenticatedDevice device, String releaseId, Instant now) {
    return tx.update(DOWNLOADED_PART.with(device).with("releaseId", releaseId).with("now", now));
  }

  /** Notes that the device took a whole file, and a report that says so. */
  static int downloadedWhole(
      Tx tx, AuthenticatedDevice device, String releaseId, AgentReport report, Change change) {
    return tx.update(
        DOWNLOADED_WHOLE
            .with(device)
            .with(report)
            .with("releaseId", releaseId)
            .with("mostReports", OperationRules.MOST_REPORTS)
            .with(change));
  }

  /**
   * Keeps a report on work that goes on, if the operation is open and takes more; one statement.
   *
   * @return whether it did
   */
  static boolean reportedIfOpen(
      Tx tx,
      AuthenticatedDevice device,
      OperationType type,
      int actionNumber,
      AgentReport report,
      Change change) {
    return tx.update(
            REPORTED_IF_OPEN
                .with(device)
                .with(report)
                .with("type", type)
                .with("actionNumber", actionNumber)
                .with("mostReports", OperationRules.MOST_REPORTS)
                .with(change))
        > 0;
  }

  /** The report, to stand before the statement that says what follows from it. */
  private static Sql reported(OperationRow row, AgentReport report, Instant now) {
    return REPORTED.with(row).with(report).with("now", now);
  }

  /** Keeps a report; work that was never fetched is under way from now on. */
  static void underWay(Tx tx, OperationRow row, AgentReport report, Change change) {
    one(tx, reported(row, report, change.now()).append(UNDER_WAY.with(row).with(change)));
  }

  /**
   * Ends an operation.
   *
   * @param report on which it ends; null if no device had begun it
   * @param installed the statement that notes what the reported end changed on the device; null if
   *     it changed nothing
   */
  static void end(
      Tx tx,
      OperationRow row,
      @Nullable AgentReport report,
      Result result,
      @Nullable Sql installed,
      Change change) {
    Sql end = END.with(row).with(result).with(change);
    if (report != null) {
      Sql before = reported(row, report, change.now());
      if (installed != null) {
        before = before.append(INSTALLED).append(installed).append(CLOSE);
      }
      end = before.append(end);
    }
    one(tx, end);
  }

  /** Asks the device to stop. */
  static void requestCancel(Tx tx, OperationRow row, Change change) {
    one(tx, REQUEST_CANCEL.with(row).with(change));
  }

  /** Keeps the report of a device that goes on with what was to be cancelled. */
  static void keepRunning(Tx tx, OperationRow row, AgentReport report, Change change) {
    one(tx, reported(row, report, change.now()).append(KEEP_RUNNING.with(row).with(change)));
  }

  /** Keeps a report that came after the end, and says so with the operation. */
  static void noteAfterEnd(Tx tx, OperationRow row, AgentReport report, String note, Instant now) {
    one(tx, reported(row, report, now).append(NOTE_AFTER_END.with(row).with("note", note)));
  }

  /** Notes that the device does not run what the ended operation installed. */
  static void contradicted(Tx tx, OperationRow row, String version) {
    one(
        tx,
        CONTRADICTED
            .with(row)
            .with("code", OperationRules.VERSION_CONTRADICTED)
            .with(
                "note",
                "The device reported success and goes on running version '" + version + "'."));
  }

  /** The newest note on an operation that says why it is going to fail. */
  static Optional<String> lastError(Tx tx, OperationRow row) {
    return tx.one(LAST_ERROR.with(row).with("lastError", OperationRules.LAST_ERROR), String.class);
  }

  private static void one(Tx tx, Sql command) {
    int touched = tx.update(command);
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
