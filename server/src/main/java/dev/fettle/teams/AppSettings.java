package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Changes the tenant's switches for apps. Safe for concurrent use. */
final class AppSettings {

  private final Db db;
  private final AuditTrail audit;
  private final Installations installations;

  AppSettings(Db db, AuditTrail audit, Installations installations) {
    this.db = db;
    this.audit = audit;
    this.installations = installations;
  }

  /** Null leaves a switch as it is. */
  record Change(
      @Nullable Boolean allowUserRequests,
      @Nullable Boolean userConsentEnabled,
      @Nullable Boolean chatConsentEnabled,
      @Nullable Boolean automaticUpgrades) {}

  void change(Caller caller, Change change, ObjectNode detail) {
    db.run(
        tx -> {
          String tenant = caller.tenantId();
          AppSettingsStore.change(tx, tenant, change);
          audit.record(
              tx, caller, "changeAppSettings", "tenant", tenant, AuditTrail.SUCCEEDED, detail);
          if (Boolean.TRUE.equals(change.automaticUpgrades())) {
            installations.followAll(tx, tenant);
          }
        });
  }

  /** The rows of the switches. */
  private static final class AppSettingsStore {

    private static final Sql CHANGE =
        Sql.of(
            """
            insert into teams_settings as s (
              tenant_id, allow_user_requests, user_consent_enabled, chat_consent_enabled,
              automatic_upgrades)
            values (:tenantId, coalesce(:allowUserRequests::boolean, false),
              coalesce(:userConsentEnabled::boolean, true),
              coalesce(:chatConsentEnabled::boolean, true),
              coalesce(:automaticUpgrades::boolean, false))
            on conflict (tenant_id) do update set
              allow_user_requests = coalesce(:allowUserRequests::boolean, s.allow_user_requests),
              user_consent_enabled = coalesce(:userConsentEnabled::boolean, s.user_consent_enabled),
              chat_consent_enabled = coalesce(:chatConsentEnabled::boolean, s.chat_consent_enabled),
              automatic_upgrades = coalesce(:automaticUpgrades::boolean, s.automatic_upgrades)
            """);

    private AppSettingsStore() {}

    static void change(Tx tx, String tenantId, Change change) {
      int _ = tx.update(CHANGE.with("tenantId", tenantId).with(change));
    }
  }
}
