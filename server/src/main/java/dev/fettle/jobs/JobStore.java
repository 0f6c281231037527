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

  private static final String ASK =
      """
      insert into jobs_job (tenant_id, kind, job_key, due_at) values (?, ?, ?, ?)
      on conflict (tenant_id, kind, job_key)
      do update set due_at = least(jobs_job.due_at, excluded.due_at)
      """;

  private static final String PLANT =
      """
      insert into jobs_job (tenant_id, kind, job_key, due_at) values ('', ?, '', ?)
      on conflict (tenant_id, kind, job_key) do nothing
      """;

  /** Due and not held, or held by somebody whose lease ran out: that one died in the middle. */
  private static final String CLAIM =
      """
      update jobs_job set due_at = null, lease_owner = ?, lease_until = now() + ?::interval
      where (tenant_id, kind, job_key) = (
        select tenant_id, kind, job_key from jobs_job
        where kind = any(?)
          and ((due_at <= ? and lease_until is null) or lease_until < now())
        order by coalesce(due_at, lease_until)
        limit 1
        for update skip locked)
      returning tenant_id, kind, job_key, failures
      """;

  private static final String RENEW =
      "update jobs_job set lease_until = now() + ?::interval where lease_owner = any(?)";

  private static final String END_LEASES =
      "update jobs_job set lease_until = now() where lease_until is not null";

  private static final String DELETE_UNLESS_ASKED_AGAIN =
      """
      delete from jobs_job
      where tenant_id = ? and kind = ? and job_key = ? and lease_owner = ? and due_at is null
      """;

  private static final String RELEASE =
      """
      update jobs_job
      set lease_owner = null, lease_until = null, failures = ?, last_problem = ?,
        due_at = least(due_at, ?)
      where tenant_id = ? and kind = ? and job_key = ? and lease_owner = ?
      """;

  private final Db db;
  private final String lease;

  JobStore(Db db, Duration lease) {
    this.db = db;
    this.lease = lease.toMillis() + " milliseconds";
  }

  void ask(Tx tx, String kind, JobKey job, Instant due) {
    tx.update(Sql.of(ASK, job.tenantId(), kind, job.key(), due));
  }

  void plant(String kind, Instant due) {
    db.<Integer>tx(tx -> tx.update(Sql.of(PLANT, kind, due)));
  }

  Optional<Leased> claim(Collection<String> kinds, String owner, Instant now) {
    Sql claim = Sql.of(CLAIM, owner, lease, List.copyOf(kinds), now);
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

  void renew(Collection<String> owners) {
    if (!owners.isEmpty()) {
      db.<Integer>tx(tx -> tx.update(Sql.of(RENEW, lease, List.copyOf(owners))));
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
  boolean again(Leased run, int failures, @Nullable String problem, Instant when) {
    return db.<Boolean>tx(tx -> release(tx, run, failures, problem, when));
  }

  private static boolean release(
      Tx tx, Leased run, int failures, @Nullable String problem, @Nullable Instant when) {
    return tx.update(
            Sql.of(
                RELEASE,
                failures,
                problem,
                when,
                run.job().tenantId(),
                run.kind(),
                run.job().key(),
                run.owner()))
        == 1;
  }
}
