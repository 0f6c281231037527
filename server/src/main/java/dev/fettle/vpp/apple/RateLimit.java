package dev.fettle.vpp.apple;

import java.util.concurrent.Semaphore;

/**
 * The rate of one library's requests: so many a second, evenly, at most five at once, and none
 * before the time that Apple asked to wait for. Times are those of {@link System#nanoTime}, which
 * does not jump when somebody sets the clock.
 */
final class RateLimit {

  private static final int AT_ONCE = 5;

  final Semaphore places = new Semaphore(AT_ONCE, true);
  private boolean used;
  private long next;

  /** Takes the next turn; answers how many nanoseconds it is until then. */
  synchronized long reserve(long now, int perSecond) {
    long turn = used && next - now > 0 ? next : now;
    used = true;
    next = turn + 1_000_000_000L / Math.max(1, perSecond);
    return turn - now;
  }

  /** Lets no request go before that time. */
  synchronized void hold(long until) {
    if (!used || until - next > 0) {
      used = true;
      next = until;
    }
  }
}
