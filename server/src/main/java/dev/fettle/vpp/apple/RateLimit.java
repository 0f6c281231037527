package dev.fettle.vpp.apple;

import java.util.concurrent.Semaphore;

/**
 * The pace of one library's requests: so many a second, evenly, at most five at once, and none
 * before the time that Apple asked to wait for. Times are those of {@link System#nanoTime}, which
 * does not jump when somebody sets the clock.
 */
final class RateLimit {

  private static final int AT_ONCE = 5;

  final Semaphore places = new Semaphore(AT_ONCE, true);
  private boolean begun;
  private long next;

  /** Takes the next place in the row; answers how many nanoseconds it is until then. */
  synchronized long reserve(long now, int perSecond) {
    long mine = begun && next - now > 0 ? next : now;
    begun = true;
    next = mine + 1_000_000_000L / Math.max(1, perSecond);
    return mine - now;
  }

  /** Lets nobody go before that time. */
  synchronized void hold(long until) {
    if (!begun || until - next > 0) {
      begun = true;
      next = until;
    }
  }
}
