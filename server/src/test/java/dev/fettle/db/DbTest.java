package dev.fettle.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.util.Throwables;
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
  void a_violated_condition_does_not_tell_the_row() {
    run(Sql.of("alter table db_thing add constraint db_thing_many check (many > 0)"));
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(
            () -> run(Sql.of("insert into db_thing (id, many) values (?, -1)", "secret-value")))
        .withMessageContaining("db_thing_many")
        .satisfies(
            failure ->
                assertThat(Throwables.getStackTrace(failure)).doesNotContain("secret-value"));
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
