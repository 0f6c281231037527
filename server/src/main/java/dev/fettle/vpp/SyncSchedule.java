package dev.fettle.vpp;

import dev.fettle.db.Tx;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import java.time.Duration;
import java.time.Instant;

/** When vppTokens are synced. Who asks need not know what a sync is: that room stands above. */
final class SyncSchedule {

  /** The kind under which syncs are asked for. */
  static final String KIND = "vpp.sync";

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SOONEST_DAILY = Duration.ofHours(12);

  private SyncSchedule() {}

  /** Asks for a sync, in the transaction that makes it needed. */
  static void ask(Jobs jobs, Tx tx, String tenantId, String tokenId, Instant when) {
    jobs.ask(tx, KIND, new JobKey(tenantId, tokenId), when);
  }

  /**
   * When the daily sync comes next: each library has its own time of the day, so that they are
   * spread, and none comes within half a day.
   */
  static Instant nextDaily(String key, Instant now) {
    long offset = Math.floorMod(key.hashCode() * 2_654_435_761L, DAY.toSeconds());
    long earliest = now.plus(SOONEST_DAILY).getEpochSecond();
    long day = Math.floorDiv(earliest - offset, DAY.toSeconds()) + 1;
    return Instant.ofEpochSecond(day * DAY.toSeconds() + offset);
  }
}
