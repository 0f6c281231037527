package dev.fettle.db;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithPostgres
class DbTest {
  private final Db db;

  DbTest(Db db) {
    this.db = db;
  }

  @BeforeEach
  void an_empty_table() {
    run(Sql.of("drop table if exists db_thing"));
    run(
        Sql.of(
            """
            create table db_thing (
              id text primary key, many bigint, few integer, flag boolean, at timestamptz,
              raw bytea, names text[], doc jsonb, constraint db_thing_few unique (few))
            """));
  }

  private int run(Sql sql) {
    return db.<Integer>tx(tx -> tx.update(sql));
  }

  private long rows() {
    return db.<Long>read(
        tx -> tx.one(Sql.of("select count(*) n from db_thing"), r -> r.bigint("n")).orElseThrow());
  }

  @Test
  void every_kind_of_value_comes_back_as_it_went_in() {
    Instant at = Instant.parse("2026-11-21T12:34:56.123456Z");
    run(
        Sql.of(
            "insert into db_thing values (?, ?, ?, ?, ?, ?, ?, ?)",
            "ä'; drop table db_thing; --",
            1L << 40,
            7,
            true,
            at,
            new byte[] {0, -1},
            List.of("a,b", "{c}", ""),
            Json.object().put("k", "v?")));
    db.<Integer>read(
        tx -> {
          tx.each(
              Sql.of("select * from db_thing where id = ?", "ä'; drop table db_thing; --"),
              row -> {
                assertThat(row.bigint("many")).isEqualTo(1L << 40);
                assertThat(row.integer("few")).isEqualTo(7);
                assertThat(row.flag("flag")).isTrue();
                assertThat(row.time("at")).isEqualTo(at);
                assertThat(row.bytes("raw")).containsExactly(0, -1);
                assertThat(row.texts("names")).containsExactly("a,b", "{c}", "");
                assertThat(row.json("doc").get("k").asString()).isEqualTo("v?");
              });
          return 0;
        });
  }

