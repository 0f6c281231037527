package dev.fettle.jobs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One kind of work, with the record of how it fared. Safe for any number of threads.
 *
 * <p>Whatever work throws is caught here, errors of the machine too: the thread that does it has
 * other work to do, and work that ended with its thread would be missed by nobody. Memory that ran
 * out is the exception and no matter of ours: the machine is started to end then.
 */
final class Work {
  private final String name;
  private final InstantSource clock;
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Instant lastRun;
  private volatile @Nullable Instant lastSuccess;

  /** What came of one run. */
  sealed interface Outcome<T> {
    /** It returned. */
    record Returned<T>(T value) implements Outcome<T> {}

    /** It threw. */
    record Failed<T>(Throwable problem) implements Outcome<T> {}
  }

  Work(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
  }

  String name() {
    return name;
  }

  <T> Outcome<T> run(Supplier<T> step) {
    try {
      runs.increment();
      lastRun = clock.instant();
      T value = step.get();
      lastSuccess = clock.instant();
      return new Outcome.Returned<>(value);
    } catch (Throwable problem) {
      failures.increment();
      return new Outcome.Failed<>(problem);
    }
  }

  WorkRecord record() {
    return new WorkRecord(name, lastRun, lastSuccess, runs.sum(), failures.sum());
  }
}
