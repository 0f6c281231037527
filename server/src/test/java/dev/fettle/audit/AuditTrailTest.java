package dev.fettle.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@WithPostgres
class AuditTrailTest {

  private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");

  private final Db db;
  private final String tenant = UUID.randomUUID().toString();
  private final Caller app =
      new Caller(
          tenant, Caller.Kind.APPLICATION, "app-1", "Updater", null, null, Set.of("Device.Read"));

  AuditTrailTest(Db db) {
    this.db = db;
  }

  @Test
  void an_entry_is_written_with_its_change_by_one_statement() {
    long before = db.statements();

    db.tx(
        tx -> {
          trail(NOW)
              .record(
                  tx,
                  app,
                  "updateSoftware",
                  "device",
                  "d1",
                  AuditTrail.SUCCEEDED,
                  Json.object().put("softwareType", "teamsClient"));
          return true;
        });

    assertThat(db.statements() - before).isEqualTo(1);
    assertThat(entries())
        .containsExactly("updateSoftware device/d1 succeeded by application app-1");
  }

  @Test
  void an_entry_vanishes_with_a_change_that_is_rolled_back() {
    assertThatThrownBy(
            () ->
                db.tx(
                    tx -> {
                      trail(NOW)
                          .record(tx, app, "restart", "device", "d1", AuditTrail.SUCCEEDED, null);
                      throw new Refusal(Reason.conflict("already running"));
                    }))
        .isInstanceOf(Refusal.class);

    assertThat(entries()).isEmpty();
  }

