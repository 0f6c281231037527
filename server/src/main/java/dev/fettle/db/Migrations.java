package dev.fettle.db;

import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.MigrateResult;

/**
 * Brings a database's schema to this version of the program: numbered scripts of {@code
 * db/migration}, forward only. Two servers that start together wait for each other.
 *
 * <p>Each room has a range of numbers, so a new script of one room comes after older ones of rooms
 * with higher numbers: what is missing is applied whatever its number. Rooms do not touch each
 * other's tables, so that comes to the same.
 */
public final class Migrations {
  private final Flyway flyway;

  /** The migrations of this program for one database. */
  public Migrations(DbSettings settings) {
    this.flyway =
        Flyway.configure()
            .dataSource(settings.url(), settings.user(), settings.password())
            .locations("classpath:db/migration")
            .table("fettle_schema_history")
            .validateMigrationNaming(true)
            .outOfOrder(true)
            .cleanDisabled(true)
            .connectRetries(0)
            .load();
  }

  /**
   * Applies what is missing.
   *
   * @return how many scripts ran
   * @throws DatabaseFailure if a script failed, or the database was written by a newer program
   */
  public int apply() {
    try {
      MigrateResult result = flyway.migrate();
      return result.migrationsExecuted;
    } catch (FlywayException e) {
      throw new DatabaseFailure("the database's schema cannot be brought up to date: " + e, e);
    }
  }

  /** Whether nothing is missing: a quick check for start and health. */
  public boolean current() {
    MigrationInfo[] pending = flyway.info().pending();
    return Arrays.stream(pending).findAny().isEmpty();
  }
}
