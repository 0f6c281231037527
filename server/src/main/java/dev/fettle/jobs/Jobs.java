package dev.fettle.jobs;

import dev.fettle.base.Ids;
import dev.fettle.base.Refusal;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs background work: register the kinds, then {@link #start()}.
 *
 * <p>One platform thread looks for due rows and renews leases; each step runs on a virtual thread,
 * a few at once. Nothing that a step or a look throws ends a thread: it is logged and counted, and
 * {@link #work()} shows it. Tests do not start it: they call {@link #runDue()}, which runs what is
 * due on the calling thread.
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
  private record Kind(Work work, KeyedStep step, Optional<Duration> every) {}

  private final JobStore store;
  private final Leases leases;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Ids ids;
  private final ConcurrentMap<String, Work> all = new ConcurrentSkipListMap<>();
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private final List<OwnWork> own = new ArrayList<>();
  private final ConcurrentMap<String, JobStore.Leased> running = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(AT_ONCE);
  private final ExecutorService workers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job-", 1).factory());
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Work looking;
  private volatile @Nullable Thread looker;

  /** The jobs of a database; nothing runs before {@link #start()}. */
  public Jobs(Db db, InstantSource clock, Ids ids) {
    this(db, clock, System::nanoTime, ids);
  }

  Jobs(Db db, InstantSource clock, LongSupplier nanos, Ids ids) {
    this.store = new JobStore(db);
    this.leases = new Leases(store, nanos, LEASE);
    this.clock = clock;
    this.nanos = nanos;
    this.ids = ids;
    this.looking = work("jobs");
  }

  /** Registers work that comes again after each interval, on one server at a time. */
  public void every(Duration interval, String kind, RecurringStep step) {
    inPortions(
        interval,
        kind,
        now -> {
          step.step(now);
          return true;
        });
  }

  /** The same for work that may be more than one step should do: its next portion comes at once. */
  public void inPortions(Duration interval, String kind, PortionedStep step) {
    KeyedStep keyed = (job, now) -> Next.again(step.step(now) ? now.plus(interval) : now);
    add(kind, keyed, Optional.of(interval));
  }

  /**
   * Registers work that each server does for itself after each interval of the machine's time, and
   * once more when it stops: for what only its own memory holds.
   */
  public void everywhere(Duration interval, String name, RecurringStep step) {
    own.add(new OwnWork(interval, work(name), step, nanos));
  }

  /** Registers work that runs for a key when it is asked for. */
  public void keyed(String kind, KeyedStep step) {
    add(kind, step, Optional.empty());
  }

  /**
   * Does something once, now and on this server, for which nobody has to wait and on which nothing
   * hangs: a failure is logged and counted, and a server that stops breaks it off.
   */
  public void once(String name, Runnable errand) {
    Work work = all.computeIfAbsent(name, absent -> new Work(absent, clock));
    try {
      workers.execute(() -> work.runAndLog(errand));
    } catch (RejectedExecutionException e) {
      LOG.info("event=errand_left kind={} problem=\"the server is stopping\"", name);
    }
  }

  /** Asks for a run at a time, as part of the caller's transaction: no commit, no run. */
  public void ask(Tx tx, String kind, JobKey job, Instant due) {
    if (!kinds.containsKey(kind)) {
      throw new IllegalArgumentException("no job kind " + kind);
    }
    store.ask(tx, kind, job, due(due, clock.instant()));
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
   * Runs this server's own work and every job that is due by the server's clock, one after the
   * other, on this thread.
   *
   * @return how many steps of jobs ran
   */
  public int runDue() {
    own.forEach(work -> work.run(clock.instant()));
    plant();
    int ran = 0;
    while (true) {
      Optional<JobStore.Leased> run =
          held(store.claimByClock(kinds.keySet(), ids.guid(), clock.instant()));
      if (run.isEmpty()) {
        return ran;
      }
      run(run.get());
      ran++;
    }
  }

  /** The record of each kind of work on this server; the look for due work is one of them. */
  public List<WorkRecord> work() {
    return all.values().stream().map(Work::record).toList();
  }

  /**
   * Takes no new work, gives the steps that run some seconds to end, and lets this server's own
   * work have its last turn.
   */
  @Override
  public void close() {
    stopping.countDown();
    Thread thread = looker;
    try {
      // First, or a job that it just claimed would be refused by the workers and wait for its
      // lease.
      if (thread != null && !thread.join(STOP)) {
        LOG.warn("event=jobs_look_slow");
      }
      workers.shutdown();
      if (!workers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event=jobs_stop_slow running={}", running.values());
        workers.shutdownNow();
        if (!workers.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.error("event=jobs_do_not_stop running={}", running.values());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread != null) {
      own.forEach(work -> work.run(clock.instant()));
    }
  }

  private void add(String name, KeyedStep step, Optional<Duration> every) {
    kinds.put(name, new Kind(work(name), step, every));
  }

  private Work work(String name) {
    Work work = new Work(name, clock);
    if (all.putIfAbsent(name, work) != null) {
      throw new IllegalArgumentException("work " + name + " is registered twice");
    }
    return work;
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
    Looker looker = new Looker();
    do {
      try {
        if (looking.run(looker::turn) instanceof Work.Outcome.Failed<Boolean>(Throwable problem)) {
          // The database may be away, which needs no stack; it may be back at the next look.
          Throwable stack = problem instanceof Refusal ? null : problem;
          LOG.warn("event=jobs_look_failed problem=\"{}\"", problem.getMessage(), stack);
        }
      } catch (Throwable e) {
        // A log that fails has nowhere to say so; the count does.
        looking.failed();
      }
    } while (!ends());
  }

  private boolean ends() {
    try {
      return stopping.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Only close() ends this thread, and not so.
      return false;
    }
  }

  /** The loop of the one thread that looks. */
  private final class Looker {
    private boolean planted;
    private long renewed = nanos.getAsLong();

    boolean turn() {
      own.forEach(work -> work.takeTurn(workers, clock));
      if (!planted) {
        plant();
        planted = true;
      }
      look();
      long now = nanos.getAsLong();
      if (now - renewed > RENEW_EVERY.toNanos()) {
        leases.keep(running.keySet());
        renewed = now;
      }
      return true;
    }
  }

  private void look() {
    while (stopping.getCount() > 0 && slots.tryAcquire()) {
      boolean handed = false;
      Optional<JobStore.Leased> run = Optional.empty();
      try {
        run = held(store.claim(kinds.keySet(), ids.guid(), clock.instant()));
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
        handed = true;
      } finally {
        if (!handed) {
          slots.release();
          run.ifPresent(leased -> running.remove(leased.owner()));
        }
      }
    }
  }

  private Optional<JobStore.Leased> held(Optional<JobStore.Leased> run) {
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
    } catch (Throwable e) {
      // The lease runs out, and then the job comes again.
      LOG.warn("event=job_end_not_noted kind={} problem=\"{}\"", run.kind(), e.getMessage(), e);
    } finally {
      running.remove(run.owner());
    }
  }

  private boolean step(Kind kind, JobStore.Leased run) {
    Instant now = clock.instant();
    long began = nanos.getAsLong();
    return switch (kind.work().run(() -> kind.step().step(run.job(), now))) {
      case Work.Outcome.Returned<Next>(Next.Done()) -> store.finish(run);
      case Work.Outcome.Returned<Next>(Next.Again(Instant when)) -> {
        // Not by what the clock shows now: it may have been set while the step ran.
        Duration took = Duration.ofNanos(nanos.getAsLong() - began);
        yield store.again(run, 0, null, due(when, now.plus(took)));
      }
      case Work.Outcome.Failed<Next>(Throwable problem) -> {
        LOG.warn(
            "event=job_failed kind={} tenant={} key={} failures={} problem=\"{}\"",
            run.kind(),
            run.job().tenantId(),
            run.job().key(),
            run.failures() + 1,
            problem.getMessage(),
            problem);
        Duration pause = kind.every().orElse(retryAfter(run.failures()));
        yield store.again(
            run,
            run.failures() + 1,
            problem(problem),
            new JobStore.Due(clock.instant().plus(pause), pause));
      }
    };
  }

  private static JobStore.Due due(Instant when, Instant now) {
    return new JobStore.Due(when, Duration.between(now, when));
  }

  private static Duration retryAfter(int failures) {
    Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 20));
    return pause.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : pause;
  }

  private static String problem(Throwable e) {
    String problem = e.toString().replace('\0', ' ');
    return problem.length() > PROBLEM_LENGTH ? problem.substring(0, PROBLEM_LENGTH) : problem;
  }
}
