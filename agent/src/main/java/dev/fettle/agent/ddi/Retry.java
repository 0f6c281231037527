package dev.fettle.agent.ddi;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How often and how patiently a request is repeated. */
public record Retry(int attempts, Duration first, Duration longest) {
  /** What a device on an ordinary network uses. */
  public static Retry standard() {
    return new Retry(5, Duration.ofMillis(500), Duration.ofSeconds(30));
  }

  /**
   * The wait before the repetition with this number (from 1): doubles up to the longest, and is
   * drawn from its upper half, so that devices which failed together do not return together.
   */
  public Duration before(int repetition, RandomGenerator random) {
    long full = first.toMillis() << Math.min(repetition - 1, 20);
    long bounded = Math.max(1, Math.min(full, longest.toMillis()));
    return Duration.ofMillis(bounded / 2 + random.nextLong(bounded / 2 + 1));
  }
}
