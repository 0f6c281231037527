package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.vpp.apple.Assignment;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/** The statements of {@code vpp_revocation}, and of the places where revocations are shown. */
final class RevocationStore {

  private static final Sql INSERT =
      Sql.of(
          """
          insert into vpp_revocation (tenant_id, id, token_id, app_id, action_name, holder_kind,
            holder, untracked, state, failure_reason, total, failed, event_ids,
            started_date_time, last_updated_date_time)
          values (:tenantId, :id, :tokenId, :appId, :actionName, :holderKind, :holder, :untracked,
            :state, :failureReason, :total, :failed, :eventIds, :startedDateTime,
            :lastUpdatedDateTime)
          """);

  private static final Sql FIND =
      Sql.of("select * from vpp_revocation where tenant_id = :tenantId and id = :id");

  private static final Sql SAVE =
      Sql.of(
          """
          update vpp_revocation set state = :state, failure_reason = :failureReason,
            total = :total, failed = :failed, event_ids = :eventIds, events_since = :eventsSince,
            last_updated_date_time = :lastUpdatedDateTime
          where tenant_id = :tenantId and id = :id
          """);

  private static final Sql RECENT_OF_TOKEN =
      Sql.of(
          """
          select * from vpp_revocation
          where tenant_id = :tenantId and token_id = :tokenId and app_id is null
          order by started_date_time desc, id limit 20
          """);

  private static final Sql RECENT_OF_APP =
      Sql.of(
          """
          select * from vpp_revocation where tenant_id = :tenantId and app_id = :appId
          order by started_date_time desc, id limit 20
          """);

  private static final Sql WAITING =
      Sql.of(
          """
          select id from vpp_revocation
          where tenant_id = :tenantId and token_id = :tokenId and :eventId = any(event_ids)
          """);

  private static final Sql SHOW_OF_TOKEN =
      Sql.of(
          """
          update vpp_token set token_action_results = :results, last_modified_date_time = :now
          where tenant_id = :tenantId and id = :tokenId
          """);

  private static final Sql SHOW_OF_APP =
      Sql.of(
          """
          update vpp_app set revoke_results = :results
          where tenant_id = :tenantId and id = :appId
          """);

  private static final Sql IS_TOKEN =
      Sql.of("select 1 from vpp_token where tenant_id = :tenantId and id = :tokenId");

  private static final Sql TOKENS_OF_DEVICE =
      Sql.of(
          """
          select distinct token_id from vpp_licence
          where tenant_id = :tenantId and holder_kind = 'device' and holder = :serialNumber
          order by token_id
          """);

  private static final Sql TRACKED =
      Sql.of(
          """
          select adam_id, pricing, holder_kind as kind, holder as id from vpp_licence
          where tenant_id = :tenantId and token_id = :tokenId
          order by adam_id, pricing, holder_kind, holder
          """);

  private RevocationStore() {}

  static boolean isToken(Tx tx, String tenantId, String tokenId) {
    Sql isToken = IS_TOKEN.with("tenantId", tenantId).with("tokenId", tokenId);
    return tx.one(isToken, Integer.class).isPresent();
  }

  static int insert(Tx tx, String tenantId, Revocation one) {
    return tx.update(INSERT.with(one).with("tenantId", tenantId));
  }

  static Optional<Revocation> find(Tx tx, String tenantId, String id) {
    return tx.one(FIND.with("tenantId", tenantId).with("id", id), Revocation.class);
  }

  static int save(Tx tx, String tenantId, Revocation one) {
    return tx.update(SAVE.with(one).with("tenantId", tenantId));
  }

  /** The revocations that wait for an event of Apple's. */
  static List<String> waitingFor(Tx tx, NotifiedToken token, String eventId) {
    return tx.list(WAITING.with(token).with("eventId", eventId), String.class);
  }

  /** Writes how things stand where Graph shows it: at the vppToken or the app that it is about. */
  static int show(Tx tx, String tenantId, Revocation one) {
    boolean ofToken = one.appId() == null;
    Sql recent = (ofToken ? RECENT_OF_TOKEN : RECENT_OF_APP).with(one).with("tenantId", tenantId);
    List<Revocation> all = tx.list(recent, Revocation.class);
    ArrayNode results = ofToken ? RevocationJson.ofToken(all) : RevocationJson.ofApp(all);
    Sql show = (ofToken ? SHOW_OF_TOKEN : SHOW_OF_APP).with(one).with("tenantId", tenantId);
    return tx.update(
        ofToken
            ? show.with("results", results).with("now", PreciseTime.of(one.lastUpdatedDateTime()))
            : show.with("results", results));
  }

  /** The vppTokens of which a device holds licences. */
  static List<String> tokensOf(Tx tx, String tenantId, String serialNumber) {
    Sql tokens = TOKENS_OF_DEVICE.with("tenantId", tenantId);
    return tx.list(tokens.with("serialNumber", serialNumber), String.class);
  }

  /** The licences that this service knows to be in somebody's hands. */
  static List<Assignment> tracked(Tx tx, String tenantId, String tokenId) {
    return tx.list(TRACKED.with("tenantId", tenantId).with("tokenId", tokenId), Assignment.class);
  }
}
