package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.Change;
import dev.fettle.devices.SoftwareType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The statements by which administrators and apps ask for operations. */
final class OperationRequestStore {

  /** The abilities of a device beyond updates. */
  record Capabilities(boolean canRestart, boolean canRunDiagnostics) {}

  /**
   * The outcome of a request for an update.
   *
   * @param version of the release that fits the device best; null if none fits
   * @param queued whether an operation was made; not if one of its kind is open
   */
  record Placement(@Nullable String version, boolean queued) {}

  /**
   * A request for an update.
   *
   * @param versionKey of the version that is asked for; null for the newest that fits
   */
  record UpdateRequest(
      String tenantId,
      String deviceId,
      String id,
      SoftwareType softwareType,
      @Nullable String versionKey,
      Change change,
      Instant deadline) {}

  /** A new operation that installs nothing. */
  record NewOperation(
      String tenantId,
      String deviceId,
      String id,
      OperationType type,
      OperationStatus status,
      Change change,
      @Nullable Instant completed,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      Instant deadline) {}

  private static final String FITS_DEVICE =
      """
       r.tenant_id = d.tenant_id and r.state = 'published'
        and (cardinality(r.device_types) = 0 or d.device_type = any(r.device_types))
        and (cardinality(r.models) = 0 or lower(coalesce(d.model, '')) = any(r.models))
      """;

  private static final String FITS = FITS_DEVICE + "and r.software_type = :softwareType\n";

  private static final String OF_DEVICE = " where d.tenant_id = :tenantId and d.id = :deviceId";

  private static final Sql FITTING_TYPES =
      Sql.of(
          "select distinct r.software_type from devices_device d join updates_release r on"
              + FITS_DEVICE
              + OF_DEVICE
              + " order by r.software_type");

  private static final Sql FITTING =
      Sql.of(
          "select r.version from devices_device d join updates_release r on"
              + FITS
              + OF_DEVICE
              + " order by r.version_key desc limit 20");

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

  private static final Sql INSERT_WORK =
      Sql.of(
          INSERT
              + """
              values (:tenantId, :deviceId, :id, :type, :status, null, null, null, :by, :now,
                :completed, :by, :now, :errorCode, :errorMessage, :deadline,
              """
              + NEXT_NUMBER
              + ") "
              + UNLESS_OPEN);

  private static final Sql PLACE_UPDATE =
      Sql.of(
          """
          with target as (
            select d.tenant_id, d.id, r.id release_id, r.version
            from devices_device d
            left join lateral (
              select r.id, r.version from updates_release r where
          """
              + FITS
              + """
                    and (:versionKey::text is null or r.version_key = :versionKey)
                  order by r.version_key desc, cardinality(r.models) desc,
                    r.published_date_time desc limit 1
                ) r on true
              """
              + OF_DEVICE
              + "), placed as ("
              + INSERT
              + """
                select t.tenant_id, t.id, :id, 'softwareUpdate', 'queued', :softwareType, t.version,
                  t.release_id, :by, :now, null, :by, :now, null, null, :deadline,
              """
              + NEXT_NUMBER
              + "from target t where t.release_id is not null "
              + UNLESS_OPEN
              + " returning 1)");

  private static final Sql PLACED =
      Sql.of(") select t.version, exists (select 1 from placed) queued from target t");

  private static final Sql AUDITED = Sql.of(", audited as (");

  private static final Sql WITH_VERSION =
      Sql.of(":detail || jsonb_build_object('softwareVersion', (select version from target))");

  private static final Sql CAPABILITIES =
      Sql.of(
          """
          select can_restart, can_run_diagnostics from devices_device
          where tenant_id = :tenantId and id = :deviceId
          """);

  private static final Sql EXISTS =
      Sql.of(
          """
          select true from updates_operation
          where tenant_id = :tenantId and device_id = :deviceId and id = :operationId
          """);

  private static final Sql DIAGNOSTICS =
      Sql.of(
          """
          select sha256, size, content_type, created_date_time created from updates_diagnostics
          where tenant_id = :tenantId and device_id = :deviceId and operation_id = :operationId
          """);

  private static final Sql DELETE_OPERATIONS =
      Sql.of("delete from updates_operation where tenant_id = :tenantId and device_id = :deviceId");

  private static final Sql DELETE_REPORTS =
      Sql.of(
          """
          delete from updates_operation_report
          where tenant_id = :tenantId and device_id = :deviceId
          """);

  private OperationRequestStore() {}

  /**
   * Queues an update to the release that fits, unless one of its kind is open; empty if there is no
   * such device. One statement: what fits cannot change between the look and the insert, and it
   * needs no transaction around it.
   *
   * @param audited adds the audit entry if {@code placed} has a row; what it says of the release
   *     comes from {@code target}
   */
  static Optional<Placement> place(Tx tx, UpdateRequest request, Sql audited) {
    return tx.one(
        PLACE_UPDATE.with(request).append(AUDITED).append(audited).append(PLACED), Placement.class);
  }

  /** The detail of an audit entry about a placed update, with the version that was found. */
  static Sql withVersion(ObjectNode detail) {
    return WITH_VERSION.with("detail", detail);
  }

  private static Sql of(Sql statement, String tenantId, String deviceId) {
    return statement.with("tenantId", tenantId).with("deviceId", deviceId);
  }

  static Optional<Capabilities> capabilities(Tx tx, String tenantId, String deviceId) {
    return tx.one(of(CAPABILITIES, tenantId, deviceId), Capabilities.class);
  }

  static List<String> fitting(Tx tx, String tenantId, String deviceId, SoftwareType softwareType) {
    return tx
        .list(of(FITTING, tenantId, deviceId).with("softwareType", softwareType), String.class)
        .stream()
        .distinct()
        .toList();
  }

  /** The types of software that is published for a device. */
  static List<String> fittingTypes(Tx tx, String tenantId, String deviceId) {
    return tx.list(of(FITTING_TYPES, tenantId, deviceId), String.class);
  }

  /** Inserts it unless one of its kind is open. */
  static boolean insert(Tx tx, NewOperation operation) {
    return tx.update(INSERT_WORK.with(operation)) > 0;
  }

  static boolean exists(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(of(EXISTS, tenantId, deviceId).with("operationId", id), Boolean.class)
        .isPresent();
  }

  static Optional<Diagnostics> diagnostics(Tx tx, String tenantId, String deviceId, String id) {
    return tx.one(of(DIAGNOSTICS, tenantId, deviceId).with("operationId", id), Diagnostics.class);
  }

  static void deleteAll(Tx tx, String tenantId, String deviceId) {
    tx.update(of(DELETE_OPERATIONS, tenantId, deviceId));
    tx.update(of(DELETE_REPORTS, tenantId, deviceId));
  }
}
