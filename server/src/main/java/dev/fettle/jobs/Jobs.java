package dev.fettle.jobs;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs background work: register the kinds, then {@link #start()}.
 *
 * <p>One platform thread looks for due rows and renews leases; each step runs on a virtual thread,
 * a few at once. Tests do not start it: they call {@link #runDue()}, which runs what is due on the
 * calling thread.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration RENEW_EVERY = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final int AT_ONCE = 4;
  private static final int PROBLEM_LENGTH = 500;

  /** A registered kind, recurring or keyed, as one shape. */
  private record Kind(KeyedStep step, Optional<Duration> every) {}

  private final JobStore store;
  private final InstantSource clock;
  private final Ids ids;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private final List<OwnWork> own = new ArrayList<>();
  private final ConcurrentMap<String, JobStore.Leased> running = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job-", 1).factory());
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Thread looker;

  /** The jobs of a database; nothing runs before {@link #start()}. */
  public Jobs(Db db, InstantSource clock, Ids ids) {
    this(db, clock, ids, LEASE);
  }

  Jobs(Db db, InstantSource clock, Ids ids, Duration lease) {
    this.store = new JobStore(db, lease);
    this.clock = clock;
    this.ids = ids;
  }

  /** Registers work that comes again after each interval, on one server at a time. */
  public void every(Duration interval, String kind, RecurringStep step) {
    KeyedStep keyed =
        (job, now) -> {
          step.step(now);
          return Next.again(now.plus(interval));
        };
    add(kind, new Kind(keyed, Optional.of(interval)));
  }

  /**
   * Registers work that each server does for itself after each interval of the machine's time, and
   * once more when it stops: for what only its own memory holds.
   */
  public void everywhere(Duration interval, String name, RecurringStep step) {
    own.add(new OwnWork(interval, name, step));
  }

  /** Registers work that runs for a key when it is asked for. */
  public void keyed(String kind, KeyedStep step) {
    add(kind, new Kind(step, Optional.empty()));
  }

  /** Asks for a run at a time, as part of the caller's transaction: no commit, no run. */
  public void ask(Tx tx, String kind, JobKey job, Instant due) {
    if (!kinds.containsKey(kind)) {
      throw new IllegalArgumentException("no job kind " + kind);
    }
    store.ask(tx, kind, job, due);
  }

  /**
   * Ends every lease, for a server that knows that no other one is on its database: what its killed
   * predecessor was at need not wait. To be called before {@link #start()}.
   */
  public void takeOver() {
    store.endLeases();
  }

  /** Starts the threads. */
  public void start() {
    looker = Thread.ofPlatform().name("jobs").daemon(true).start(this::keepLooking);
  }

  /**
   * Runs this server's own work and every job that is due by the clock, one after the other, on
   * this thread.
   *
   * @return how many steps of jobs ran
   */
  public int runDue() {
    own.forEach(work -> work.run(clock.instant()));
    plant();
    int ran = 0;
    for (Optional<JobStore.Leased> run = claim(); run.isPresent(); run = claim()) {
      run(run.get());
      ran++;
    }
    return ran;
  }

  /** How many steps ran since the start. */
  public long runs() {
    return runs.sum();
  }

  /** How many steps failed since the start. */
  public long failures() {
    return failures.sum();
  }

  /**
   * Takes no new work, gives the steps that run some seconds to end, and lets this server's own
   * work have its last turn.
   */
  @Override
  public void close() {
    stopping.countDown();
    Thread looking = looker;
    try {
      // First, or a job that it just claimed would be refused by the workers and wait for its
      // lease.
      if (looking != null && !looking.join(STOP)) {
        LOG.warn("event=jobs_look_slow");
      }
      workers.shutdown();
      if (!workers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event=jobs_stop_slow running={}", running.values());
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (looking != null) {
      own.forEach(work -> work.run(clock.instant()));
    }
  }

  private void add(String name, Kind kind) {
    if (kinds.putIfAbsent(name, kind) != null) {
      throw new IllegalArgumentException("job kind " + name + " is registered twice");
    }
  }

  private void plant() {
    Instant now = clock.instant();
    kinds.forEach(
        (name, kind) -> {
          if (kind.every().isPresent()) {
            store.plant(name, now);
          }
        });
  }

  private void keepLooking() {
    boolean planted = false;
    long renewed = System.nanoTime();
    try {
      do {
        try {
          if (!planted) {
            plant();
            planted = true;
          }
          look();
          doOwnWork();
          if (System.nanoTime() - renewed > RENEW_EVERY.toNanos()) {
            store.renew(running.keySet());
            renewed = System.nanoTime();
          }
        } catch (RuntimeException e) {
          // The database may be away; it may be back at the next look.
          LOG.warn("event=jobs_look_failed problem=\"{}\"", e.getMessage());
        }
      } while (!stopping.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void doOwnWork() {
    for (OwnWork work : own) {
      if (work.takeTurn()) {
        workers.execute(() -> work.run(clock.instant()));
      }
    }
  }

  private void look() {
    while (stopping.getCount() > 0 && slots.tryAcquire()) {
      Optional<JobStore.Leased> run = Optional.empty();
      try {
        run = claim();
      } finally {
        if (run.isEmpty()) {
          slots.release();
        }
      }
      if (run.isEmpty()) {
        return;
      }
      JobStore.Leased leased = run.get();
      workers.execute(
          () -> {
            try {
              run(leased);
            } finally {
              slots.release();
            }
          });
    }
  }

  private Optional<JobStore.Leased> claim() {
    Optional<JobStore.Leased> run = store.claim(kinds.keySet(), ids.guid(), clock.instant());
    run.ifPresent(leased -> running.put(leased.owner(), leased));
    return run;
  }

  private void run(JobStore.Leased run) {
    try {
      Kind kind = kinds.get(run.kind());
      if (kind == null) {
        throw new IllegalStateException("no job kind " + run.kind());
      }
      if (!step(kind, run)) {
        LOG.warn("event=job_lease_lost kind={} key={}", run.kind(), run.job().key());
      }
    } catch (RuntimeException e) {
      LOG.warn("event=job_end_not_noted kind={} problem=\"{}\"", run.kind(), e.getMessage());
    } finally {
      running.remove(run.owner());
    }
  }

  private boolean step(Kind kind, JobStore.Leased run) {
    Instant now = clock.instant();
    Next next;
    try {
      runs.increment();
      next = kind.step().step(run.job(), now);
    } catch (RuntimeException e) {
      failures.increment();
      LOG.warn(
          "event=job_failed kind={} tenant={} key={} failures={} problem=\"{}\"",
          run.kind(),
          run.job().tenantId(),
          run.job().key(),
          run.failures() + 1,
          e.getMessage(),
          e);
      Duration pause = kind.every().orElse(retryAfter(run.failures()));
      return store.again(run, run.failures() + 1, problem(e), clock.instant().plus(pause));
    }
    return switch (next) {
      case Next.Done() -> store.finish(run);
      case Next.Again(Instant when) -> store.again(run, 0, null, when);
    };
  }

  private static Duration retryAfter(int failures) {
    Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 20));
    return pause.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : pause;
  }

  private static String problem(RuntimeException e) {
    String problem = e.toString().replace('\0', ' ');
    return problem.length() > PROBLEM_LENGTH ? problem.substring(0, PROBLEM_LENGTH) : problem;
  }
}
