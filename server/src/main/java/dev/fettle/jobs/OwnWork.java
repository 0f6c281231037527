package dev.fettle.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Work that each server does for itself, such as writing down what it alone remembers: no row, no
 * lease. Its turns follow the machine's time, since a clock that development mode stops must not
 * keep what is remembered from being written.
 */
final class OwnWork {
  private final Duration interval;
  private final Work work;
  private final RecurringStep step;
  private final LongSupplier nanos;
  private final AtomicBoolean running = new AtomicBoolean();
  private long last;

  OwnWork(Duration interval, Work work, RecurringStep step, LongSupplier nanos) {
    this.interval = interval;
    this.work = work;
    this.step = step;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /** Hands the work over if its turn has come and its last turn is over. */
  void takeTurn(Executor workers, InstantSource clock) {
    long now = nanos.getAsLong();
    if (now - last < interval.toNanos() || !running.compareAndSet(false, true)) {
      return;
    }
    last = now;
    boolean handed = false;
    try {
      workers.execute(
          () -> {
            try {
              run(clock.instant());
            } finally {
              running.set(false);
            }
          });
      handed = true;
    } finally {
      if (!handed) {
        running.set(false);
      }
    }
  }

  /** Does the work; a failure is logged, and the next turn comes as usual. */
  void run(Instant now) {
    work.runAndLog(() -> step.step(now));
  }
}
