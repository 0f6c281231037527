package dev.fettle.simulator.apple.api;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds each library to a number of requests in any one second.
 *
 * <p>The second slides, and refused requests do not count. It runs on the machine's monotonic clock
 * whatever clock the tokens follow: it guards a wire, not a date.
 */
final class RateLimiter {
  private static final long SECOND = 1_000_000_000L;

  private final Map<String, ArrayDeque<Long>> taken = new HashMap<>();

  /** Whether a request may pass now. */
  synchronized boolean pass(String library, int perSecond, long nanoTime) {
    ArrayDeque<Long> recent = taken.computeIfAbsent(library, _ -> new ArrayDeque<>());
    while (!recent.isEmpty() && nanoTime - recent.peekFirst() >= SECOND) {
      recent.removeFirst();
    }
    if (recent.size() >= perSecond) {
      return false;
    }
    recent.addLast(nanoTime);
    return true;
  }
}
