package dev.fettle.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithPostgres
class JobsTest {
  private static final JobKey KEY = new JobKey("t1", "token-1");

  private final Db db;
  private final JobStore store;
  private final TestClock clock = new TestClock();
  private final List<String> done = new ArrayList<>();

  JobsTest(Db db) {
    this.db = db;
    this.store = new JobStore(db);
  }

  @BeforeEach
  void no_rows() {
    db.tx(tx -> tx.update(Sql.of("delete from jobs_job")));
  }

  private Jobs jobs() {
    return new Jobs(db, clock, Ids.random());
  }

  private void ask(Jobs jobs, Duration in) {
    db.tx(
        tx -> {
          jobs.ask(tx, "sync", KEY, clock.instant().plus(in));
          return 0;
        });
  }

  private static WorkRecord record(Jobs jobs, String name) {
    return jobs.work().stream().filter(work -> work.name().equals(name)).findFirst().orElseThrow();
  }

  private long rows() {
    return db.statement(
        tx -> tx.one(Sql.of("select count(*) n from jobs_job"), r -> r.bigint("n")).orElseThrow());
  }

  @Test
  void a_keyed_job_runs_when_it_is_due_and_leaves_no_row() {
    Jobs jobs = jobs();
    jobs.keyed(
        "sync",
        (job, now) -> {
          done.add(job.tenantId() + "/" + job.key());
          return Next.done();
        });
    ask(jobs, Duration.ofSeconds(10));
    assertThat(jobs.runDue()).isZero();
    clock.advance(Duration.ofSeconds(10));
    assertThat(jobs.runDue()).isOne();
    assertThat(done).containsExactly("t1/token-1");
    assertThat(rows()).isZero();
  }

  @Test
  void asking_twice_is_one_run_at_the_earlier_time() {
    Jobs jobs = jobs();
    jobs.keyed("sync", (job, now) -> Next.done());
    ask(jobs, Duration.ofSeconds(10));
    ask(jobs, Duration.ofSeconds(5));
    ask(jobs, Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(5));
    assertThat(jobs.runDue()).isOne();
    clock.advance(Duration.ofHours(1));
    assertThat(jobs.runDue()).isZero();
  }

  @Test
  void asking_while_it_runs_makes_it_run_once_more() {
    Jobs jobs = jobs();
    jobs.keyed(
        "sync",
        (job, now) -> {
          done.add("run");
          if (done.size() == 1) {
            ask(jobs, Duration.ZERO);
          }
          return Next.done();
        });
    ask(jobs, Duration.ZERO);
    assertThat(jobs.runDue()).isEqualTo(2);
    assertThat(rows()).isZero();
  }

