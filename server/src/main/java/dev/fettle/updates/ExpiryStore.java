package dev.fettle.updates;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The statements that time alone runs: on operations past their deadline, and on what is old. */
final class ExpiryStore {

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

  private ExpiryStore() {}

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
}
