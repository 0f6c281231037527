package dev.fettle.audit;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes audit entries. Safe for concurrent use; one statement an entry. */
public final class AuditTrail {

  /** The outcome of a change that was made. */
  public static final String SUCCEEDED = "succeeded";

  /** The outcome of an action that was tried and did not work. */
  public static final String FAILED = "failed";

  /** The outcome of an action that the caller may not do. */
  public static final String REFUSED = "refused";

  private static final int FORGET_AT_ONCE = 5_000;

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final Duration keep;

  /**
   * A trail of the given length.
   *
   * @param keep for how long entries are kept
   */
  public AuditTrail(Db db, InstantSource clock, Ids ids, Duration keep) {
    this.db = db;
    this.clock = clock;
    this.ids = ids;
    this.keep = keep;
  }

  /**
   * Adds an entry about a caller to the change's own transaction.
   *
   * @param action what was done, such as {@code updateSoftware}
   * @param targetKind what it was done to, such as {@code device}
   * @param detail more about it, without secrets
   */
  public void record(
      Tx tx,
      Caller caller,
      String action,
      String targetKind,
      String targetId,
      String outcome,
      @Nullable JsonNode detail) {
    insert(
        tx,
        entry(
            new AuditEntry(caller.tenantId(), action, targetKind, targetId, outcome),
            detail,
            kind(caller),
            caller));
  }

  /**
   * The statement that adds an entry about a caller if a change was made: for a change that is one
   * statement with it, and may find nothing to change.
   *
   * @param changed the common table expression that has one row if the change was made, else none
   * @param detail an expression of the type jsonb, without secrets
   */
  public Sql entryIf(
      String changed,
      Caller caller,
      String action,
      String targetKind,
      String targetId,
      String outcome,
      Sql detail) {
    return values(
            INSERT + "select " + MARKS,
            new AuditEntry(caller.tenantId(), action, targetKind, targetId, outcome),
            kind(caller),
            caller)
        .append(detail)
        .append(" from " + changed);
  }

  private static String kind(Caller caller) {
    return caller.kind() == Caller.Kind.APPLICATION ? "application" : "user";
  }

  /**
   * Adds an entry about something that the server did on its own, such as a sync or a deadline.
   *
   * @param part which part of the server, such as {@code vpp.sync}
   */
  public void recordServer(
      Tx tx,
      String tenantId,
      String part,
      String action,
      String targetKind,
      String targetId,
      String outcome,
      @Nullable JsonNode detail) {
    insert(
        tx,
        entry(
            new AuditEntry(tenantId, action, targetKind, targetId, outcome),
            detail,
            "server",
            new Caller(
                tenantId, Caller.Kind.APPLICATION, part, null, null, null, java.util.Set.of())));
  }

  /**
   * Adds an entry about a refusal, in a transaction of its own. Not to be called within another.
   *
   * @param reason why; its message becomes the entry's detail
   */
  public void refused(
      Caller caller, String action, String targetKind, String targetId, Reason reason) {
    ObjectNode detail = Json.object().put("reason", reason.message());
    db.read(
        tx -> {
          record(tx, caller, action, targetKind, targetId, REFUSED, detail);
          return true;
        });
  }

  /**
   * Removes entries that are older than the trail is long, in portions.
   *
   * @return how many were removed; call again while it is not 0
   */
  public int forgetOld() {
    return db.<Integer>read(
        tx -> tx.update(Sql.of(FORGET, clock.instant().minus(keep), FORGET_AT_ONCE)));
  }

  private record AuditEntry(
      String tenantId, String action, String targetKind, String targetId, String outcome) {}

  private static final String INSERT =
      """
      insert into audit_entry (
        tenant_id, id, created_date_time, action, target_kind, target_id, outcome,
        actor_kind, app_id, app_name, user_id, user_name, detail)
      """;

  private static final String MARKS = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ";

  private static final String FORGET =
      """
      delete from audit_entry where (tenant_id, id) in (
        select tenant_id, id from audit_entry where created_date_time < ?
        order by created_date_time limit ?)
      """;

  private static void insert(Tx tx, Sql entry) {
    if (tx.update(entry) != 1) {
      throw new IllegalStateException("an audit entry was not written");
    }
  }

  private Sql entry(AuditEntry entry, @Nullable JsonNode detail, String actorKind, Caller actor) {
    return values(INSERT + "values (" + MARKS, entry, actorKind, actor).append("?)", detail);
  }

  private Sql values(String insert, AuditEntry entry, String actorKind, Caller actor) {
    return Sql.of(
        insert,
        entry.tenantId(),
        ids.guid(),
        clock.instant(),
        entry.action(),
        entry.targetKind(),
        entry.targetId(),
        entry.outcome(),
        actorKind,
        actor.appId(),
        actor.appName(),
        actor.userId(),
        actor.userName());
  }
}
