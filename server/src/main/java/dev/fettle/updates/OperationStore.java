package dev.fettle.updates;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.LockedDevice;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The statements that change an operation: its row is locked before, or the change has a condition.
 */
final class OperationStore {

  /**
   * How an operation ends.
   *
   * @param code and {@code message}: why it failed; null if it did not
   */
  record Result(OperationStatus status, @Nullable String code, @Nullable String message) {}

  private static final String LOCKED_COLUMNS =
      """
      select o.device_id, o.id operation_id, o.action_number, o.operation_type, o.status,
        o.software_type, o.software_version, o.error_code, o.fetched_date_time,
        o.downloaded_date_time, o.cancel_requested_date_time, o.note, o.report_count,
        exists (select 1 from updates_artifact a
          where a.tenant_id = o.tenant_id and a.release_id = o.release_id) expects_file,
        exists (select 1 from updates_diagnostics u where u.tenant_id = o.tenant_id
          and u.device_id = o.device_id and u.operation_id = o.id) uploaded,
      """;

  private static final String LOCK = LOCKED_COLUMNS + " o.tenant_id from updates_operation o";

  private static final String BY_ACTION =
      " where o.tenant_id = ? and o.device_id = ? and o.action_number = ?";

  private static final String LOCK_BY_ACTION = LOCK + BY_ACTION + " for update of o";

  private static final String LOCK_WITH_DEVICE =
      LOCKED_COLUMNS
          + LockedDevice.COLUMNS
          + """

          from devices_device d join updates_operation o
            on o.tenant_id = d.tenant_id and o.device_id = d.id
          """
          + BY_ACTION
          + " for update of d, o";

  private static final String LOCK_BY_ID =
      LOCK + " where o.tenant_id = ? and o.device_id = ? and o.id = ? for update of o";

  private static final String LOCK_JUST_INSTALLED =
      LOCK
          + """
           join devices_device d on d.tenant_id = o.tenant_id and d.id = o.device_id
              and d.installed_action_id = o.action_number
            where d.tenant_id = ? and d.id = ? and d.attributes_wanted for update of o
          """;

  private static final String DOWNLOADED_PART =
      """
      update updates_operation set downloaded_date_time = ?
      where tenant_id = ? and device_id = ? and release_id = ? and downloaded_date_time is null
        and completed_date_time is null
      """;

  private static final String REPORT_ON_OPEN =
      """
      insert into updates_operation_report
        (tenant_id, device_id, operation_id, number, received_date_time, execution, finished,
         code, details)
      select tenant_id, device_id, id, report_count, ?, ?, ?, ?, ? from open
      """;

  // There is at most one open operation of a device for a release. One that has as many reports as
  // are kept gets no further: the number of the last is taken.
  private static final String DOWNLOADED_WHOLE =
      """
      with open as (
        update updates_operation
        set downloaded_date_time = coalesce(downloaded_date_time, ?), status = 'inProgress',
          report_count = report_count + (report_count < ?)::int, last_action_by = ?,
          last_action_date_time = ?, fetched_date_time = coalesce(fetched_date_time, ?),
          started_date_time = coalesce(started_date_time, ?)
        where tenant_id = ? and device_id = ? and release_id = ? and completed_date_time is null
        returning tenant_id, device_id, id, report_count)
      """
          + REPORT_ON_OPEN
          + " on conflict do nothing";

  private static final String REPORTED =
      """
      with reported as (
        insert into updates_operation_report
          (tenant_id, device_id, operation_id, number, received_date_time, execution, finished,
           code, details)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?))
      """;

  private static final String UNDER_WAY =
      """
      update updates_operation
      set status = 'inProgress', report_count = report_count + 1, last_action_by = ?,
        last_action_date_time = ?, fetched_date_time = coalesce(fetched_date_time, ?),
        started_date_time = coalesce(started_date_time, ?)
      """;

