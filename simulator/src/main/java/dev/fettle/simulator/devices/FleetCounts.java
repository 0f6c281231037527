package dev.fettle.simulator.devices;

import dev.fettle.agent.ddi.DdiException;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What a fleet has done so far; written by its devices, read by whoever watches. */
public final class FleetCounts {
  private static final String NOT_ACCEPTED = " (the tenant or the token is not accepted)";

  final LongAdder online = new LongAdder();
  final LongAdder polls = new LongAdder();
  final LongAdder started = new LongAdder();
  final LongAdder succeeded = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder silent = new LongAdder();
  final LongAdder restarts = new LongAdder();
  final LongAdder diagnostics = new LongAdder();
  final LongAdder bytes = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final ConcurrentMap<String, LongAdder> reasons = new ConcurrentHashMap<>();

  FleetCounts() {}

  /** Counts what went wrong: mostly a request that failed, after repetition. */
  void failed(Throwable problem) {
    errors.increment();
    String reason =
        problem instanceof DdiException refusal
            ? "HTTP " + refusal.status() + (refusal.status() == 401 ? NOT_ACCEPTED : "")
            : kind(problem);
    reasons.computeIfAbsent(reason, key -> new LongAdder()).increment();
  }

  /** The kind of trouble below; what carries it names the address, and is the same for all. */
  private static String kind(Throwable problem) {
    Throwable below = problem.getCause();
    return (below == null || problem.getClass() != IOException.class ? problem : below)
        .getClass()
        .getSimpleName();
  }

  /** Devices whose first poll was answered. */
  public long online() {
    return online.sum();
  }

  /** Polls that were answered. */
  public long polls() {
    return polls.sum();
  }

  /** Updates that were begun. */
  public long started() {
    return started.sum();
  }

  /** Updates that were reported as successful. */
  public long succeeded() {
    return succeeded.sum();
  }

  /** Updates that were reported as failed. */
  public long failed() {
    return failed.sum();
  }

  /** Cancellations that were acknowledged. */
  public long cancelled() {
    return cancelled.sum();
  }

  /** Updates that were rejected. */
  public long refused() {
    return refused.sum();
  }

  /** Devices that went silent. */
  public long silent() {
    return silent.sum();
  }

  /** Restarts done. */
  public long restarts() {
    return restarts.sum();
  }

  /** Diagnostics uploaded. */
  public long diagnostics() {
    return diagnostics.sum();
  }

  /** Bytes of update files that were downloaded and verified. */
  public long bytes() {
    return bytes.sum();
  }

  /** Requests that failed, after repetition. */
  public long errors() {
    return errors.sum();
  }

  /** Why requests failed, and how many for each reason: the status, or the kind of trouble. */
  public SortedMap<String, Long> reasons() {
    SortedMap<String, Long> all = new TreeMap<>();
    reasons.forEach((reason, count) -> all.put(reason, count.sum()));
    return all;
  }

  /** All of it in one line. */
  public String line() {
    return online()
        + " online, "
        + polls()
        + " polls, updates: "
        + started()
        + " started, "
        + succeeded()
        + " succeeded, "
        + failed()
        + " failed, "
        + cancelled()
        + " cancelled, "
        + refused()
        + " rejected, "
        + silent()
        + " silent; "
        + restarts()
        + " restarts, "
        + diagnostics()
        + " diagnostics, "
        + (bytes() / 1024)
        + " KiB, "
        + errors()
        + " errors";
  }
}
