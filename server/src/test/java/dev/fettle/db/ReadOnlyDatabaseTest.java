package dev.fettle.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.support.WithPostgres;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A standby, and a primary that has become one: such servers answer reads and store nothing. */
@WithPostgres
class ReadOnlyDatabaseTest {
  private static final Sql BACKEND = Sql.of("select pg_backend_pid()");

  private final DbSettings settings;

  ReadOnlyDatabaseTest(DbSettings settings) {
    this.settings = settings;
  }

  private static DbSettings at(DbSettings settings, String url) {
    return new DbSettings(
        url,
        settings.user(),
        settings.password(),
        1,
        1,
        settings.admissionWait(),
        Duration.ofSeconds(5));
  }

  @Test
  void a_start_against_a_read_only_database_is_refused() {
    String url = settings.url() + (settings.url().contains("?") ? "&" : "?");
    DbSettings standby = at(settings, url + "options=-c%20default_transaction_read_only=on");
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(() -> new Db(standby).close())
        .withMessageContaining("The database is read-only, as a standby is")
        .withMessageNotContaining("options");
  }

  @Test
  void several_hosts_without_a_word_on_which_of_them_are_refused() {
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(() -> new Db(at(settings, "jdbc:postgresql://127.0.0.1:1,[::1]:1/f")).close())
        .withMessageContaining("Add targetServerType=primary to the URL");
    assertThatExceptionOfType(DatabaseFailure.class)
        .isThrownBy(
            () ->
                new Db(
                        at(
                            settings,
                            "jdbc:postgresql://127.0.0.1:1,[::1]:1/f?targetServerType=primary"))
                    .close())
        .withMessageContaining("cannot be reached");
  }

  @Test
  void a_connection_that_met_a_read_only_server_leaves_the_pool() {
    try (Db db = new Db(at(settings, settings.url()))) {
      int before = backend(db);
      assertThat(backend(db)).isEqualTo(before);
      db.statement(
          tx ->
              tx.list(
                  Sql.of("select set_config('default_transaction_read_only', 'on', false)"),
                  String.class));
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(db::checkWritable)
          .satisfies(
              refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Unavailable.class));
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> db.run(tx -> tx.update(Sql.of("create table read_only_thing ()"))))
          .satisfies(
              refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Unavailable.class));
      assertThat(backend(db)).isNotEqualTo(before);
      db.checkWritable();
      db.run(tx -> tx.update(Sql.of("create table read_only_thing ()")));
    }
  }

  private static int backend(Db db) {
    return db.statement(tx -> tx.one(BACKEND, Integer.class)).orElseThrow();
  }
}
