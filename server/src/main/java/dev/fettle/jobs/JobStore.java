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
   * The time at which a job is to run.
   *
   * @param at by the server's clock
   * @param in after what time, whatever the server's clock does meanwhile
   */
  record Due(Instant at, Duration in) {
    /** {@link #in} in the words of PostgreSQL. */
    String interval() {
      return Math.max(0, in.toMillis()) + " milliseconds";
    }
  }

  private static final Sql ASK =
      Sql.of(
          """
          insert into jobs_job (tenant_id, kind, job_key, due_at, due_by, noted_at)
          values (:tenantId, :kind, :key, :at, now() + :wait::interval, now())
          on conflict (tenant_id, kind, job_key)
          do update set due_at = least(jobs_job.due_at, excluded.due_at),
            due_by = least(jobs_job.due_by, excluded.due_by), noted_at = excluded.noted_at
          """);

  private static final Sql PLANT =
      Sql.of(
          """
          insert into jobs_job (tenant_id, kind, job_key, due_at, due_by, noted_at)
          values ('', :kind, '', :at, now(), now())
          on conflict (tenant_id, kind, job_key) do nothing
          """);

  private static final String CLAIM =
      """
      update jobs_job set due_at = null, due_by = null, noted_at = null,
        lease_owner = :owner, lease_renewals = 0
      where (tenant_id, kind, job_key) = (
        select tenant_id, kind, job_key from jobs_job
        where kind = any(:kinds) and lease_owner is null and (due_at <= :now%s)
        order by due_by
        limit 1
        for update skip locked)
      returning tenant_id, kind, job_key as key, lease_owner as owner, failures
      """;

  private static final Sql CLAIM_BY_CLOCK = Sql.of(CLAIM.formatted(""));

  /** Or noted a minute ahead of the database's clock, which has been set back since. */
  private static final Sql CLAIM_BY_ANY_TIME =
      Sql.of(CLAIM.formatted(" or due_by <= now() or noted_at > now() + interval '1 minute'"));

  private static final Sql RENEW =
      Sql.of(
          """
          update jobs_job set lease_renewals = lease_renewals + 1
          where lease_owner = any(:owners)
          """);

  private static final Sql LEASES =
      Sql.of(
          """
          select lease_owner as owner, lease_renewals as renewals from jobs_job
          where lease_owner is not null
          """);

  private static final Sql END_LEASES =
      Sql.of(
          """
          update jobs_job set lease_owner = null, due_at = '-infinity', due_by = '-infinity',
            noted_at = now()
          where lease_owner is not null
          """);

  private static final Sql END_LEASE =
      END_LEASES.append(Sql.of("and lease_owner = :owner and lease_renewals = :renewals"));

  private static final Sql DELETE_UNLESS_ASKED_AGAIN =
      Sql.of(
          """
          delete from jobs_job
          where tenant_id = :tenantId and kind = :kind and job_key = :key and lease_owner = :owner
            and due_at is null
          """);

  private static final Sql RELEASE =
      Sql.of(
          """
          update jobs_job
          set lease_owner = null, failures = :failures, last_problem = :problem,
            due_at = least(due_at, :at), due_by = least(due_by, now() + :wait::interval),
            noted_at = now()
          where tenant_id = :tenantId and kind = :kind and job_key = :key and lease_owner = :owner
          """);

  private final Db db;

  JobStore(Db db) {
    this.db = db;
  }

  void ask(Tx tx, String kind, JobKey job, Due due) {
    tx.update(ASK.with("kind", kind).with(job).with("at", due.at()).with("wait", due.interval()));
  }

  void plant(String kind, Instant due) {
    db.statement(tx -> tx.update(PLANT.with("kind", kind).with("at", due)));
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
      Sql statement, Collection<String> kinds, String owner, Instant now) {
    Sql claim = statement.with("kinds", List.copyOf(kinds)).with("owner", owner).with("now", now);
    return db.statement(tx -> tx.one(claim, Leased.class));
  }

  void endLeases() {
    db.statement(tx -> tx.update(END_LEASES));
  }

  /** Ends a lease that has not been renewed since; false if it was. */
  boolean endLease(Lease lease) {
    return db.statement(tx -> tx.update(END_LEASE.with(lease))) == 1;
  }

  List<Lease> leases() {
    return db.statement(tx -> tx.list(LEASES, Lease.class));
  }

  void renew(Collection<String> owners) {
    if (!owners.isEmpty()) {
      db.statement(tx -> tx.update(RENEW.with("owners", List.copyOf(owners))));
    }
  }

  /** Ends a run for good; false if the lease was lost meanwhile. */
  boolean finish(Leased run) {
    return db.tx(
        tx ->
            tx.update(DELETE_UNLESS_ASKED_AGAIN.with(run)) == 1
                || tx.update(release(run, 0, null).with("at", null).with("wait", null)) == 1);
  }

  /** Ends a run that is to come again; false if the lease was lost meanwhile. */
  boolean again(Leased run, int failures, @Nullable String problem, Due due) {
    Sql release = release(run, failures, problem).with("at", due.at()).with("wait", due.interval());
    return db.statement(tx -> tx.update(release)) == 1;
  }

  private static Sql release(Leased run, int failures, @Nullable String problem) {
    return RELEASE.with(run).with("failures", failures).with("problem", problem);
  }
}
