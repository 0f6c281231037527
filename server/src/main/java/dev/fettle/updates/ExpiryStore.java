package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.Change;
import java.time.Instant;
import java.util.List;

/** The statements on operations past their deadline, and on what has been kept long enough. */
final class ExpiryStore {

  private static final Sql FAIL_OVERDUE =
      Sql.of(
          """
          update updates_operation o
          set status = 'failed', completed_date_time = :now, last_action_by = :by,
            last_action_date_time = :now, error_code = :errorCode,
            cancel_requested_date_time = null,
            error_message = case when fetched_date_time is null
              then 'The device did not ask for the work by '
              else 'The device took the work and reported no end by ' end
              || to_char(deadline_date_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
              || '.' || coalesce((select ' The last note: "' || r.details[cardinality(r.details)]
                || '".'
                from updates_operation_report r
                where r.tenant_id = o.tenant_id and r.device_id = o.device_id
                  and r.operation_id = o.id and cardinality(r.details) > 0
                order by r.number desc limit 1), '')
          where completed_date_time is null and deadline_date_time <= :now
          """);

  private static final Sql LOCK_OLD =
      Sql.of(
          """
          select tenant_id, device_id, id from updates_operation o
          where o.created_date_time < :created
            and o.status in ('succeeded', 'failed', 'cancelled') and not o.is_seeded
            and not exists (select 1 from devices_device d where d.tenant_id = o.tenant_id
              and d.id = o.device_id and d.installed_action_id = o.action_number)
          limit :most for update of o skip locked
          """);

  private static final String REMOVE =
      """
      delete from %s r
      using unnest(:tenantIds::text[], :deviceIds::text[], :ids::text[])
        as o(tenant_id, device_id, id)
      where r.tenant_id = o.tenant_id and r.device_id = o.device_id and r.%s = o.id
      """;

  private static final List<Sql> REMOVE_ALL =
      List.of(
          Sql.of(REMOVE.formatted("updates_operation_report", "operation_id")),
          Sql.of(REMOVE.formatted("updates_operation", "id")));

  private static final Sql REMOVE_DIAGNOSTICS =
      Sql.of("delete from updates_diagnostics where created_date_time < :created");

  private ExpiryStore() {}

  static int failOverdue(Tx tx, Change change) {
    return tx.update(FAIL_OVERDUE.with(change).with("errorCode", OperationRules.DEADLINE_EXCEEDED));
  }

  private record OldOperation(String tenantId, String deviceId, String id) {}

  /**
   * Removes ended operations of that age, with their reports.
   *
   * @param most the most that are removed at once
   * @return how many there were
   */
  static int removeOlderThan(Tx tx, Instant created, int most) {
    List<OldOperation> old =
        tx.list(LOCK_OLD.with("created", created).with("most", most), OldOperation.class);
    if (!old.isEmpty()) {
      for (Sql statement : REMOVE_ALL) {
        tx.update(
            statement
                .with("tenantIds", old.stream().map(OldOperation::tenantId).toList())
                .with("deviceIds", old.stream().map(OldOperation::deviceId).toList())
                .with("ids", old.stream().map(OldOperation::id).toList()));
      }
    }
    return old.size();
  }

  static void removeDiagnosticsOlderThan(Tx tx, Instant created) {
    tx.update(REMOVE_DIAGNOSTICS.with("created", created));
  }
}
