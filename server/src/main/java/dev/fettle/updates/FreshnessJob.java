package dev.fettle.updates;

import dev.fettle.db.Tx;
import dev.fettle.devices.Devices;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.jobs.Next;
import java.time.Duration;
import java.time.Instant;

/**
 * The work that computes anew how fresh the software of a tenant's devices is, after releases came
 * or went. Whoever changes them waits for it; a job, which the transaction of the change asks for,
 * does it even if the server dies meanwhile.
 */
public final class FreshnessJob {

  private static final String KIND = "updates.freshness";

  /** By then the one who waits is done, and there is nothing left to write. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Devices devices;
  private final Jobs jobs;

  /** Registers its background work. */
  public FreshnessJob(Devices devices, Jobs jobs) {
    this.devices = devices;
    this.jobs = jobs;
    jobs.keyed(KIND, this::step);
  }

  /** Asks for the work, as part of the change. */
  void schedule(Tx tx, String tenantId, Instant now) {
    jobs.ask(tx, KIND, new JobKey(tenantId, ""), now.plus(AGAIN));
  }

  /** Does the work, after the change. */
  void recompute(String tenantId) {
    devices.availableVersionsChanged(tenantId);
  }

  private Next step(JobKey job, Instant now) {
    recompute(job.tenantId());
    return Next.done();
  }
}
