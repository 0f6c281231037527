package dev.fettle.updates;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.DeviceAuthentication;
import dev.fettle.devices.DeviceCredential;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The statements by which agents learn what there is to do, and hand in what is no report. */
final class AgentStore {

  /**
   * What a device was handed out.
   *
   * @param deployment as it was before
   * @param begun whether it was queued and is in progress since
   */
  record Fetched(Deployment deployment, boolean begun) {}

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

  private AgentStore() {}

  static Optional<AgentPoll> poll(
      Tx tx, String tenant, String controllerId, DeviceCredential credential) {
    List<OpenOperation> open = new ArrayList<>();
    List<AuthenticatedDevice> device =
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

  /** An action with the files of its release; its history is left out. */
  static Optional<Deployment> deployment(Tx tx, AuthenticatedDevice device, int actionNumber) {
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
      AuthenticatedDevice device,
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

  /** What was reported on an action, newest first. */
  static List<String> history(Tx tx, AuthenticatedDevice device, int actionNumber, int most) {
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
            now));
  }

  private static OpenOperation open(Row row) {
    return new OpenOperation(
        row.integer("action_number"),
        OperationType.of(row.text("operation_type")),
        OperationStatus.of(row.text("status")),
        row.flag("cancel_requested"));
  }
}
