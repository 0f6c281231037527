package dev.fettle.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.support.WithPostgres;
import java.util.List;
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
    Migrations migrations = new Migrations(settings);
    assertThat(migrations.current()).isFalse();

    assertThat(migrations.apply()).isEqualTo(1);

    assertThat(migrations.current()).isTrue();
    assertThat(indexes(db)).contains("deadline_date_time IS NOT NULL");
    assertThat(migrations.apply()).isZero();
  }

  /** As it was before the script. */
  private static int undo(Db db) {
    db.<Integer>read(
        tx ->
            tx.update(Sql.of("drop index updates_operation_deadline"))
                + tx.update(
                    Sql.of(
                        """
                        create index updates_operation_deadline
                        on updates_operation (deadline_date_time)
                        where status in ('queued', 'inProgress')
                        """)));
    return db.<Integer>read(
        tx -> tx.update(Sql.of("delete from fettle_schema_history where version = '111'")));
  }

  private static String indexes(Db db) {
    List<String> all =
        db.read(
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
