package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.Change;
import dev.fettle.devices.DeviceAuthentication;
import dev.fettle.devices.DeviceCredential;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements by which agents learn what there is to do, and hand in what is no report. */
final class AgentStore {

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

  // An action without a release, or a release without a file, has blanks in their place.
  private static final String DEPLOYMENT_COLUMNS =
      """
      select o.action_number, o.operation_type type, o.status,
        o.cancel_requested_date_time is not null cancel_requested,
        coalesce(o.software_type, '') software_type, coalesce(o.software_version, '') version,
        coalesce(r.display_name, o.software_type, '') name, coalesce(r.id, '') release_id,
        coalesce(r.module_number, 0) module_number, coalesce(a.file_name, '') file_name,
        coalesce(a.sha256, '') sha256, coalesce(a.sha1, '') sha1, coalesce(a.md5, '') md5,
        coalesce(a.size, 0) size, coalesce(a.created_date_time, o.created_date_time) created,
      """;

  private static final String DEPLOYMENT_FROM =
      """
      from updates_operation o
      left join updates_release r on r.tenant_id = o.tenant_id and r.id = o.release_id
      left join updates_artifact a on a.tenant_id = r.tenant_id and a.release_id = r.id
      where o.tenant_id = :tenantId and o.device_id = :deviceId
        and o.action_number = :actionNumber\
      """;

  private static final Sql DEPLOYMENT =
      Sql.of(DEPLOYMENT_COLUMNS + "false begun " + DEPLOYMENT_FROM + " order by a.file_name");

  // The status that it reads is the one before.
  private static final Sql FETCH =
      Sql.of(
          """
          with fetched as (
            update updates_operation
            set status = 'inProgress', fetched_date_time = :now, started_date_time = :now,
              last_action_by = :by, last_action_date_time = :now
            where tenant_id = :tenantId and device_id = :deviceId
              and action_number = :actionNumber and operation_type = :type
              and status = 'queued' and cancel_requested_date_time is null
            returning 1)
          """
              + DEPLOYMENT_COLUMNS
              + "exists (select 1 from fetched) begun "
              + DEPLOYMENT_FROM
              + " and o.operation_type = :type order by a.file_name");

  private static final Sql HISTORY =
      Sql.of(
          """
          select r.details from updates_operation_report r join updates_operation o
            on o.tenant_id = r.tenant_id and o.device_id = r.device_id and o.id = r.operation_id
          where o.tenant_id = :tenantId and o.device_id = :deviceId
            and o.action_number = :actionNumber
          order by r.number desc limit :most
          """);

  private static final Sql SAVE_DIAGNOSTICS =
      Sql.of(
          """
          insert into updates_diagnostics
            (tenant_id, device_id, operation_id, sha256, size, content_type, created_date_time)
          values (:tenantId, :deviceId, :operationId, :sha256, :size, :contentType, :now)
          on conflict (tenant_id, device_id, operation_id) do update
          set sha256 = excluded.sha256, size = excluded.size, content_type = excluded.content_type,
            created_date_time = excluded.created_date_time
          """);

  private AgentStore() {}

  /** A device that polls with one of its open operations; all of it is null if there is none. */
  private record PollRow(
      DeviceAuthentication.Claimant claimant,
      @Nullable Integer actionNumber,
      @Nullable OperationType operationType,
      @Nullable OperationStatus status,
      @Nullable Boolean cancelRequested) {

    Optional<OpenOperation> operation() {
      return actionNumber == null
              || operationType == null
              || status == null
              || cancelRequested == null
          ? Optional.empty()
          : Optional.of(new OpenOperation(actionNumber, operationType, status, cancelRequested));
    }
  }

  static Optional<AgentPoll> poll(
      Tx tx, String tenant, String controllerId, DeviceCredential credential) {
    List<PollRow> rows = tx.list(POLL.of(tenant, controllerId, credential), PollRow.class);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AgentPoll(
            rows.getFirst().claimant().provenBy(credential),
            rows.stream()
                .flatMap(row -> row.operation().stream())
                .sorted(
                    Comparator.comparing((OpenOperation one) -> !one.cancelRequested())
                        .thenComparingInt(OpenOperation::actionNumber))
                .toList()));
  }

  /** An action with one of the files of its release. */
  private record DeploymentRow(
      OpenOperation operation,
      String softwareType,
      String version,
      String name,
      Artifact artifact,
      boolean begun) {}

  /**
   * An action that was handed out.
   *
   * @param deployment as it was before
   * @param begun whether it was queued and is in progress since
   */
  record Fetched(Deployment deployment, boolean begun) {}

  /** An action with the files of its release; its history is left out. */
  static Optional<Deployment> deployment(Tx tx, AuthenticatedDevice device, int actionNumber) {
    return fetched(tx, DEPLOYMENT.with(device).with("actionNumber", actionNumber))
        .map(Fetched::deployment);
  }

  /**
   * An action of this type with the files of its release. If it was queued it is in progress from
   * now on; one statement.
   */
  static Optional<Fetched> fetch(
      Tx tx, AuthenticatedDevice device, int actionNumber, OperationType type, Change change) {
    return fetched(
        tx, FETCH.with(device).with("actionNumber", actionNumber).with("type", type).with(change));
  }

  /** Each row is of the same action and adds one of its files, if it has any. */
  private static Optional<Fetched> fetched(Tx tx, Sql statement) {
    List<DeploymentRow> rows = tx.list(statement, DeploymentRow.class);
    return rows.stream()
        .findFirst()
        .map(
            row ->
                new Fetched(
                    new Deployment(
                        row.operation(),
                        row.artifact().moduleNumber(),
                        row.softwareType(),
                        row.version(),
                        row.name(),
                        rows.stream()
                            .map(DeploymentRow::artifact)
                            .filter(file -> !file.fileName().isEmpty())
                            .toList(),
                        List.of()),
                    row.begun()));
  }

  /** The reports on an action, newest first. */
  static List<String> history(Tx tx, AuthenticatedDevice device, int actionNumber, int most) {
    return tx
        .list(
            HISTORY.with(device).with("actionNumber", actionNumber).with("most", most),
            row -> row.texts("details").reversed())
        .stream()
        .flatMap(List::stream)
        .limit(most)
        .toList();
  }

  static void saveDiagnostics(
      Tx tx, OperationRow row, Content content, String contentType, Instant now) {
    tx.update(
        SAVE_DIAGNOSTICS.with(row).with(content).with("contentType", contentType).with("now", now));
  }
}