  private static final String REPORTED_IF_OPEN =
      "with open as ("
          + UNDER_WAY
          + """
            where tenant_id = ? and device_id = ? and action_number = ? and operation_type = ?
              and completed_date_time is null and report_count < ?
            returning tenant_id, device_id, id, report_count)
          """
          + REPORT_ON_OPEN;

  private OperationStore() {}

  /** Locks an operation of a device by the number that agents know. */
  static Optional<OperationRow> lock(Tx tx, AuthenticatedDevice device, int actionNumber) {
    return tx.one(
        Sql.of(LOCK_BY_ACTION, device.tenantId(), device.deviceId(), actionNumber),
        row -> locked(row, null));
  }

  /** Locks an operation by its id. */
  static Optional<OperationRow> lock(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(Sql.of(LOCK_BY_ID, tenantId, deviceId, id), row -> locked(row, null));
  }

  /** The same, with the device, in which the end of the operation may change something. */
  static Optional<OperationRow> lockWithDevice(
      Tx tx, AuthenticatedDevice device, int actionNumber) {
    return tx.one(
        Sql.of(LOCK_WITH_DEVICE, device.tenantId(), device.deviceId(), actionNumber),
        row -> locked(row, LockedDevice.of(row)));
  }

  /** The action that installed something, if the device has not told since what it runs. */
  static Optional<OperationRow> lockJustInstalled(Tx tx, String tenantId, String deviceId) {
    return tx.one(Sql.of(LOCK_JUST_INSTALLED, tenantId, deviceId), row -> locked(row, null));
  }

  /** Notes that the device took bytes of a file. */
  static void downloadedPart(Tx tx, AuthenticatedDevice device, String releaseId, Instant now) {
    tx.update(Sql.of(DOWNLOADED_PART, now, device.tenantId(), device.deviceId(), releaseId));
  }

  /** Notes that the device took a whole file, and a report that says so. */
  static void downloadedWhole(
      Tx tx,
      AuthenticatedDevice device,
      String releaseId,
      AgentReport report,
      ObjectNode by,
      Instant now) {
    tx.update(
        Sql.of(
            DOWNLOADED_WHOLE,
            now,
            OperationRules.MOST_REPORTS,
            by,
            now,
            now,
            now,
            device.tenantId(),
            device.deviceId(),
            releaseId,
            now,
            report.execution().word(),
            report.finished().word(),
            report.code(),
            report.details()));
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
      ObjectNode by,
      Instant now) {
    return tx.update(
            Sql.of(
                REPORTED_IF_OPEN,
                by,
                now,
                now,
                now,
                device.tenantId(),
                device.deviceId(),
                actionNumber,
                type.word(),
                OperationRules.MOST_REPORTS,
                now,
                report.execution().word(),
                report.finished().word(),
                report.code(),
                report.details()))
        > 0;
  }

  /** The report, to stand before the statement that says what follows from it. */
  private static Sql reported(OperationRow row, AgentReport report, Instant now) {
    return Sql.of(
        REPORTED,
        row.tenantId(),
        row.deviceId(),
        row.id(),
        row.state().reports() + 1,
        now,
        report.execution().word(),
        report.finished().word(),
        report.code(),
        report.details());
  }

  /** Keeps a report; work that was never fetched is under way from now on. */
  static void underWay(Tx tx, OperationRow row, AgentReport report, ObjectNode by, Instant now) {
    one(
        tx.update(
            reported(row, report, now)
                .append(
                    UNDER_WAY + " where tenant_id = ? and device_id = ? and id = ?",
                    by,
                    now,
                    now,
                    now,
                    row.tenantId(),
                    row.deviceId(),
                    row.id())));
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
      Result ending,
      @Nullable Sql installed,
      ObjectNode by,
      Instant now) {
    Sql before = report == null ? Sql.of("") : reported(row, report, now);
    if (installed != null) {
      before = before.append(", installed as (").append(installed).append(")\n");
    }
    one(
        tx.update(
            before.append(
                """
                update updates_operation
                set status = ?, error_code = ?, error_message = ?, completed_date_time = ?,
                  report_count = report_count + 1, last_action_date_time = ?,
                  last_action_by = case when ? then coalesce(cancel_requested_by, ?) else ? end,
                  cancel_requested_date_time = null
                where tenant_id = ? and device_id = ? and id = ?
                  and completed_date_time is null
                """,
                ending.status().word(),
                ending.code(),
                ending.message(),
                now,
                now,
                ending.status() == OperationStatus.CANCELLED,
                by,
                by,
                row.tenantId(),
                row.deviceId(),
                row.id())));
  }

