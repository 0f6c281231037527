package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The statements of apps and their assignments that callers need. */
final class VppAppStore {

  private static final Sql APP =
      Sql.of(
          """
          select id, token_id, adam_id, pricing, platform from vpp_app
          where tenant_id = :tenantId and id = :id and platform <> 'none'
          """);

  private static final Sql SUMMARIES =
      Sql.of(
          """
          select t.id as token_id, t.apple_id, t.organization_name,
            sum(a.total)::bigint as total, sum(a.used)::bigint as used
          from (select distinct on (token_id, adam_id, pricing) token_id, adam_id, pricing,
              least(greatest(total_licences, 0), 2147483647) as total,
              greatest(least(used_licences, total_licences), 0) as used
            from vpp_app
            where tenant_id = :tenantId and bundle_id = :bundleId and platform <> 'none'
            order by token_id, adam_id, pricing) a
          join vpp_token t on t.tenant_id = :tenantId and t.id = a.token_id
          group by t.id, t.apple_id, t.organization_name order by t.id
          """);

  private static final Sql DELETE_ASSIGNMENTS =
      Sql.of("delete from vpp_app_assignment where tenant_id = :tenantId and app_id = :appId");

  private static final Sql ADD_ASSIGNMENT =
      Sql.of(
          """
          insert into vpp_app_assignment (tenant_id, app_id, id, intent, target, settings)
          values (:tenantId, :appId, :id, :intent, :target, :settings)
          """);

  private VppAppStore() {}

  /** An app that is shown. */
  static Optional<VppApp> find(Tx tx, String tenantId, String id) {
    return tx.one(APP.with("tenantId", tenantId).with("id", id), VppApp.class);
  }

  static List<LicenceSummary> summaries(Tx tx, String tenantId, String bundleId) {
    return tx.list(
        SUMMARIES.with("tenantId", tenantId).with("bundleId", bundleId), LicenceSummary.class);
  }

  /** An assignment as a caller wishes it. */
  record Assignment(String intent, JsonNode target, @Nullable JsonNode settings) {}

  /** Removes all assignments of an app. */
  static int deleteAssignments(Tx tx, String tenantId, String appId) {
    return tx.update(DELETE_ASSIGNMENTS.with("tenantId", tenantId).with("appId", appId));
  }

  static int addAssignment(Tx tx, String tenantId, String appId, String id, Assignment assignment) {
    Sql add = ADD_ASSIGNMENT.with(assignment).with("tenantId", tenantId);
    return tx.update(add.with("appId", appId).with("id", id));
  }
}
