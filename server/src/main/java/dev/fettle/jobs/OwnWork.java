package dev.fettle.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that each server does for itself, such as writing down what it alone remembers: no row, no
 * lease. Its turns follow the machine's time, since a clock that development mode stops must not
 * keep what is remembered from being written.
 */
final class OwnWork {
  private static final Logger LOG = LoggerFactory.getLogger(OwnWork.class);

  private final Duration interval;
  private final String name;
  private final RecurringStep step;
  private final AtomicBoolean running = new AtomicBoolean();
  private long last = System.nanoTime();

  OwnWork(Duration interval, String name, RecurringStep step) {
    this.interval = interval;
    this.name = name;
    this.step = step;
  }

  /** Whether its turn has come, which is then taken: whoever is told so has to run it. */
  boolean takeTurn() {
    long now = System.nanoTime();
    if (now - last < interval.toNanos() || !running.compareAndSet(false, true)) {
      return false;
    }
    last = now;
    return true;
  }

  /** Does the work; a failure is logged, and the next turn comes as usual. */
  void run(Instant now) {
    try {
      step.step(now);
    } catch (RuntimeException e) {
      LOG.warn("event=own_work_failed kind={} problem=\"{}\"", name, e.getMessage(), e);
    } finally {
      running.set(false);
    }
  }
}
