package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of apps and their assignments that callers need. Keeps nothing; safe to share. */
final class VppAppStore {

  private static final String APP =
      """
      select id, token_id, adam_id, pricing, platform from vpp_app
      where tenant_id = ? and id = ? and platform <> 'none'
      """;

  private static final String SUMMARIES =
      """
      select t.id, t.apple_id, t.organization_name, sum(a.total)::bigint as total,
        sum(a.used)::bigint as used
      from (select distinct on (token_id, adam_id, pricing) token_id, adam_id, pricing,
          least(greatest(total_licences, 0), 2147483647) as total,
          greatest(least(used_licences, total_licences), 0) as used
        from vpp_app where tenant_id = ? and bundle_id = ? and platform <> 'none'
        order by token_id, adam_id, pricing) a
      join vpp_token t on t.tenant_id = ? and t.id = a.token_id
      group by t.id, t.apple_id, t.organization_name order by t.id
      """;

  private static final String DELETE_ASSIGNMENTS =
      "delete from vpp_app_assignment where tenant_id = ? and app_id = ?";

  private static final String ADD_ASSIGNMENT =
      """
      insert into vpp_app_assignment (tenant_id, app_id, id, intent, target, settings)
      values (?, ?, ?, ?, ?, ?)
      """;

  /** An app that is shown. */
  Optional<VppApp> find(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(APP, tenantId, id),
        row ->
            new VppApp(
                row.text("id"),
                row.text("token_id"),
                row.text("adam_id"),
                row.text("pricing"),
                row.text("platform")));
  }

  List<LicenceSummary> summaries(Tx tx, String tenantId, String bundleId) {
    return tx.list(
        Sql.of(SUMMARIES, tenantId, bundleId, tenantId),
        row ->
            LicenceSummary.of(
                row.text("id"),
                row.textOrNull("apple_id"),
                row.textOrNull("organization_name"),
                row.bigint("total"),
                row.bigint("used")));
  }

  /** One entry of an app's set of assignments; target and settings are JSON text. */
  record Assignment(String id, String intent, @Nullable String target, @Nullable String settings) {}

  /** Puts a set of assignments in the place of the one that the app has. */
  int replaceAssignments(Tx tx, String tenantId, String appId, List<Assignment> assignments) {
    int changed = tx.update(Sql.of(DELETE_ASSIGNMENTS, tenantId, appId));
    for (Assignment one : assignments) {
      changed +=
          tx.update(
              Sql.of(
                  ADD_ASSIGNMENT,
                  tenantId,
                  appId,
                  one.id(),
                  one.intent(),
                  one.target() == null ? null : Json.readTrusted(one.target()),
                  one.settings() == null ? null : Json.readTrusted(one.settings())));
    }
    return changed;
  }
}
