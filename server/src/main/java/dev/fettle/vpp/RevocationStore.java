package dev.fettle.vpp;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.vpp.apple.Assignment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of {@code vpp_revocation}. Keeps nothing; safe to share. */
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

  /**
   * One action that takes licences back.
   *
   * @param appId the app whose licences; null for all of the vppToken's
   * @param holderKind {@code user} or {@code device} if one holder's licence is meant
   */
  record Revocation(
      String id,
      String tokenId,
      @Nullable String appId,
      String actionName,
      @Nullable String holderKind,
      @Nullable String holder,
      boolean untracked,
      String state,
      String failureReason,
      int total,
      int failed,
      List<String> eventIds,
      @Nullable Instant eventsSince,
      Instant started,
      Instant updated) {

    Revocation {
      eventIds = List.copyOf(eventIds);
    }

    boolean isOver() {
      return state.equals("done") || state.equals("failed");
    }

    Revocation active(int newTotal, List<String> events, Instant now) {
      return new Revocation(
          id,
          tokenId,
          appId,
          actionName,
          holderKind,
          holder,
          untracked,
          "active",
          failureReason,
          newTotal,
          failed,
          events,
          now,
          started,
          now);
    }

    Revocation progressed(int newFailed, List<String> events, Instant now) {
      return new Revocation(
          id,
          tokenId,
          appId,
          actionName,
          holderKind,
          holder,
          untracked,
          state,
          failureReason,
          total,
          newFailed,
          events,
          eventsSince,
          started,
          now);
    }

    Revocation over(String newState, String reason, int newFailed, Instant now) {
      return new Revocation(
          id,
          tokenId,
          appId,
          actionName,
          holderKind,
          holder,
          untracked,
          newState,
          reason,
          Math.max(total, newFailed),
          newFailed,
          List.of(),
          eventsSince,
          started,
          now);
    }
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

  List<Revocation> recentOfToken(Tx tx, String tenantId, String tokenId) {
    return tx.list(Sql.of(RECENT_OF_TOKEN, tenantId, tokenId), RevocationStore::revocation);
  }

  List<Revocation> recentOfApp(Tx tx, String tenantId, String appId) {
    return tx.list(Sql.of(RECENT_OF_APP, tenantId, appId), RevocationStore::revocation);
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
                LibraryStore.target(row.text("holder_kind"), row.text("holder"))));
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