  /** Asks the device to stop. */
  static void requestCancel(Tx tx, OperationRow row, ObjectNode by, Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                update updates_operation
                set cancel_requested_date_time = ?, cancel_requested_by = ?, last_action_by = ?,
                  last_action_date_time = ?
                where tenant_id = ? and device_id = ? and id = ?
                """,
                now,
                by,
                by,
                now,
                row.tenantId(),
                row.deviceId(),
                row.id())));
  }

  /** Keeps the report of a device that goes on with what was to be cancelled. */
  static void keepRunning(Tx tx, OperationRow row, AgentReport report, ObjectNode by, Instant now) {
    one(
        tx.update(
            reported(row, report, now)
                .append(
                    """
                    update updates_operation
                    set cancel_requested_date_time = null, report_count = report_count + 1,
                      last_action_by = ?, last_action_date_time = ?
                    where tenant_id = ? and device_id = ? and id = ?
                    """,
                    by,
                    now,
                    row.tenantId(),
                    row.deviceId(),
                    row.id())));
  }

  /** Keeps a report that came after the end, and says so with the operation. */
  static void noteAfterEnd(Tx tx, OperationRow row, AgentReport report, String note, Instant now) {
    one(
        tx.update(
            reported(row, report, now)
                .append(
                    """
                    update updates_operation
                    set note = ?, report_count = report_count + 1,
                      error_message = coalesce(error_message || ' ', '') || ?
                    where tenant_id = ? and device_id = ? and id = ?
                    """,
                    note,
                    note,
                    row.tenantId(),
                    row.deviceId(),
                    row.id())));
  }

  /** What the device runs is not what the ended operation installed. */
  static void contradicted(Tx tx, OperationRow row, String version) {
    String note = "The device reported success and goes on running version '" + version + "'.";
    one(
        tx.update(
            Sql.of(
                """
                update updates_operation set note = ?, error_code = ?, error_message = ?
                where tenant_id = ? and device_id = ? and id = ?
                """,
                note,
                OperationRules.VERSION_CONTRADICTED,
                note,
                row.tenantId(),
                row.deviceId(),
                row.id())));
  }

  /** The newest note on an operation that says why it is going to fail. */
  static Optional<String> lastError(Tx tx, OperationRow row) {
    return tx.one(
        Sql.of(
            """
            select d.note from updates_operation_report r,
              unnest(r.details) with ordinality d (note, place)
            where r.tenant_id = ? and r.device_id = ? and r.operation_id = ?
              and starts_with(d.note, ?)
            order by r.number desc, d.place desc limit 1
            """,
            row.tenantId(),
            row.deviceId(),
            row.id(),
            OperationRules.LAST_ERROR),
        found -> found.text("note"));
  }

  private static OperationRow locked(Row row, @Nullable LockedDevice device) {
    return new OperationRow(
        row.text("tenant_id"),
        row.text("device_id"),
        row.text("operation_id"),
        row.integer("action_number"),
        row.textOrNull("software_type"),
        row.textOrNull("software_version"),
        row.timeOrNull("fetched_date_time"),
        new OperationRules.State(
            OperationType.of(row.text("operation_type")),
            OperationStatus.of(row.text("status")),
            row.flag("expects_file"),
            row.timeOrNull("downloaded_date_time") != null,
            row.flag("uploaded"),
            row.timeOrNull("cancel_requested_date_time") != null,
            row.textOrNull("error_code"),
            row.textOrNull("note") != null,
            row.integer("report_count")),
        device);
  }

  private static void one(int touched) {
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
