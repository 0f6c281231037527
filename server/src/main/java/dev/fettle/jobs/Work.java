package dev.fettle.jobs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One kind of work, with the record of how it fared. Safe for any number of threads.
 *
 * <p>Whatever work throws is caught here, errors of the machine too: the thread that does it has
 * other work to do, and work that ended with its thread would be missed by nobody. Memory that ran
 * out is the exception and no matter of ours: the machine is started to end then.
 */
final class Work {
  private static final Logger LOG = LoggerFactory.getLogger(Work.class);

  private final String name;
  private final InstantSource clock;
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Instant lastRun;
  private volatile @Nullable Instant lastSuccess;

  /** The result of one run. */
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

  /** Does it once. */
  <T> Outcome<T> run(Supplier<T> step) {
    try {
      runs.increment();
      lastRun = clock.instant();
      T value = step.get();
      lastSuccess = clock.instant();
      return new Outcome.Returned<>(value);
    } catch (Throwable problem) {
      failed();
      return new Outcome.Failed<>(problem);
    }
  }

  /** The same for a step that says nothing; a failure is logged. */
  void runAndLog(Runnable step) {
    Outcome<Boolean> outcome =
        run(
            () -> {
              step.run();
              return true;
            });
    if (outcome instanceof Outcome.Failed<Boolean>(Throwable problem)) {
      LOG.warn("event=work_failed kind={} problem=\"{}\"", name, problem.getMessage(), problem);
    }
  }

  void failed() {
    failures.increment();
  }

  WorkRecord record() {
    return new WorkRecord(name, lastRun, lastSuccess, runs.sum(), failures.sum());
  }
}
