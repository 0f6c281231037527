package dev.fettle.vpp;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.LicenceHolder;
import java.util.List;
import java.util.Optional;

/**
 * The statements of {@code vpp_revocation}, and of where revocations are shown. Keeps nothing; safe
 * to share.
 */
final class RevocationStore {

  private static final String INSERT =
      """
      insert into vpp_revocation (tenant_id, id, token_id, app_id, action_name, holder_kind, holder,
        untracked, state, failure_reason, total, failed, event_ids, started_date_time,
        last_updated_date_time)
      values (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 'none', 0, 0, '{}', ?, ?)
      """;

  private static final String FIND = "select * from vpp_revocation where tenant_id = ? and id = ?";

  private static final String SAVE =
      """
      update vpp_revocation set state = ?, failure_reason = ?, total = ?, failed = ?,
        event_ids = ?, events_since = ?, last_updated_date_time = ?
      where tenant_id = ? and id = ?
      """;

  private static final String RECENT_OF_TOKEN =
      """
      select * from vpp_revocation where tenant_id = ? and token_id = ? and app_id is null
      order by started_date_time desc, id limit 20
      """;

  private static final String RECENT_OF_APP =
      """
      select * from vpp_revocation where tenant_id = ? and app_id = ?
      order by started_date_time desc, id limit 20
      """;

  private static final String WAITING =
      """
      select id from vpp_revocation
      where tenant_id = ? and token_id = ? and ? = any(event_ids)
      """;

  private static final String SHOW_OF_TOKEN =
      """
      update vpp_token set token_action_results = ?, last_modified_date_time = ?
      where tenant_id = ? and id = ?
      """;

  private static final String SHOW_OF_APP =
      "update vpp_app set revoke_results = ? where tenant_id = ? and id = ?";

  private static final String IS_TOKEN =
      "select 1 as one from vpp_token where tenant_id = ? and id = ?";

  private static final String TOKENS_OF_DEVICE =
      """
      select distinct token_id from vpp_licence
      where tenant_id = ? and holder_kind = 'device' and holder = ? order by token_id
      """;

  private static final String TRACKED =
      """
      select adam_id, pricing, holder_kind, holder from vpp_licence
      where tenant_id = ? and token_id = ? order by adam_id, pricing, holder_kind, holder
      """;

  boolean isToken(Tx tx, String tenantId, String tokenId) {
    return tx.one(Sql.of(IS_TOKEN, tenantId, tokenId), row -> row.integer("one")).isPresent();
  }

  int insert(Tx tx, String tenantId, Revocation one) {
    return tx.update(
        Sql.of(
            INSERT,
            tenantId,
            one.id(),
            one.tokenId(),
            one.appId(),
            one.actionName(),
            one.holderKind(),
            one.holder(),
            one.untracked(),
            one.started(),
            one.updated()));
  }

  Optional<Revocation> find(Tx tx, String tenantId, String id) {
    return tx.one(Sql.of(FIND, tenantId, id), RevocationStore::revocation);
  }

  int save(Tx tx, String tenantId, Revocation one) {
    return tx.update(
        Sql.of(
            SAVE,
            one.state(),
            one.failureReason(),
            one.total(),
            one.failed(),
            one.eventIds(),
            one.eventsSince(),
            one.updated(),
            tenantId,
            one.id()));
  }

  /** Those that wait for that event of Apple's. */
  List<String> waitingFor(Tx tx, String tenantId, String tokenId, String eventId) {
    return tx.list(Sql.of(WAITING, tenantId, tokenId, eventId), row -> row.text("id"));
  }

  /** Writes how things stand where Graph shows it: at the vppToken or the app that it is about. */
  int show(Tx tx, String tenantId, Revocation one) {
    String appId = one.appId();
    return appId == null
        ? tx.update(
            Sql.of(
                SHOW_OF_TOKEN,
                RevocationJson.ofToken(
                    recent(tx, Sql.of(RECENT_OF_TOKEN, tenantId, one.tokenId()))),
                PreciseTime.of(one.updated()),
                tenantId,
                one.tokenId()))
        : tx.update(
            Sql.of(
                SHOW_OF_APP,
                RevocationJson.ofApp(recent(tx, Sql.of(RECENT_OF_APP, tenantId, appId))),
                tenantId,
                appId));
  }

  private static List<Revocation> recent(Tx tx, Sql recent) {
    return tx.list(recent, RevocationStore::revocation);
  }

  List<String> tokensOf(Tx tx, String tenantId, String serialNumber) {
    return tx.list(Sql.of(TOKENS_OF_DEVICE, tenantId, serialNumber), row -> row.text("token_id"));
  }

  /** The licences that this service knows to be in somebody's hands. */
  List<Assignment> tracked(Tx tx, String tenantId, String tokenId) {
    return tx.list(
        Sql.of(TRACKED, tenantId, tokenId),
        row ->
            new Assignment(
                row.text("adam_id"),
                row.text("pricing"),
                LicenceHolder.of(row.text("holder_kind"), row.text("holder"))));
  }

  private static Revocation revocation(Row row) {
    return new Revocation(
        row.text("id"),
        row.text("token_id"),
        row.textOrNull("app_id"),
        row.text("action_name"),
        row.textOrNull("holder_kind"),
        row.textOrNull("holder"),
        row.flag("untracked"),
        row.text("state"),
        row.text("failure_reason"),
        row.integer("total"),
        row.integer("failed"),
        row.texts("event_ids"),
        row.timeOrNull("events_since"),
        row.time("started_date_time"),
        row.time("last_updated_date_time"));
  }
}
