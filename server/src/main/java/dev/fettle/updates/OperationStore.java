package dev.fettle.updates;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.LockedDevice;
import dev.fettle.devices.credentials.DeviceAuthentication;
import dev.fettle.devices.credentials.DeviceCredential;
import dev.fettle.devices.credentials.EnrolledDevice;
import dev.fettle.updates.releases.Artifact;
import dev.fettle.updates.releases.Content;
import dev.fettle.updates.releases.ReleaseStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The statements on operations, their reports and their diagnostics. */
final class OperationStore {

  /** What a device can do beyond updates. */
  record Abilities(boolean canRestart, boolean canRunDiagnostics) {}

  /**
   * What became of a wish for an update.
   *
   * @param version of the release that fits the device best; null if none fits
   * @param queued whether an operation was made; not if one of its kind is open
   */
  record Placed(@Nullable String version, boolean queued) {}

  /**
   * What a device was handed out.
   *
   * @param deployment as it was before
   * @param begun whether it was queued and is in progress since
   */
  record Fetched(Deployment deployment, boolean begun) {}

  /**
   * A wish for an update.
   *
   * @param versionKey of the version that is wished; null for the newest that fits
   */
  record UpdateWish(
      String tenantId,
      String deviceId,
      String id,
      String softwareType,
      @Nullable String versionKey,
      ObjectNode by,
      Instant now,
      Instant deadline) {}

  /**
   * How an operation ends.
   *
   * @param code and {@code message}: why it failed; null if it did not
   */
  record Ending(OperationStatus status, @Nullable String code, @Nullable String message) {}

  /** A new operation that installs nothing. */
  record NewOperation(
      String tenantId,
      String deviceId,
      String id,
      OperationType type,
      OperationStatus status,
      ObjectNode by,
      Instant now,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      Instant deadline) {}

  private static final String FITS =
      """
       r.tenant_id = d.tenant_id and r.software_type = ? and r.state = 'published'
        and (cardinality(r.device_types) = 0 or d.device_type = any(r.device_types))
        and (cardinality(r.models) = 0 or lower(coalesce(d.model, '')) = any(r.models))
      """;

  private static final String FITTING =
      "select r.version from devices_device d join updates_release r on"
          + FITS
          + " where d.tenant_id = ? and d.id = ? order by r.version_key desc limit 20";

  private static final String INSERT =
      """
      insert into updates_operation
        (tenant_id, device_id, id, operation_type, status, software_type, software_version,
         release_id, created_by, created_date_time, completed_date_time, last_action_by,
         last_action_date_time, error_code, error_message, deadline_date_time, action_number)
      """;

  // A digit followed by nothing but zeros is passed over: some agents cannot cancel such a number.
  private static final String NEXT_NUMBER =
      """
      (select case when next.number::text ~ '^[1-9]0*$' then nextval('updates_action_number')
          else next.number end
         from (select nextval('updates_action_number') as number offset 0) next)
      """;

  private static final String UNLESS_OPEN =
      """
      on conflict (tenant_id, device_id, operation_type, coalesce(software_type, ''))
        where completed_date_time is null do nothing
      """;

  private static final String INSERT_WORK =
      INSERT
          + "values (?, ?, ?, ?, ?, null, null, null, ?, ?, ?, ?, ?, ?, ?, ?, "
          + NEXT_NUMBER
          + ") "
          + UNLESS_OPEN;

  private static final String PLACE_UPDATE =
      """
      with target as (
        select d.tenant_id, d.id, r.id release_id, r.version
        from devices_device d
        left join lateral (
          select r.id, r.version from updates_release r where
      """
          + FITS
          + """
                and (?::text is null or r.version_key = ?)
              order by r.version_key desc, cardinality(r.models) desc, r.published_date_time desc limit 1
            ) r on true
            where d.tenant_id = ? and d.id = ?),
          placed as (
          """
          + INSERT
          + """
            select t.tenant_id, t.id, ?, 'softwareUpdate', 'queued', ?, t.version, t.release_id, ?, ?,
              null, ?, ?, null, null, ?,
          """
          + NEXT_NUMBER
          + "from target t where t.release_id is not null "
          + UNLESS_OPEN
          + """
            returning 1)
          """;

  private static final String PLACED =
      "select t.version, exists (select 1 from placed) queued from target t";

  private static final String OPEN_COLUMNS =
      """
      , o.action_number, o.operation_type, o.status,
        o.cancel_requested_date_time is not null cancel_requested
      """;

