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
    db.<Boolean>tx(
        tx -> {
          AppSettingsStore.change(tx, caller.tenantId(), change);
          audit.record(
              tx,
              caller,
              "changeAppSettings",
              "tenant",
              caller.tenantId(),
              AuditTrail.SUCCEEDED,
              detail);
          if (Boolean.TRUE.equals(change.automaticUpgrades())) {
            installations.followAll(tx, caller.tenantId());
          }
          return true;
        });
  }

  /** The rows of the switches. */
  private static final class AppSettingsStore {

    private static final String CHANGE =
        """
        insert into teams_settings as s (
          tenant_id, allow_user_requests, user_consent_enabled, chat_consent_enabled,
          automatic_upgrades)
        values (?, coalesce(?::boolean, false), coalesce(?::boolean, true),
          coalesce(?::boolean, true), coalesce(?::boolean, false))
        on conflict (tenant_id) do update set
          allow_user_requests = coalesce(?::boolean, s.allow_user_requests),
          user_consent_enabled = coalesce(?::boolean, s.user_consent_enabled),
          chat_consent_enabled = coalesce(?::boolean, s.chat_consent_enabled),
          automatic_upgrades = coalesce(?::boolean, s.automatic_upgrades)
        """;

    private AppSettingsStore() {}

    static void change(Tx tx, String tenantId, Change change) {
      int _ =
          tx.update(
              Sql.of(
                  CHANGE,
                  tenantId,
                  change.allowUserRequests(),
                  change.userConsentEnabled(),
                  change.chatConsentEnabled(),
                  change.automaticUpgrades(),
                  change.allowUserRequests(),
                  change.userConsentEnabled(),
                  change.chatConsentEnabled(),
                  change.automaticUpgrades()));
    }
  }
}
