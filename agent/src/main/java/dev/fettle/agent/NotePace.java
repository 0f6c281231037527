package dev.fettle.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * How often an installation is told of: what is new at once while that was not often, otherwise
 * from time to time. A server takes a thousand notes on an action, and an installer may work for
 * hours.
 */
final class NotePace {
  private static final int QUICK = 100;
  private static final Duration SLOW = Duration.ofMinutes(1);

  private int told;
  private Instant next = Instant.MIN;

  /** Whether to tell now; if so it counts as told. */
  boolean due(Instant now, boolean news) {
    if (now.isBefore(next) && (!news || told >= QUICK)) {
      return false;
    }
    told++;
    next = now.plus(SLOW);
    return true;
  }
}