  // Where little was under way when the planner last looked, it would take all open operations of
  // the tenant for a handful and read them at each poll; the offset makes it look for the device's.
  private static final String OPEN_JOIN =
      """
      left join lateral (
        select action_number, operation_type, status, cancel_requested_date_time
        from updates_operation
        where tenant_id = d.tenant_id and device_id = d.id and completed_date_time is null offset 0
      ) o on true
      """;

  private static final DeviceAuthentication.Query POLL =
      new DeviceAuthentication.Query(OPEN_COLUMNS, OPEN_JOIN);

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

  private static final String DEPLOYMENT_COLUMNS =
      """
      select o.action_number, o.operation_type, o.status,
        o.cancel_requested_date_time is not null cancel_requested, o.software_type,
        o.software_version, r.id release_id, r.module_number, r.display_name,
        a.file_name, a.sha256, a.sha1, a.md5, a.size, a.created_date_time artifact_date_time\
      """;

  private static final String DEPLOYMENT_FROM =
      """

      from updates_operation o
      left join updates_release r on r.tenant_id = o.tenant_id and r.id = o.release_id
      left join updates_artifact a on a.tenant_id = r.tenant_id and a.release_id = r.id
      where o.tenant_id = ? and o.device_id = ? and o.action_number = ?
      """;

  private static final String DEPLOYMENT =
      DEPLOYMENT_COLUMNS + DEPLOYMENT_FROM + " order by a.file_name";

  // The status that it reads is the one before.
  private static final String FETCH =
      """
      with fetched as (
        update updates_operation
        set status = 'inProgress', fetched_date_time = ?, started_date_time = ?,
          last_action_by = ?, last_action_date_time = ?
        where tenant_id = ? and device_id = ? and action_number = ? and operation_type = ?
          and status = 'queued' and cancel_requested_date_time is null
        returning 1)
      """
          + DEPLOYMENT_COLUMNS
          + ", exists (select 1 from fetched) begun"
          + DEPLOYMENT_FROM
          + " and o.operation_type = ? order by a.file_name";

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

  private static final String SWEEP_DEADLINES =
      """
      update updates_operation o
      set status = 'failed', completed_date_time = ?, last_action_by = ?,
        last_action_date_time = ?, error_code = ?, cancel_requested_date_time = null,
        error_message = case when fetched_date_time is null
          then 'The device did not ask for the work by '
          else 'The device took the work and reported no end by ' end
          || to_char(deadline_date_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '.'
          || coalesce((select ' The last note: "' || r.details[cardinality(r.details)] || '".'
            from updates_operation_report r
            where r.tenant_id = o.tenant_id and r.device_id = o.device_id
              and r.operation_id = o.id and cardinality(r.details) > 0
            order by r.number desc limit 1), '')
      where completed_date_time is null and deadline_date_time <= ?
      """;

  private static final String LOCK_OLD =
      """
      select tenant_id, device_id, id from updates_operation o
      where o.created_date_time < ? and o.status in ('succeeded', 'failed', 'cancelled')
        and not o.is_seeded
        and not exists (select 1 from devices_device d where d.tenant_id = o.tenant_id
          and d.id = o.device_id and d.installed_action_id = o.action_number)
      limit ? for update of o skip locked
      """;

  private static final String REMOVE_REPORTS =
      """
      delete from updates_operation_report r
      using unnest(?::text[], ?::text[], ?::text[]) as o(tenant_id, device_id, id)
      where r.tenant_id = o.tenant_id and r.device_id = o.device_id and r.operation_id = o.id
      """;

  private static final String REMOVE =
      """
      delete from updates_operation r
      using unnest(?::text[], ?::text[], ?::text[]) as o(tenant_id, device_id, id)
      where r.tenant_id = o.tenant_id and r.device_id = o.device_id and r.id = o.id
      """;

  private OperationStore() {}

  /**
   * Queues an update to the release that fits, unless one of its kind is open; empty if there is no
   * such device. One statement: what fits cannot change between the look and the insert, and it
   * needs no transaction around it.
   *
   * @param audited adds the audit entry if {@code placed} has a row; what it says of the release
   *     comes from {@code target}
   */
  static Optional<Placed> place(Tx tx, UpdateWish wish, Sql audited) {
    return tx.one(
        Sql.of(
                PLACE_UPDATE,
                wish.softwareType(),
                wish.versionKey(),
                wish.versionKey(),
                wish.tenantId(),
                wish.deviceId(),
                wish.id(),
                wish.softwareType(),
                wish.by(),
                wish.now(),
                wish.by(),
                wish.now(),
                wish.deadline())
            .append(", audited as (")
            .append(audited)
            .append(") " + PLACED),
        row -> new Placed(row.textOrNull("version"), row.flag("queued")));
  }