  @Test
  void a_null_is_seen_as_null_and_never_as_a_default() {
    run(
        Sql.of("insert into db_thing values (?, ?", "n", null)
            .append(", ?, ?, ?", null, null, null)
            .append(Sql.of(", ?, ?, ?)", null, null, null)));
    db.<Integer>read(
        tx -> {
          tx.each(
              Sql.of("select * from db_thing"),
              row -> {
                assertThat(row.bigintOrNull("many")).isNull();
                assertThat(row.integerOrNull("few")).isNull();
                assertThat(row.flagOrNull("flag")).isNull();
                assertThat(row.timeOrNull("at")).isNull();
                assertThat(row.bytesOrNull("raw")).isNull();
                assertThat(row.textsOrNull("names")).isNull();
                assertThat(row.jsonOrNull("doc")).isNull();
                assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> row.integer("few"))
                    .withMessageContaining("few");
              });
          return 0;
        });
  }

  @Test
  void an_exception_rolls_the_whole_transaction_back() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                db.<Integer>tx(
                    tx -> {
                      tx.update(Sql.of("insert into db_thing (id) values ('a')"));
                      throw new Refusal(Reason.conflict("no"));
                    }));
    assertThat(rows()).isZero();
  }

  @Test
  void a_broken_unique_constraint_is_named() {
    run(Sql.of("insert into db_thing (id, few) values ('a', 1)"));
    assertThatExceptionOfType(UniqueViolation.class)
        .isThrownBy(() -> run(Sql.of("insert into db_thing (id, few) values ('b', 1)")))
        .satisfies(violation -> assertThat(violation.constraintName()).isEqualTo("db_thing_few"));
    assertThat(rows()).isOne();
  }

  @Test
  void text_that_postgresql_cannot_hold_is_the_callers_fault() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> run(Sql.of("insert into db_thing (id) values (?)", "a\0b")))
        .satisfies(refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Invalid.class));
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                run(
                    Sql.of(
                        "insert into db_thing (id, doc) values ('a', ?)",
                        Json.object().put("k", "\0"))))
        .satisfies(refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Invalid.class));
  }

  @Test
  void a_mistake_in_a_statement_names_the_statement_and_not_its_values() {
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(() -> run(Sql.of("insert into db_nothing values (?)", "secret-value")))
        .withMessageContaining("insert into db_nothing")
        .withMessageNotContaining("secret-value");
  }

  /** PostgreSQL adds the row, and all of it went to the log. */
  @Test
  void a_failure_does_not_tell_the_row() {
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(() -> run(Sql.of("insert into db_thing (many, names[1]) values (1, 'secret')")))
        .withMessageContaining("null value in column \"id\"")
        .satisfies(
            failure ->
                assertThat(Throwables.getStackTrace(failure).lines().toList().getFirst())
                    .doesNotContain("Failing row"));
  }

  @Test
  void what_the_database_refuses_is_told_in_words_and_never_a_bug() {
    run(
        Sql.of(
            """
            alter table db_thing
              add constraint db_thing_many check (many > 0),
              add parent text references db_thing,
              add short varchar(3),
              add constraint db_thing_apart exclude using gist
                (int4range(few, few + 2) with &&) where (few is not null)
            """));
    run(Sql.of("insert into db_thing (id, few) values ('a', 1)"));
    run(Sql.of("insert into db_thing (id, parent) values ('b', 'a')"));
    assertThat(refusal("insert into db_thing (id, parent) values ('c', 'gone')"))
        .isInstanceOf(Reason.Conflict.class);
    assertThat(refusal("delete from db_thing where id = 'a'")).isInstanceOf(Reason.Conflict.class);
    assertThat(refusal("insert into db_thing (id, few) values ('c', 2)"))
        .isInstanceOf(Reason.Conflict.class);
    assertThat(refusal("insert into db_thing (id, few) values ('c', 1)"))
        .isInstanceOf(Reason.Conflict.class);
    assertThat(refusal("insert into db_thing (id, many) values ('c', 0)"))
        .isInstanceOf(Reason.Invalid.class)
        .extracting(Reason::message, as(STRING))
        .contains("'db_thing_many'");
    assertThat(refusal("insert into db_thing (id, short) values ('c', 'four')"))
        .isInstanceOf(Reason.Invalid.class);
    assertThat(refusal("insert into db_thing (id, many) values ('c', 9999999999999999999)"))
        .isInstanceOf(Reason.Invalid.class);
    assertThat(rows()).isEqualTo(2);
  }

  private Reason refusal(String command) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> run(Sql.of(command)));
    assertThat(refusal).as(command).isNotNull();
    return refusal.reason();
  }

  @Test
  void who_loses_a_deadlock_is_asked_to_come_again() throws Exception {
    run(Sql.of("insert into db_thing (id) values ('a'), ('b')"));
    CyclicBarrier bothHaveOne = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<@Nullable Reason>> ends = new ArrayList<>();
      for (List<String> order : List.of(List.of("a", "b"), List.of("b", "a"))) {
        ends.add(threads.submit(() -> lockBoth(order, bothHaveOne)));
      }
      List<@Nullable Reason> reasons = new ArrayList<>();
      for (Future<@Nullable Reason> end : ends) {
        reasons.add(end.get());
      }
      assertThat(reasons).containsOnlyOnce((Reason) null);
      assertThat(reasons).hasAtLeastOneElementOfType(Reason.Unavailable.class);
    }
  }

  private @Nullable Reason lockBoth(List<String> order, CyclicBarrier bothHaveOne) {
    try {
      return db.<@Nullable Reason>tx(
          tx -> {
            tx.update(Sql.of("update db_thing set many = 1 where id = ?", order.getFirst()));
            try {
              bothHaveOne.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
            tx.update(Sql.of("update db_thing set many = 1 where id = ?", order.getLast()));
            return null;
          });
    } catch (Refusal refusal) {
      return refusal.reason();
    }
  }

  @Test
  void asking_for_a_second_connection_on_the_same_thread_is_refused_at_once() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> db.<Long>tx(tx -> rows()));
    assertThat(rows()).isZero();
  }

  @Test
  void statements_are_counted() {
    long before = db.statements();
    assertThat(rows()).isZero();
    assertThat(db.statements() - before).isOne();
  }

  @Test
  void a_large_result_streams_inside_a_transaction() {
    run(Sql.of("insert into db_thing (id) select 'x' || i from generate_series(1, 5000) i"));
    List<String> ids = new ArrayList<>();
    db.<Integer>tx(
        tx -> {
          tx.each(Sql.of("select id from db_thing"), row -> ids.add(row.text("id")));
          return 0;
        });
    assertThat(ids).hasSize(5000);
  }
}
