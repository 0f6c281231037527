package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The statements by which administrators and apps ask for operations. */
final class OperationRequestStore {

  /** What a device can do beyond updates. */
  record Capabilities(boolean canRestart, boolean canRunDiagnostics) {}

  /**
   * What became of a wish for an update.
   *
   * @param version of the release that fits the device best; null if none fits
   * @param queued whether an operation was made; not if one of its kind is open
   */
  record Placement(@Nullable String version, boolean queued) {}

  /**
   * A wish for an update.
   *
   * @param versionKey of the version that is wished; null for the newest that fits
   */
  record UpdateRequest(
      String tenantId,
      String deviceId,
      String id,
      String softwareType,
      @Nullable String versionKey,
      ObjectNode by,
      Instant now,
      Instant deadline) {}

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

  private static final String FITS_DEVICE =
      """
       r.tenant_id = d.tenant_id and r.state = 'published'
        and (cardinality(r.device_types) = 0 or d.device_type = any(r.device_types))
        and (cardinality(r.models) = 0 or lower(coalesce(d.model, '')) = any(r.models))
      """;

  private static final String FITS = FITS_DEVICE + "and r.software_type = ?\n";

  private static final String FITTING_TYPES =
      "select distinct r.software_type from devices_device d join updates_release r on"
          + FITS_DEVICE
          + " where d.tenant_id = ? and d.id = ? order by r.software_type";

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

  private OperationRequestStore() {}

  /**
   * Queues an update to the release that fits, unless one of its kind is open; empty if there is no
   * such device. One statement: what fits cannot change between the look and the insert, and it
   * needs no transaction around it.
   *
   * @param audited adds the audit entry if {@code placed} has a row; what it says of the release
   *     comes from {@code target}
   */
  static Optional<Placement> place(Tx tx, UpdateRequest wish, Sql audited) {
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
        row -> new Placement(row.textOrNull("version"), row.flag("queued")));
  }

  /** What an audit entry about a placed update says, with the version that was found. */
  static Sql withVersion(ObjectNode detail) {
    return Sql.of(
        "? || jsonb_build_object('softwareVersion', (select version from target))", detail);
  }

  static Optional<Capabilities> abilities(Tx tx, String tenantId, String deviceId) {
    return tx.one(
        Sql.of(
            """
            select can_restart, can_run_diagnostics from devices_device
            where tenant_id = ? and id = ?
            """,
            tenantId,
            deviceId),
        row -> new Capabilities(row.flag("can_restart"), row.flag("can_run_diagnostics")));
  }

  static List<String> fitting(Tx tx, String tenantId, String deviceId, String softwareType) {
    return tx
        .list(Sql.of(FITTING, softwareType, tenantId, deviceId), row -> row.text("version"))
        .stream()
        .distinct()
        .toList();
  }

  /** The types of software that is published for a device. */
  static List<String> fittingTypes(Tx tx, String tenantId, String deviceId) {
    return tx.list(Sql.of(FITTING_TYPES, tenantId, deviceId), row -> row.text("software_type"));
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
}
