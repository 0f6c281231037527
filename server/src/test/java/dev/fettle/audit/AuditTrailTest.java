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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
        db.read(
            tx ->
                tx.one(
                    Sql.of(
                        "select detail->>'reason' as reason from audit_entry where tenant_id = ?",
                        tenant),
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

    assertThat(trail(NOW).forgetOld()).isEqualTo(1);
    assertThat(trail(NOW).forgetOld()).isZero();

    assertThat(entries()).containsExactly("young device/d1 refused by application app-1");
  }

  private AuditTrail trail(Instant now) {
    return new AuditTrail(db, InstantSource.fixed(now), Ids.random(), Duration.ofDays(30));
  }

  private List<String> entries() {
    return db.read(
        tx ->
            tx.list(
                Sql.of(
                    "select * from audit_entry where tenant_id = ? order by created_date_time",
                    tenant),
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
