package dev.fettle.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@WithPostgres
final class MigrationsTest {

  /**
   * Numbers belong to rooms, so an upgrade brings scripts with lower numbers than the highest that
   * was applied. The first one that did (111, when 900 was there) kept every existing database from
   * starting.
   */
  @Test
  void an_upgrade_brings_scripts_with_lower_numbers_than_those_that_are_there(
      Db db, DbSettings settings) {
    assertThat(undo(db)).isEqualTo(1);
    Migrations migrations = new Migrations(settings, db);
    assertThat(migrations.current()).isFalse();

    assertThat(migrations.apply()).isEqualTo(1);

    assertThat(migrations.current()).isTrue();
    assertThat(indexes(db)).contains("deadline_date_time IS NOT NULL");
    assertThat(migrations.apply()).isZero();
  }

  /**
   * A script that is not in the list would never be looked for in a database that has the others.
   */
  @Test
  void the_list_of_scripts_is_the_folder() throws IOException, URISyntaxException {
    URL folder = Objects.requireNonNull(Migrations.class.getResource("/db/migration"));
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactlyElementsOf(Migrations.SCRIPTS);
    }
  }

  /** A reset empties these and no others. */
  @Test
  void the_tables_of_the_scripts_are_those_that_are_there(Db db) {
    List<String> there =
        db.statement(
            tx ->
                tx.list(
                    Sql.of(
                        "select tablename from pg_tables where schemaname = current_schema() and"
                            + " tablename <> 'fettle_schema_history'"),
                    row -> row.text("tablename")));
    assertThat(Migrations.tables()).containsExactlyInAnyOrderElementsOf(there);
  }

  /** Else every start would wake Flyway, whose count of a script's letters this one has to meet. */
  @Test
  void a_database_that_flyway_has_just_made_lacks_nothing(Db db, DbSettings settings) {
    assertThat(new Migrations(settings, db).current()).isTrue();
  }

  @Test
  void a_database_of_a_newer_program_is_not_current(Db db, DbSettings settings) {
    db.statement(
        tx ->
            tx.update(
                Sql.of(
                    """
                    insert into fettle_schema_history
                      (installed_rank, version, description, type, script, checksum, installed_by,
                       execution_time, success)
                    values (999, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', 1, true)
                    """)));
    assertThat(new Migrations(settings, db).current()).isFalse();
    db.statement(
        tx -> tx.update(Sql.of("delete from fettle_schema_history where version = '999'")));
    assertThat(new Migrations(settings, db).current()).isTrue();
  }

  /** As it was before the script. */
  private static int undo(Db db) {
    db.statement(
        tx ->
            tx.update(Sql.of("drop index updates_operation_deadline"))
                + tx.update(
                    Sql.of(
                        """
                        create index updates_operation_deadline
                        on updates_operation (deadline_date_time)
                        where status in ('queued', 'inProgress')
                        """)));
    return db.statement(
        tx -> tx.update(Sql.of("delete from fettle_schema_history where version = '111'")));
  }

  private static String indexes(Db db) {
    List<String> all =
        db.statement(
            tx ->
                tx.list(
                    Sql.of(
                        """
                        select indexdef from pg_indexes
                        where indexname = 'updates_operation_deadline'
                        """),
                    row -> row.text("indexdef")));
    return String.join("\n", all);
  }
}