  @Test
  void a_refusal_is_kept_with_its_reason() {
    trail(NOW).refused(app, "restart", "device", "d1", Reason.forbidden("Missing role"));

    assertThat(entries()).containsExactly("restart device/d1 refused by application app-1");
    Optional<String> reason =
        db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            "select detail->>'reason' as reason from audit_entry where tenant_id ="
                                + " :tenantId")
                        .with("tenantId", tenant),
                    row -> row.text("reason")));
    assertThat(reason).contains("Missing role");
  }

  @Test
  void the_server_itself_is_an_actor_too() {
    db.tx(
        tx -> {
          trail(NOW)
              .recordServer(
                  tx, tenant, "vpp.sync", "sync", "vppToken", "t1", AuditTrail.FAILED, null);
          return true;
        });

    assertThat(entries()).containsExactly("sync vppToken/t1 failed by server vpp.sync");
  }

  @Test
  void only_entries_past_their_time_are_forgotten() {
    trail(NOW.minus(Duration.ofDays(31)))
        .refused(app, "old", "device", "d1", Reason.forbidden("no"));
    trail(NOW.minus(Duration.ofDays(29)))
        .refused(app, "young", "device", "d1", Reason.forbidden("no"));

    assertThat(trail(NOW).forgetOld()).isTrue();

    assertThat(entries()).containsExactly("young device/d1 refused by application app-1");
  }

  // A step removed five thousand entries and the next came an hour later: a trail that grew faster
  // than that grew for ever.
  @Test
  void old_entries_are_removed_until_none_is_left_and_each_step_ends_in_time() {
    db.tx(
        tx ->
            tx.update(
                Sql.of(
                        """
                        insert into audit_entry (tenant_id, id, created_date_time, action, target_kind,
                          target_id, outcome, actor_kind, app_id)
                        select :tenantId, 'old-' || n, :created, 'old', 'device', 'd1', 'succeeded', 'server',
                          'vpp.sync'
                        from generate_series(1, 21000) n
                        """)
                    .with("tenantId", tenant)
                    .with("created", NOW.minus(Duration.ofDays(31)))));

    AtomicLong slow = new AtomicLong();
    AuditTrail ofASlowDatabase =
        new AuditTrail(
            db,
            InstantSource.fixed(NOW),
            () -> slow.addAndGet(Duration.ofSeconds(15).toNanos()),
            Ids.random(),
            Duration.ofDays(30));
    assertThat(ofASlowDatabase.forgetOld()).as("there is more").isFalse();
    assertThat(entries()).hasSize(11_000);

    assertThat(trail(NOW).forgetOld()).isTrue();
    assertThat(entries()).isEmpty();
  }

  // One program that asked again and again with a token that may not filled the trail.
  @Test
  void equal_refusals_within_a_minute_are_one_entry_with_their_number() {
    AtomicLong nanos = new AtomicLong();
    AuditTrail trail = trail(nanos);
    trail.refused(app, "restart", "device", "d1", Reason.forbidden("no"));
    long before = db.statements();
    for (int i = 0; i < 500; i++) {
      trail.refused(app, "restart", "device", "d1", Reason.forbidden("no"));
    }
    assertThat(db.statements()).as("a refusal that was had before costs none").isEqualTo(before);
    trail.refused(app, "restart", "device", "d2", Reason.forbidden("no"));
    trail.refused(app, "restart", "device", "d1", Reason.forbidden("for another reason"));
    trail.refused(user("megan"), "restart", "device", "d1", Reason.forbidden("no"));
    trail.writeCounts();
    assertThat(occurrences()).containsExactly(1, 1, 1, 501);

    trail.refused(app, "restart", "device", "d1", Reason.forbidden("no"));
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    trail.writeCounts();
    assertThat(occurrences()).containsExactly(1, 1, 1, 502);
    trail.refused(app, "restart", "device", "d1", Reason.forbidden("no"));
    trail.writeCounts();
    assertThat(occurrences()).as("the next minute has its own").containsExactly(1, 1, 1, 1, 502);
  }

  @Test
  void who_varies_what_is_refused_fills_neither_the_trail_nor_the_memory() {
    AuditTrail trail = trail(new AtomicLong());
    for (int i = 0; i < 2_000; i++) {
      trail.refused(app, "restart", "device", "made-up-" + i, Reason.forbidden("no"));
    }
    trail.refused(user("megan"), "restart", "device", "d1", Reason.forbidden("no"));
    trail.writeCounts();

    List<String> entries = entries();
    assertThat(entries).hasSize(RefusalCounts.MOST_OF_A_CALLER + 2);
    assertThat(entries).contains("restart device/ refused by application app-1");
    assertThat(entries)
        .as("another's is kept apart")
        .contains("restart device/d1 refused by user app-1");
    assertThat(occurrences()).endsWith(2_000 - RefusalCounts.MOST_OF_A_CALLER);
  }

  @Test
  void many_callers_together_do_not_fill_the_memory_either() {
    AtomicLong nanos = new AtomicLong();
    RefusalCounts counts = new RefusalCounts(nanos::get, 10);
    List<RefusalCounts.Refused> written = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      counts
          .count(
              new RefusalCounts.Refused(
                  RefusalCounts.Actor.of(user("user-" + i)), "restart", "device", "d1", "no"),
              "entry-" + i)
          .ifPresent(
              refused -> {
                written.add(refused);
                counts.stored(refused);
              });
    }
    assertThat(written).hasSize(11);
    assertThat(written.getLast().actor()).isEqualTo(RefusalCounts.Actor.server(tenant, "audit"));
    List<RefusalCounts.More> more = new ArrayList<>();
    counts.write(more::addAll);
    assertThat(more).containsExactly(new RefusalCounts.More(tenant, "entry-10", 39));

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    counts.write(more::addAll);
    assertThat(
            counts.count(
                new RefusalCounts.Refused(
                    RefusalCounts.Actor.of(user("user-20")), "restart", "device", "d1", "no"),
                "entry-60"))
        .as("what is over is let go of")
        .get()
        .extracting(refused -> refused.actor().userId())
        .isEqualTo("user-20");
  }

  // The number stays where it was when the database is away, and is written when it is back.
  @Test
  void a_count_that_cannot_be_written_is_written_later() {
    RefusalCounts counts = new RefusalCounts(() -> 0, 10);
    RefusalCounts.Refused refused =
        new RefusalCounts.Refused(RefusalCounts.Actor.of(app), "restart", "device", "d1", "no");
    assertThat(counts.count(refused, "entry")).contains(refused);
    assertThat(counts.count(refused, "another")).isEmpty();
    counts.write(
        more -> {
          throw new AssertionError("nothing can be added to an entry that is not there yet");
        });
    counts.stored(refused);
    assertThatThrownBy(
            () ->
                counts.write(
                    any -> {
                      throw new Refusal(Reason.conflict("away"));
                    }))
        .isInstanceOf(Refusal.class);
    List<RefusalCounts.More> more = new ArrayList<>();
    counts.write(more::addAll);
    counts.write(more::addAll);
    assertThat(more).containsExactly(new RefusalCounts.More(tenant, "entry", 1));

    counts.forget(refused);
    assertThat(counts.count(refused, "once more")).contains(refused);
  }

  private Caller user(String id) {
    return new Caller(tenant, Caller.Kind.DELEGATED, "app-1", "Updater", id, id, Set.of());
  }

  private AuditTrail trail(AtomicLong nanos) {
    return new AuditTrail(
        db, InstantSource.fixed(NOW), nanos::get, Ids.random(), Duration.ofDays(30));
  }

  private List<Integer> occurrences() {
    return db.statement(
        tx ->
            tx.list(
                Sql.of(
                        "select occurrences from audit_entry where tenant_id = :tenantId order by"
                            + " occurrences")
                    .with("tenantId", tenant),
                row -> row.integer("occurrences")));
  }

  private AuditTrail trail(Instant now) {
    return new AuditTrail(db, InstantSource.fixed(now), Ids.random(), Duration.ofDays(30));
  }

  private List<String> entries() {
    return db.statement(
        tx ->
            tx.list(
                Sql.of(
                        "select * from audit_entry where tenant_id = :tenantId order by"
                            + " created_date_time")
                    .with("tenantId", tenant),
                row ->
                    row.text("action")
                        + " "
                        + row.text("target_kind")
                        + "/"
                        + row.text("target_id")
                        + " "
                        + row.text("outcome")
                        + " by "
                        + row.text("actor_kind")
                        + " "
                        + row.text("app_id")));
  }
}
