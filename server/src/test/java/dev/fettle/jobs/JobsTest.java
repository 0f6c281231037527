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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithPostgres
class JobsTest {
  private static final JobKey KEY = new JobKey("t1", "token-1");

  private final Db db;
  private final TestClock clock = new TestClock();
  private final List<String> done = new ArrayList<>();

  JobsTest(Db db) {
    this.db = db;
  }

  @BeforeEach
  void no_rows() {
    db.<Integer>tx(tx -> tx.update(Sql.of("delete from jobs_job")));
  }

  private Jobs jobs() {
    return new Jobs(db, clock, Ids.random());
  }

  private void ask(Jobs jobs, Duration in) {
    db.<Integer>tx(
        tx -> {
          jobs.ask(tx, "sync", KEY, clock.instant().plus(in));
          return 0;
        });
  }

  private long rows() {
    return db.<Long>read(
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
                db.<Integer>tx(
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
    assertThat(jobs.failures()).isEqualTo(2);
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
  }

  @Test
  void a_server_that_is_alone_takes_over_at_once() {
    Jobs next = new Jobs(db, clock, Ids.random(), Duration.ofSeconds(30));
    next.keyed(
        "sync",
        (job, now) -> {
          done.add("next");
          return Next.done();
        });
    ask(next, Duration.ZERO);
    JobStore killed = new JobStore(db, Duration.ofSeconds(30));
    assertThat(killed.claim(List.of("sync"), "killed", clock.instant())).isPresent();
    assertThat(next.runDue()).isZero();
    next.takeOver();
    assertThat(next.runDue()).isOne();
    assertThat(done).containsExactly("next");
  }

  @Test
  void what_a_dead_server_held_is_taken_over_when_its_lease_ran_out() {
    Jobs survivor = new Jobs(db, clock, Ids.random(), Duration.ofSeconds(30));
    survivor.keyed(
        "sync",
        (job, now) -> {
          done.add("survivor");
          return Next.done();
        });
    ask(survivor, Duration.ZERO);
    JobStore dead = new JobStore(db, Duration.ofSeconds(30));
    assertThat(dead.claim(List.of("sync"), "dead", clock.instant())).isPresent();
    clock.advance(Duration.ofDays(1));
    assertThat(survivor.runDue()).as("the lease is by the database's clock").isZero();
    db.<Integer>tx(
        tx -> tx.update(Sql.of("update jobs_job set lease_until = now() - interval '1 second'")));
    assertThat(survivor.runDue()).isOne();
    assertThat(done).containsExactly("survivor");
  }

  @Test
  void who_lost_the_lease_cannot_end_the_run_of_another() {
    Jobs jobs = jobs();
    jobs.keyed("sync", (job, now) -> Next.done());
    ask(jobs, Duration.ZERO);
    JobStore first = new JobStore(db, Duration.ofMillis(-1));
    JobStore.Leased stale = first.claim(List.of("sync"), "first", clock.instant()).orElseThrow();
    JobStore second = new JobStore(db, Duration.ofSeconds(30));
    assertThat(second.claim(List.of("sync"), "second", clock.instant())).isPresent();
    assertThat(first.finish(stale)).isFalse();
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