  /** What an audit entry about a placed update says, with the version that was found. */
  static Sql withVersion(ObjectNode detail) {
    return Sql.of(
        "? || jsonb_build_object('softwareVersion', (select version from target))", detail);
  }

  static Optional<Abilities> abilities(Tx tx, String tenantId, String deviceId) {
    return tx.one(
        Sql.of(
            """
            select can_restart, can_run_diagnostics from devices_device
            where tenant_id = ? and id = ?
            """,
            tenantId,
            deviceId),
        row -> new Abilities(row.flag("can_restart"), row.flag("can_run_diagnostics")));
  }

  static List<String> fitting(Tx tx, String tenantId, String deviceId, String softwareType) {
    return tx
        .list(Sql.of(FITTING, softwareType, tenantId, deviceId), row -> row.text("version"))
        .stream()
        .distinct()
        .toList();
  }

  /** Inserts it unless one of its kind is open. */
  static boolean insert(Tx tx, NewOperation operation) {
    Instant now = operation.now();
    return tx.update(
            Sql.of(
                INSERT_WORK,
                operation.tenantId(),
                operation.deviceId(),
                operation.id(),
                operation.type().word(),
                operation.status().word(),
                operation.by(),
                now,
                operation.status().isFinal() ? now : null,
                operation.by(),
                now,
                operation.errorCode(),
                operation.errorMessage(),
                operation.deadline()))
        > 0;
  }

  static Optional<AgentPoll> poll(
      Tx tx, String tenant, String controllerId, DeviceCredential credential) {
    List<OpenOperation> open = new ArrayList<>();
    List<EnrolledDevice> device =
        tx.list(
            POLL.of(tenant, controllerId, credential),
            row -> {
              if (row.textOrNull("operation_type") != null) {
                open.add(open(row));
              }
              return DeviceAuthentication.read(row, credential);
            });
    if (device.isEmpty()) {
      return Optional.empty();
    }
    open.sort(
        Comparator.comparing((OpenOperation one) -> !one.cancelRequested())
            .thenComparingInt(OpenOperation::actionNumber));
    return Optional.of(new AgentPoll(device.getFirst(), open));
  }

  static Optional<OperationRow> lock(Tx tx, EnrolledDevice device, int actionNumber) {
    return tx.one(
        Sql.of(LOCK_BY_ACTION, device.tenantId(), device.deviceId(), actionNumber),
        row -> locked(row, null));
  }

  /** The same, with the device, in which the end of the operation may change something. */
  static Optional<OperationRow> lockWithDevice(Tx tx, EnrolledDevice device, int actionNumber) {
    return tx.one(
        Sql.of(LOCK_WITH_DEVICE, device.tenantId(), device.deviceId(), actionNumber),
        row -> locked(row, LockedDevice.of(row)));
  }

  static Optional<OperationRow> lock(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(Sql.of(LOCK_BY_ID, tenantId, deviceId, id), row -> locked(row, null));
  }

  /** The action that installed something, if the device has not told since what it runs. */
  static Optional<OperationRow> lockJustInstalled(Tx tx, String tenantId, String deviceId) {
    return tx.one(Sql.of(LOCK_JUST_INSTALLED, tenantId, deviceId), row -> locked(row, null));
  }

  /** An action with the files of its release; its history is left out. */
  static Optional<Deployment> deployment(Tx tx, EnrolledDevice device, int actionNumber) {
    List<Artifact> artifacts = new ArrayList<>();
    List<Deployment> growing =
        tx.list(
            Sql.of(DEPLOYMENT, device.tenantId(), device.deviceId(), actionNumber),
            row -> deployment(row, artifacts));
    return growing.isEmpty() ? Optional.empty() : Optional.of(growing.getLast());
  }

  /** Each row is of the same action and adds one of its files, if it has any. */
  private static Deployment deployment(Row row, List<Artifact> artifacts) {
    String version = row.textOrNull("software_version");
    String name = row.textOrNull("display_name");
    String type = row.textOrNull("software_type");
    String release = row.textOrNull("release_id");
    Integer module = row.integerOrNull("module_number");
    if (row.textOrNull("file_name") != null) {
      artifacts.add(ReleaseStore.artifact(row, "artifact_date_time"));
    }
    return new Deployment(
        open(row),
        release == null ? "" : release,
        module == null ? 0 : module,
        type == null ? "" : type,
        version == null ? "" : version,
        name != null ? name : type == null ? "" : type,
        artifacts,
        List.of());
  }

