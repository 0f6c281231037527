package dev.fettle.admin;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;

/** The readable collections of this room. */
final class AdminResources {

  static final Resource AUDIT_ENTRIES =
      Resource.of("fettle.auditEntry")
          .from("audit_entry t")
          .key("id", "id")
          .time("createdDateTime", "created_date_time")
          .text("action", "action")
          .text("targetKind", "target_kind")
          .text("targetId", "target_id")
          .text("outcome", "outcome")
          .text("actorKind", "actor_kind")
          .text("appId", "app_id")
          .text("appDisplayName", "app_name")
          .text("userId", "user_id")
          .text("userDisplayName", "user_name")
          .text("detail", "t.detail::text")
          .integer("occurrenceCount", "occurrences")
          .options(Option.FILTER, Option.SELECT, Option.ORDERBY, Option.TOP, Option.COUNT)
          .filterable("createdDateTime")
          .filterable("action")
          .filterable("targetKind")
          .filterable("targetId")
          .filterable("outcome")
          .filterable("actorKind")
          .filterable("appId")
          .filterable("userId")
          .sortable("createdDateTime")
          .orderBy("createdDateTime desc")
          .neverNull("createdDateTime")
          .page(100, 999, AboveMaximum.CAP)
          .build();

  static final Resource CLIENTS =
      Resource.of("fettle.client")
          .from("identity_client t")
          .key("id", "client_id")
          .text("displayName", "name")
          .texts("permissions", "permissions")
          .time("createdDateTime", "created_date_time")
          .alwaysNull("secret")
          .options(Option.FILTER, Option.SELECT, Option.ORDERBY, Option.TOP, Option.COUNT)
          .filterable("displayName")
          .sortable("displayName", "createdDateTime")
          .orderBy("displayName")
          .neverNull("displayName", "createdDateTime")
          .page(100, 999, AboveMaximum.CAP)
          .build();

  private AdminResources() {}
}
