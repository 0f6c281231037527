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
import tools.jackson.databind.JsonNode;

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
    return db.tx(tx -> tx.update(sql));
  }

  private long rows() {
    return db.statement(tx -> tx.one(Sql.of("select count(*) from db_thing"), Long.class))
        .orElseThrow();
  }

  @Test
  void every_kind_of_value_comes_back_as_it_went_in() {
    Instant at = Instant.parse("2026-11-21T12:34:56.123456Z");
    String id = "ä'; drop table db_thing; --";
    run(
        INSERT
            .with("id", id)
            .with("many", 1L << 40)
            .with("few", 7)
            .with("flag", true)
            .with("at", at)
            .with("raw", new byte[] {0, -1})
            .with("names", List.of("a,b", "{c}", ""))
            .with("doc", Json.object().put("k", "v?")));
    db.run(
        tx -> {
          tx.each(
              Sql.of("select * from db_thing where id = :id").with("id", id),
              row -> {
                assertThat(row.bigint("many")).isEqualTo(1L << 40);
                assertThat(row.integer("few")).isEqualTo(7);
                assertThat(row.flag("flag")).isTrue();
                assertThat(row.time("at")).isEqualTo(at);
                assertThat(row.bytes("raw")).containsExactly(0, -1);
                assertThat(row.texts("names")).containsExactly("a,b", "{c}", "");
                assertThat(row.json("doc").get("k").asString()).isEqualTo("v?");
              });
        });
  }

  @Test
  void a_null_is_seen_as_null_and_never_as_a_default() {
    run(
        Sql.of("insert into db_thing values (:id, :nothing, :nothing")
            .append(Sql.of(", :nothing, :nothing, :nothing, :nothing, :nothing)"))
            .with("id", "n")
            .with("nothing", null));
    db.run(
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
        });
  }

  private enum Colour {
    DARK_RED,
    BLUE
  }

  private record Part(long many, @Nullable Integer few) {}

  private record Thing(
      String id,
      Part part,
      @Nullable Boolean flag,
      @Nullable Instant at,
      byte @Nullable [] raw,
      @Nullable List<String> names,
      @Nullable JsonNode doc) {}

  private record Coloured(Colour id) {}

  private static final Sql INSERT =
      Sql.of("insert into db_thing values (:id, :many, :few, :flag, :at, :raw, :names, :doc)");

  private static final Sql LOCK = Sql.of("update db_thing set many = 1 where id = :id");

  private static final Sql ALL = Sql.of("select * from db_thing order by id");

  private <T> List<T> all(Class<T> type) {
    return db.statement(tx -> tx.list(ALL, type));
  }

  @Test
  void a_record_is_written_and_read_by_the_names_of_its_components() {
    Thing full =
        new Thing(
            "a",
            new Part(1L << 40, 7),
            true,
            Instant.parse("2026-11-21T12:34:56.123456Z"),
            new byte[] {0, -1},
            List.of("a,b", "{c}", ""),
            Json.object().put("k", "v?"));
    Thing bare = new Thing("b", new Part(2, null), null, null, null, null, null);
    db.run(
        tx -> {
          assertThat(tx.update(INSERT.with(full))).isOne();
          assertThat(tx.update(INSERT.with(bare))).isOne();
        });
    assertThat(all(Thing.class))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(full, bare);
    List<Long> numbers =
        db.statement(tx -> tx.list(Sql.of("select many from db_thing order by id"), Long.class));
    assertThat(numbers).containsExactly(1L << 40, 2L);
  }

  @Test
  void a_constant_of_an_enumeration_is_stored_in_camel_case() {
    Sql insert = Sql.of("insert into db_thing (id) values (:id)");
    db.run(tx -> assertThat(tx.update(insert.with("id", Colour.DARK_RED))).isOne());
    assertThat(all(String.class)).containsExactly("darkRed");
    assertThat(all(Coloured.class)).containsExactly(new Coloured(Colour.DARK_RED));
    db.run(tx -> assertThat(tx.update(insert.with("id", "green"))).isOne());
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> all(Coloured.class))
        .withMessage("column id holds no Colour: green");
  }

  @Test
  void a_component_that_is_never_null_does_not_take_a_null() {
    run(Sql.of("insert into db_thing (id) values ('a')"));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> db.statement(tx -> tx.one(ALL, Part.class)))
        .withMessage("column many is null");
  }

  @Test
  void parameters_are_found_beside_casts_literals_and_names_in_quotes() {
    Sql sql = Sql.of("select ':a', \"b:c\", :d::text, x[1:2] from t where :d > 1 and doc ?? :e_f2");
    assertThat(sql.text())
        .isEqualTo("select ':a', \"b:c\", ?::text, x[1:2] from t where ? > 1 and doc ?? ?");
    assertThat(sql.with("d", 1).with("e_f2", null).binds()).containsExactly(1, 1, null);
    assertThat(sql.with("d", 1).append(Sql.of(" and :g")).with("g", 2).with("e_f2", 3).binds())
        .containsExactly(1, 1, 3, 2);
  }

  @Test
  void a_value_that_is_missing_or_has_no_place_is_named() {
    Sql sql = Sql.of("select :a");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> db.statement(tx -> tx.list(sql, String.class)))
        .withMessage("no value for :a in select ?");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> sql.with("b", "secret-value").binds())
        .withMessage("no parameter :b in select ?");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> sql.with(new Part(1, null)).binds())
        .withMessage("no parameter for a Part in select ?");
  }

  @Test
  void an_exception_rolls_the_whole_transaction_back() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                db.tx(
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
        .isThrownBy(() -> run(Sql.of("insert into db_thing (id) values (:id)").with("id", "a\0b")))
        .satisfies(refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Invalid.class));
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                run(
                    Sql.of("insert into db_thing (id, doc) values ('a', :doc)")
                        .with("doc", Json.object().put("k", "\0"))))
        .satisfies(refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Invalid.class));
  }

  @Test
  void a_mistake_in_a_statement_names_the_statement_and_not_its_values() {
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(
            () -> run(Sql.of("insert into db_nothing values (:s)").with("s", "secret-value")))
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
            tx.update(LOCK.with("id", order.getFirst()));
            try {
              bothHaveOne.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
            tx.update(LOCK.with("id", order.getLast()));
            return null;
          });
    } catch (Refusal refusal) {
      return refusal.reason();
    }
  }

  @Test
  void asking_for_a_second_connection_on_the_same_thread_is_refused_at_once() {
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> db.tx(tx -> rows()));
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
    db.run(tx -> tx.each(Sql.of("select id from db_thing"), row -> ids.add(row.text("id"))));
    assertThat(ids).hasSize(5000);
  }
}