  @Test
  void a_request_of_a_transaction_that_failed_never_runs() {
    Jobs jobs = jobs();
    jobs.keyed("sync", (job, now) -> Next.done());
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                db.tx(
                    tx -> {
                      jobs.ask(tx, "sync", KEY, clock.instant());
                      throw new IllegalStateException("no");
                    }));
    assertThat(jobs.runDue()).isZero();
  }

  @Test
  void a_step_that_throws_is_tried_again_later_each_time() {
    Jobs jobs = jobs();
    jobs.keyed(
        "sync",
        (job, now) -> {
          done.add("try");
          if (done.size() < 3) {
            throw new IllegalStateException("Apple\0is away");
          }
          return Next.done();
        });
    ask(jobs, Duration.ZERO);
    assertThat(jobs.runDue()).isOne();
    assertThat(jobs.runDue()).isZero();
    clock.advance(Duration.ofSeconds(2));
    assertThat(jobs.runDue()).isOne();
    clock.advance(Duration.ofSeconds(2));
    assertThat(jobs.runDue()).isZero();
    clock.advance(Duration.ofSeconds(2));
    assertThat(jobs.runDue()).isOne();
    assertThat(rows()).isZero();
    assertThat(record(jobs, "sync").failures()).isEqualTo(2);
    assertThat(record(jobs, "sync").runs()).isEqualTo(3);
  }

  @Test
  void a_step_that_throws_an_error_is_tried_again_too() {
    Jobs jobs = jobs();
    jobs.keyed(
        "sync",
        (job, now) -> {
          done.add("try");
          return switch (done.size()) {
            case 1 -> endless(1);
            case 2 -> throw new NoClassDefFoundError("dev/fettle/Gone");
            case 3 -> throw new AssertionError("no");
            default -> Next.done();
          };
        });
    ask(jobs, Duration.ZERO);
    for (int turn = 0; turn < 4; turn++) {
      assertThat(jobs.runDue()).isOne();
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(rows()).isZero();
    assertThat(record(jobs, "sync").failures()).isEqualTo(3);
    assertThat(record(jobs, "sync").lastSuccess()).isNotNull();
  }

  private static Next endless(int depth) {
    return depth > 0 ? endless(depth + 1) : Next.done();
  }

  @Test
  void recurring_and_own_work_that_throw_errors_go_on_and_so_does_the_look_for_work() {
    AtomicInteger steps = new AtomicInteger();
    AtomicInteger notes = new AtomicInteger();
    AtomicInteger looks = new AtomicInteger();
    InstantSource broken =
        () -> {
          if (Thread.currentThread().getName().equals("jobs") && looks.incrementAndGet() < 3) {
            throw new StackOverflowError();
          }
          return clock.instant();
        };
    try (Jobs jobs = new Jobs(db, broken, Ids.random())) {
      jobs.every(
          Duration.ofMillis(1),
          "deadlines",
          now -> {
            steps.incrementAndGet();
            throw new AssertionError("no");
          });
      jobs.everywhere(
          Duration.ofMillis(1),
          "note",
          now -> {
            notes.incrementAndGet();
            throw new LinkageError("no");
          });
      jobs.start();
      await().until(() -> steps.get() > 2 && notes.get() > 2);
      assertThat(record(jobs, "deadlines").failures()).isGreaterThanOrEqualTo(2);
      assertThat(record(jobs, "deadlines").lastSuccess()).isNull();
      assertThat(record(jobs, "deadlines").lastRun()).isEqualTo(clock.instant());
      assertThat(record(jobs, "note").failures()).isGreaterThanOrEqualTo(2);
      assertThat(record(jobs, "jobs").failures()).isGreaterThanOrEqualTo(1);
      assertThat(record(jobs, "jobs").lastSuccess()).isEqualTo(clock.instant());
    }
  }

  @Test
  void a_clock_that_is_set_back_holds_up_neither_recurring_nor_keyed_work() {
    AtomicInteger turns = new AtomicInteger();
    CountDownLatch synced = new CountDownLatch(1);
    try (Jobs jobs = jobs()) {
      jobs.every(Duration.ofMillis(200), "deadlines", now -> turns.incrementAndGet());
      jobs.keyed(
          "sync",
          (job, now) -> {
            synced.countDown();
            return Next.done();
          });
      jobs.start();
      await().until(() -> turns.get() > 0);
      ask(jobs, Duration.ofSeconds(1));
      clock.advance(Duration.ofHours(-6));
      int before = turns.get();
      await().until(() -> turns.get() > before + 1 && synced.getCount() == 0);
    }
  }

  @Test
  void a_clock_that_is_set_back_while_a_step_runs_does_not_hold_up_the_next() {
    AtomicInteger turns = new AtomicInteger();
    try (Jobs jobs = jobs()) {
      jobs.every(
          Duration.ofMillis(1),
          "deadlines",
          now -> {
            if (turns.incrementAndGet() == 1) {
              clock.advance(Duration.ofHours(-6));
            }
          });
      jobs.start();
      await().until(() -> turns.get() > 2);
    }
  }

  @Test
  void work_goes_on_when_the_clock_of_the_database_is_set_back() {
    AtomicInteger turns = new AtomicInteger();
    Jobs jobs = jobs();
    jobs.every(Duration.ofSeconds(5), "deadlines", now -> turns.incrementAndGet());
    assertThat(jobs.runDue()).isOne();
    // What the rows look like to a machine whose clock went back by six hours.
    db.tx(
        tx ->
            tx.update(
                Sql.of(
                    """
                    update jobs_job set due_at = due_at + interval '6 hours',
                      due_by = due_by + interval '6 hours', noted_at = noted_at + interval '6 hours'
                    """)));
    assertThat(jobs.runDue()).isZero();
    try (jobs) {
      jobs.start();
      await().until(() -> turns.get() == 2);
    }
  }

  @Test
  void what_is_more_than_one_portion_goes_on_at_once() {
    Jobs jobs = jobs();
    jobs.inPortions(
        Duration.ofHours(1),
        "retention",
        now -> {
          done.add("portion");
          return done.size() % 3 == 0;
        });
    assertThat(jobs.runDue()).isEqualTo(3);
    clock.advance(Duration.ofHours(1));
    assertThat(jobs.runDue()).as("the next turn").isEqualTo(3);
  }

  @Test
  void an_errand_that_fails_is_counted_and_one_that_hangs_ends_with_the_server()
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch brokenOff = new CountDownLatch(1);
    Jobs jobs = jobs();
    jobs.once(
        "errand",
        () -> {
          throw new AssertionError("no");
        });
    await().until(() -> record(jobs, "errand").failures() == 1);
    jobs.once(
        "errand",
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            brokenOff.countDown();
          }
        });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    jobs.close();
    assertThat(brokenOff.getCount()).isZero();
    jobs.once("errand", () -> done.add("late"));
    assertThat(done).isEmpty();
  }

  @Test
  void a_job_that_wants_to_come_again_does() {
    Jobs jobs = jobs();
    jobs.keyed(
        "sync",
        (job, now) -> {
          done.add("page");
          return done.size() < 3 ? Next.again(now.plusSeconds(1)) : Next.done();
        });
    ask(jobs, Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      jobs.runDue();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(done).hasSize(3);
  }

  @Test
  void a_recurring_job_comes_once_for_all_the_turns_it_missed() {
    Jobs jobs = jobs();
    jobs.every(Duration.ofMinutes(1), "deadlines", now -> done.add(now.toString()));
    assertThat(jobs.runDue()).isOne();
    assertThat(jobs.runDue()).isZero();
    clock.advance(Duration.ofHours(1));
    assertThat(jobs.runDue()).isOne();
    clock.advance(Duration.ofMinutes(1));
    assertThat(jobs.runDue()).isOne();
  }

  @Test
  void a_recurring_job_that_fails_comes_again_at_its_next_turn() {
    Jobs jobs = jobs();
    jobs.every(
        Duration.ofMinutes(1),
        "deadlines",
        now -> {
          throw new IllegalStateException("no");
        });
    assertThat(jobs.runDue()).isOne();
    clock.advance(Duration.ofMinutes(1));
    assertThat(jobs.runDue()).isOne();
    assertThat(record(jobs, "deadlines").failures()).isEqualTo(2);
  }

  @Test
  void a_server_that_is_alone_takes_over_at_once() {
    Jobs next = jobs();
    next.keyed(
        "sync",
        (job, now) -> {
          done.add("next");
          return Next.done();
        });
    ask(next, Duration.ZERO);
    assertThat(store.claim(List.of("sync"), "killed", clock.instant())).isPresent();
    assertThat(next.runDue()).isZero();
    next.takeOver();
    assertThat(next.runDue()).isOne();
    assertThat(done).containsExactly("next");
  }

  @Test
  void what_a_dead_server_held_is_taken_over_when_its_lease_was_not_renewed_for_long() {
    Jobs survivor = jobs();
    survivor.keyed(
        "sync",
        (job, now) -> {
          done.add("survivor");
          return Next.done();
        });
    ask(survivor, Duration.ZERO);
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    Leases leases = new Leases(store, nanos::get, Duration.ofSeconds(30));
    assertThat(store.claim(List.of("sync"), "dying", clock.instant())).isPresent();

    leases.keep(List.of());
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    store.renew(List.of("dying"));
    leases.keep(List.of());
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    clock.advance(Duration.ofDays(1));
    leases.keep(List.of());
    assertThat(survivor.runDue()).as("it was renewed 29 seconds ago, by no clock").isZero();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    leases.keep(List.of());
    assertThat(survivor.runDue()).isOne();
    assertThat(done).containsExactly("survivor");
  }

  @Test
  void a_server_that_runs_takes_over_from_one_that_died_and_keeps_what_it_does_itself() {
    AtomicLong nanos = new AtomicLong();
    AtomicInteger slow = new AtomicInteger();
    CountDownLatch takenOver = new CountDownLatch(1);
    try (Jobs survivor = new Jobs(db, clock, nanos::get, Ids.random())) {
      survivor.keyed(
          "sync",
          (job, now) -> {
            takenOver.countDown();
            return Next.done();
          });
      survivor.keyed(
          "long",
          (job, now) -> {
            slow.incrementAndGet();
            await().until(() -> takenOver.getCount() == 0);
            return Next.done();
          });
      ask(survivor, Duration.ZERO);
      assertThat(store.claim(List.of("sync"), "dead", clock.instant())).isPresent();
      db.tx(
          tx -> {
            survivor.ask(tx, "long", KEY, clock.instant());
            return 0;
          });
      survivor.start();
      await()
          .until(
              () -> {
                nanos.addAndGet(Duration.ofSeconds(4).toNanos());
                return takenOver.getCount() == 0;
              });
      await().until(() -> rows() == 0);
    }
    assertThat(slow).hasValue(1);
  }

  @Test
  void a_server_renews_what_it_holds() {
    Jobs jobs = jobs();
    jobs.keyed("sync", (job, now) -> Next.done());
    ask(jobs, Duration.ZERO);
    assertThat(store.claim(List.of("sync"), "mine", clock.instant())).isPresent();
    AtomicLong nanos = new AtomicLong();
    Leases leases = new Leases(store, nanos::get, Duration.ofSeconds(30));
    for (int look = 0; look < 10; look++) {
      leases.keep(List.of("mine"));
      nanos.addAndGet(Duration.ofSeconds(40).toNanos());
    }
    assertThat(store.leases()).containsExactly(new JobStore.Lease("mine", 10));
  }

  @Test
  void who_lost_the_lease_cannot_end_the_run_of_another() {
    Jobs jobs = jobs();
    jobs.keyed("sync", (job, now) -> Next.done());
    ask(jobs, Duration.ZERO);
    JobStore.Leased stale = store.claim(List.of("sync"), "first", clock.instant()).orElseThrow();
    store.endLeases();
    assertThat(store.claim(List.of("sync"), "second", clock.instant())).isPresent();
    assertThat(store.finish(stale)).isFalse();
    assertThat(rows()).isOne();
  }

  @Test
  void two_servers_never_run_the_same_job_at_once() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch enough = new CountDownLatch(6);
    List<Jobs> servers = List.of(jobs(), jobs());
    for (Jobs server : servers) {
      server.keyed(
          "sync",
          (job, now) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            runs.incrementAndGet();
            enough.countDown();
            inside.decrementAndGet();
            return Next.again(now);
          });
    }
    ask(servers.getFirst(), Duration.ZERO);
    servers.forEach(Jobs::start);
    try {
      assertThat(enough.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      servers.forEach(Jobs::close);
    }
    await().until(() -> inside.get() == 0);
    assertThat(most).hasValue(1);
  }

  @Test
  void a_kind_that_nobody_registered_cannot_be_asked_for() {
    Jobs jobs = jobs();
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> ask(jobs, Duration.ZERO));
  }

  @Test
  void each_server_does_its_own_work_whoever_holds_the_lease_of_another_and_once_more_at_its_end() {
    List<String> written = new CopyOnWriteArrayList<>();
    try (Jobs one = jobs();
        Jobs other = jobs()) {
      one.everywhere(Duration.ofMillis(1), "note", now -> written.add("one"));
      other.everywhere(Duration.ofMillis(1), "note", now -> written.add("other"));
      one.start();
      other.start();
      await().until(() -> written.containsAll(List.of("one", "other")));
    }

    List<String> last = new ArrayList<>();
    Jobs ends = jobs();
    ends.everywhere(Duration.ofDays(1), "note", now -> last.add("written"));
    ends.start();
    ends.close();
    assertThat(last).containsExactly("written");
  }

  @Test
  void own_work_that_fails_has_its_next_turn_as_usual() {
    AtomicInteger turns = new AtomicInteger();
    try (Jobs jobs = jobs()) {
      jobs.everywhere(
          Duration.ofMillis(1),
          "note",
          now -> {
            turns.incrementAndGet();
            throw new IllegalStateException("the database is away");
          });
      jobs.start();
      await().until(() -> turns.get() > 1);
    }
  }
}
