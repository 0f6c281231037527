package dev.fettle.simulator.apple.api;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the stand-in and what it answered, without any secret.
 *
 * <p>The newest entries are kept; the counts go back to the start or to the last clearing.
 */
public final class RequestLog {
  private static final int KEPT = 20_000;

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final Map<String, Integer> byOperation = new TreeMap<>();
  private final Map<Integer, Integer> byError = new TreeMap<>();
  private final Map<String, Integer> parallel = new HashMap<>();
  private final Map<String, Integer> parallelPeak = new TreeMap<>();
  private long total;

  /**
   * One request.
   *
   * @param at when it arrived
   * @param method the HTTP method
   * @param operation its name in service/config's urls, or {@code unknown}
   * @param query the raw query
   * @param library the uId that its content token opens
   * @param status the HTTP status answered, 0 when the connection was closed instead
   * @param errorNumber Apple's error number, null for an answer without one
   */
  public record Entry(
      Instant at,
      String method,
      String operation,
      @Nullable String query,
      @Nullable String library,
      int status,
      @Nullable Integer errorNumber) {}

  /** A request has begun, of this library if its content token opens one. */
  public synchronized void enter(@Nullable String library) {
    if (library != null) {
      int now = parallel.merge(library, 1, Integer::sum);
      parallelPeak.merge(library, now, Math::max);
    }
  }

  /** A request has ended. */
  public synchronized void leave(Entry entry) {
    if (entry.library() != null) {
      parallel.merge(entry.library(), -1, Integer::sum);
    }
    total++;
    byOperation.merge(entry.operation(), 1, Integer::sum);
    if (entry.errorNumber() != null) {
      byError.merge(entry.errorNumber(), 1, Integer::sum);
    }
    entries.addLast(entry);
    if (entries.size() > KEPT) {
      entries.removeFirst();
    }
  }

  /** The newest requests, in the order they ended. */
  public synchronized List<Entry> entries() {
    return new ArrayList<>(entries);
  }

  /** Forgets requests and counts. */
  public synchronized void clear() {
    entries.clear();
    byOperation.clear();
    byError.clear();
    parallelPeak.clear();
    total = 0;
  }

  /**
   * The sums.
   *
   * @param total all requests of the API
   * @param operations requests by operation
   * @param errors answers by error number
   * @param parallelPeaks the most requests at once, by library
   */
  public record Counts(
      long total,
      Map<String, Integer> operations,
      Map<Integer, Integer> errors,
      Map<String, Integer> parallelPeaks) {}

  /** The sums since the start or the last clearing. */
  public synchronized Counts counts() {
    return new Counts(
        total, new TreeMap<>(byOperation), new TreeMap<>(byError), new TreeMap<>(parallelPeak));
  }
}