  /**
   * An action of this type with the files of its release. If it was queued it is in progress from
   * now on; one statement.
   */
  static Optional<Fetched> fetch(
      Tx tx,
      EnrolledDevice device,
      int actionNumber,
      OperationType type,
      ObjectNode by,
      Instant now) {
    List<Artifact> artifacts = new ArrayList<>();
    List<Fetched> growing =
        tx.list(
            Sql.of(
                FETCH,
                now,
                now,
                by,
                now,
                device.tenantId(),
                device.deviceId(),
                actionNumber,
                type.word(),
                device.tenantId(),
                device.deviceId(),
                actionNumber,
                type.word()),
            row -> new Fetched(deployment(row, artifacts), row.flag("begun")));
    return growing.isEmpty() ? Optional.empty() : Optional.of(growing.getLast());
  }

  /** Notes that the device took bytes of a file. */
  static void downloadedPart(Tx tx, EnrolledDevice device, String releaseId, Instant now) {
    tx.update(Sql.of(DOWNLOADED_PART, now, device.tenantId(), device.deviceId(), releaseId));
  }

  /** Notes that the device took a whole file, and a report that says so. */
  static void downloadedWhole(
      Tx tx,
      EnrolledDevice device,
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
      EnrolledDevice device,
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
      Ending ending,
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

  static List<String> history(Tx tx, EnrolledDevice device, int actionNumber, int most) {
    List<String> history = new ArrayList<>();
    tx.each(
        Sql.of(
            """
            select r.details from updates_operation_report r join updates_operation o
              on o.tenant_id = r.tenant_id and o.device_id = r.device_id and o.id = r.operation_id
            where o.tenant_id = ? and o.device_id = ? and o.action_number = ?
            order by r.number desc limit ?
            """,
            device.tenantId(),
            device.deviceId(),
            actionNumber,
            most),
        row -> history.addAll(row.texts("details").reversed()));
    return history.subList(0, Math.min(most, history.size()));
  }

  static void saveDiagnostics(
      Tx tx, OperationRow row, Content content, String contentType, Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                insert into updates_diagnostics
                  (tenant_id, device_id, operation_id, sha256, size, content_type,
                   created_date_time)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (tenant_id, device_id, operation_id) do update
                set sha256 = excluded.sha256, size = excluded.size,
                  content_type = excluded.content_type,
                  created_date_time = excluded.created_date_time
                """,
                row.tenantId(),
                row.deviceId(),
                row.id(),
                content.sha256(),
                content.size(),
                contentType,
                now)));
  }

  static boolean exists(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(
            Sql.of(
                """
                select true found from updates_operation
                where tenant_id = ? and device_id = ? and id = ?
                """,
                tenantId,
                deviceId,
                id),
            row -> row.flag("found"))
        .isPresent();
  }

  static Optional<Diagnostics> diagnostics(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(
        Sql.of(
            """
            select sha256, size, content_type, created_date_time from updates_diagnostics
            where tenant_id = ? and device_id = ? and operation_id = ?
            """,
            tenantId,
            deviceId,
            id),
        row ->
            new Diagnostics(
                row.text("sha256"),
                row.bigint("size"),
                row.text("content_type"),
                row.time("created_date_time")));
  }

  static void forget(Tx tx, String tenantId, String deviceId) {
    for (String table : List.of("updates_operation", "updates_operation_report")) {
      tx.update(
          Sql.of(
              "delete from " + table + " where tenant_id = ? and device_id = ?",
              tenantId,
              deviceId));
    }
  }

  static int sweepDeadlines(Tx tx, ObjectNode by, Instant now) {
    return tx.update(Sql.of(SWEEP_DEADLINES, now, by, now, OperationRules.DEADLINE_EXCEEDED, now));
  }

  /**
   * Removes ended operations of that age, with their reports.
   *
   * @param most how many at once
   * @return how many there were
   */
  static int removeOlderThan(Tx tx, Instant created, int most) {
    List<String> tenants = new ArrayList<>();
    List<String> devices = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    tx.each(
        Sql.of(LOCK_OLD, created, most),
        row -> {
          tenants.add(row.text("tenant_id"));
          devices.add(row.text("device_id"));
          ids.add(row.text("id"));
        });
    if (!ids.isEmpty()) {
      tx.update(Sql.of(REMOVE_REPORTS, tenants, devices, ids));
      tx.update(Sql.of(REMOVE, tenants, devices, ids));
    }
    return ids.size();
  }

  static int removeDiagnosticsOlderThan(Tx tx, Instant created) {
    return tx.update(
        Sql.of("delete from updates_diagnostics where created_date_time < ?", created));
  }

  private static OpenOperation open(Row row) {
    return new OpenOperation(
        row.integer("action_number"),
        OperationType.of(row.text("operation_type")),
        OperationStatus.of(row.text("status")),
        row.flag("cancel_requested"));
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
