package dev.fettle.audit;

import dev.fettle.audit.RefusalCounts.Actor;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes audit entries. Safe for concurrent use; one statement an entry, and none for a refusal
 * that equals one of the last minute.
 */
public final class AuditTrail {

  /** The outcome of a change that was made. */
  public static final String SUCCEEDED = "succeeded";

  /** The outcome of an action that was tried and did not work. */
  public static final String FAILED = "failed";

  /** The outcome of an action that the caller may not do. */
  public static final String REFUSED = "refused";

  /** The time between two writes of the counts of refusals. */
  public static final Duration COUNTED_EVERY = Duration.ofSeconds(5);

  private static final int FORGET_AT_ONCE = 5_000;
  private static final Duration LONGEST_STEP = Duration.ofSeconds(20);
  private static final int MOST_REFUSALS = 20_000;

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final Duration keep;
  private final LongSupplier nanos;
  private final RefusalCounts refusals;

  /**
   * A trail of the given length.
   *
   * @param keep for how long entries are kept
   */
  public AuditTrail(Db db, InstantSource clock, Ids ids, Duration keep) {
    this(db, clock, System::nanoTime, ids, keep);
  }

  AuditTrail(Db db, InstantSource clock, LongSupplier nanos, Ids ids, Duration keep) {
    this.db = db;
    this.clock = clock;
    this.ids = ids;
    this.keep = keep;
    this.nanos = nanos;
    this.refusals = new RefusalCounts(nanos, MOST_REFUSALS);
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
    insert(tx, entry(ids.guid(), Actor.of(caller), action, targetKind, targetId, outcome), detail);
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
    return ADD_IF
        .with(entry(ids.guid(), Actor.of(caller), action, targetKind, targetId, outcome))
        .append(detail)
        .append(Sql.of(" from " + changed));
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
    Actor server = Actor.server(tenantId, part);
    insert(tx, entry(ids.guid(), server, action, targetKind, targetId, outcome), detail);
  }

  /**
   * Adds an entry about a refusal, in a transaction of its own, or counts it in the entry of an
   * equal one of the last minute. Not to be called within another transaction.
   *
   * @param reason why; its message becomes the entry's detail
   */
  public void refused(
      Caller caller, String action, String targetKind, String targetId, Reason reason) {
    String id = ids.guid();
    refusals
        .count(
            new RefusalCounts.Refused(
                Actor.of(caller), action, targetKind, targetId, reason.message()),
            id)
        .ifPresent(first -> write(first, id));
  }

  private void write(RefusalCounts.Refused refused, String id) {
    boolean stored = false;
    try {
      AuditEntry entry =
          entry(
              id,
              refused.actor(),
              refused.action(),
              refused.targetKind(),
              refused.targetId(),
              REFUSED);
      ObjectNode detail = Json.object().put("reason", refused.reason());
      db.run(tx -> insert(tx, entry, detail));
      refusals.stored(refused);
      stored = true;
    } finally {
      if (!stored) {
        refusals.forget(refused);
      }
    }
  }

  /** Adds to the entries of refusals how many came since; for one thread at a time. */
  public void writeCounts() {
    refusals.write(
        more -> {
          Sql count =
              COUNT
                  .with("tenantIds", more.stream().map(RefusalCounts.More::tenantId).toList())
                  .with("ids", more.stream().map(RefusalCounts.More::entryId).toList())
                  .with(
                      "more",
                      more.stream().map(one -> Integer.toString(one.occurrences())).toList());
          db.statement(tx -> tx.update(count));
        });
  }

  /**
   * Removes entries that are older than the trail is long, in portions, for some seconds.
   *
   * @return whether all of them are gone; call again if not
   */
  public boolean forgetOld() {
    long began = nanos.getAsLong();
    Sql forget = FORGET.with("oldest", clock.instant().minus(keep)).with("most", FORGET_AT_ONCE);
    do {
      if (db.statement(tx -> tx.update(forget)) < FORGET_AT_ONCE) {
        return true;
      }
    } while (nanos.getAsLong() - began < LONGEST_STEP.toNanos());
    return false;
  }

  private record AuditEntry(
      Actor actor,
      String id,
      Instant createdDateTime,
      String action,
      String targetKind,
      String targetId,
      String outcome) {}

  private AuditEntry entry(
      String id, Actor actor, String action, String targetKind, String targetId, String outcome) {
    return new AuditEntry(actor, id, clock.instant(), action, targetKind, targetId, outcome);
  }

  private static final String INSERT =
      """
      insert into audit_entry (
        tenant_id, id, created_date_time, action, target_kind, target_id, outcome,
        actor_kind, app_id, app_name, user_id, user_name, detail)
      """;

  private static final String VALUES =
      """
      :tenantId, :id, :createdDateTime, :action, :targetKind, :targetId, :outcome,
        :kind, :appId, :appName, :userId, :userName, \
      """;

  private static final Sql ADD = Sql.of(INSERT + "values (" + VALUES + ":detail)");

  private static final Sql ADD_IF = Sql.of(INSERT + "select " + VALUES);

  private static final Sql COUNT =
      Sql.of(
          """
          update audit_entry e set occurrences = e.occurrences + m.more
          from unnest(:tenantIds::text[], :ids::text[], :more::text[]::integer[])
            m(tenant_id, id, more)
          where e.tenant_id = m.tenant_id and e.id = m.id
          """);

  /** In no order: sorting all that is old for each portion of it would take longer each time. */
  private static final Sql FORGET =
      Sql.of(
          """
          delete from audit_entry where (tenant_id, id) in (
            select tenant_id, id from audit_entry where created_date_time < :oldest limit :most)
          """);

  private static void insert(Tx tx, AuditEntry entry, @Nullable JsonNode detail) {
    if (tx.update(ADD.with(entry).with("detail", detail)) != 1) {
      throw new IllegalStateException("an audit entry was not written");
    }
  }
}
