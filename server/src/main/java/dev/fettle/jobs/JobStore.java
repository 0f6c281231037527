package dev.fettle.jobs;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of jobs. */
final class JobStore {
  /** A job that we hold the lease of. */
  record Leased(String kind, JobKey job, String owner, int failures) {}

  /** A lease that somebody holds, and how often it was renewed. */
  record Lease(String owner, int renewals) {}

  /**
   * When a job is to run.
   *
   * @param at by the server's clock
   * @param in after what time, whatever the server's clock does meanwhile
   */
  record Due(Instant at, Duration in) {}

  private static final String ASK =
      """
      insert into jobs_job (tenant_id, kind, job_key, due_at, due_by, noted_at)
      values (?, ?, ?, ?, now() + ?::interval, now())
      on conflict (tenant_id, kind, job_key)
      do update set due_at = least(jobs_job.due_at, excluded.due_at),
        due_by = least(jobs_job.due_by, excluded.due_by), noted_at = excluded.noted_at
      """;

  private static final String PLANT =
      """
      insert into jobs_job (tenant_id, kind, job_key, due_at, due_by, noted_at)
      values ('', ?, '', ?, now(), now())
      on conflict (tenant_id, kind, job_key) do nothing
      """;

  private static final String CLAIM =
      """
      update jobs_job set due_at = null, due_by = null, noted_at = null,
        lease_owner = ?, lease_renewals = 0
      where (tenant_id, kind, job_key) = (
        select tenant_id, kind, job_key from jobs_job
        where kind = any(?) and lease_owner is null and (due_at <= ?%s)
        order by due_by
        limit 1
        for update skip locked)
      returning tenant_id, kind, job_key, failures
      """;

  private static final String CLAIM_BY_CLOCK = CLAIM.formatted("");

  /** Or noted a minute ahead of the database's clock, which has been set back since. */
  private static final String CLAIM_BY_ANY_TIME =
      CLAIM.formatted(" or due_by <= now() or noted_at > now() + interval '1 minute'");

  private static final String RENEW =
      "update jobs_job set lease_renewals = lease_renewals + 1 where lease_owner = any(?)";

  private static final String LEASES =
      "select lease_owner, lease_renewals from jobs_job where lease_owner is not null";

  private static final String END_LEASES =
      """
      update jobs_job set lease_owner = null, due_at = '-infinity', due_by = '-infinity',
        noted_at = now()
      where lease_owner is not null
      """;

  private static final String END_LEASE = END_LEASES + "and lease_owner = ? and lease_renewals = ?";

  private static final String DELETE_UNLESS_ASKED_AGAIN =
      """
      delete from jobs_job
      where tenant_id = ? and kind = ? and job_key = ? and lease_owner = ? and due_at is null
      """;

  private static final String RELEASE =
      """
      update jobs_job
      set lease_owner = null, failures = ?, last_problem = ?, due_at = least(due_at, ?),
        due_by = least(due_by, now() + ?::interval), noted_at = now()
      where tenant_id = ? and kind = ? and job_key = ? and lease_owner = ?
      """;

  private final Db db;

  JobStore(Db db) {
    this.db = db;
  }

  void ask(Tx tx, String kind, JobKey job, Due due) {
    tx.update(Sql.of(ASK, job.tenantId(), kind, job.key(), due.at(), interval(due)));
  }

  void plant(String kind, Instant due) {
    db.<Integer>tx(tx -> tx.update(Sql.of(PLANT, kind, due)));
  }

  /** Takes a job that is due by the server's clock. */
  Optional<Leased> claimByClock(Collection<String> kinds, String owner, Instant now) {
    return claim(CLAIM_BY_CLOCK, kinds, owner, now);
  }

  /** Takes a job that is due by the server's clock, or has waited long enough by the database's. */
  Optional<Leased> claim(Collection<String> kinds, String owner, Instant now) {
    return claim(CLAIM_BY_ANY_TIME, kinds, owner, now);
  }

  private Optional<Leased> claim(
      String statement, Collection<String> kinds, String owner, Instant now) {
    Sql claim = Sql.of(statement, owner, List.copyOf(kinds), now);
    return db.tx(
        tx ->
            tx.one(
                claim,
                row ->
                    new Leased(
                        row.text("kind"),
                        new JobKey(row.text("tenant_id"), row.text("job_key")),
                        owner,
                        row.integer("failures"))));
  }

  void endLeases() {
    db.<Integer>tx(tx -> tx.update(Sql.of(END_LEASES)));
  }

  /** Ends a lease that has not been renewed since; false if it was. */
  boolean endLease(Lease lease) {
    return db.<Integer>tx(tx -> tx.update(Sql.of(END_LEASE, lease.owner(), lease.renewals()))) == 1;
  }

  List<Lease> leases() {
    return db.read(
        tx ->
            tx.list(
                Sql.of(LEASES),
                row -> new Lease(row.text("lease_owner"), row.integer("lease_renewals"))));
  }

  void renew(Collection<String> owners) {
    if (!owners.isEmpty()) {
      db.<Integer>tx(tx -> tx.update(Sql.of(RENEW, List.copyOf(owners))));
    }
  }

  /** Ends a run for good; false if the lease was lost meanwhile. */
  boolean finish(Leased run) {
    return db.<Boolean>tx(
        tx ->
            tx.update(
                        Sql.of(
                            DELETE_UNLESS_ASKED_AGAIN,
                            run.job().tenantId(),
                            run.kind(),
                            run.job().key(),
                            run.owner()))
                    == 1
                || release(tx, run, 0, null, null));
  }

  /** Ends a run that is to come again; false if the lease was lost meanwhile. */
  boolean again(Leased run, int failures, @Nullable String problem, Due due) {
    return db.<Boolean>tx(tx -> release(tx, run, failures, problem, due));
  }

  private static boolean release(
      Tx tx, Leased run, int failures, @Nullable String problem, @Nullable Due due) {
    return tx.update(
            Sql.of(
                RELEASE,
                failures,
                problem,
                due == null ? null : due.at(),
                due == null ? null : interval(due),
                run.job().tenantId(),
                run.kind(),
                run.job().key(),
                run.owner()))
        == 1;
  }

  private static String interval(Due due) {
    return Math.max(0, due.in().toMillis()) + " milliseconds";
  }
}
