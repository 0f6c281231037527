package dev.fettle.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database's schema to this version of the program: numbered scripts of {@code
 * db/migration}, forward only. Two servers that start together wait for each other.
 *
 * <p>Each room has a range of numbers, so a new script of one room comes after older ones of rooms
 * with higher numbers: what is missing is applied whatever its number. Rooms do not touch each
 * other's tables, so that comes to the same.
 *
 * <p>Most starts find a database that lacks nothing. Flyway's own record says so in one query, and
 * a fifth of such a start was the time in which Flyway found the same out; it is only woken where
 * the record differs in anything.
 */
public final class Migrations {

  /** The scripts in the order of their numbers; a test holds the list against the folder. */
  static final List<String> SCRIPTS =
      List.of(
          "V010__identity.sql",
          "V020__audit.sql",
          "V021__audit_age.sql",
          "V022__audit_occurrences.sql",
          "V030__jobs.sql",
          "V031__jobs_without_wall_clocks.sql",
          "V100__devices.sql",
          "V101__devices_room.sql",
          "V102__devices_statistics.sql",
          "V106__devices_certificates.sql",
          "V110__updates.sql",
          "V111__updates_deadline_index.sql",
          "V112__updates_writes.sql",
          "V113__updates_reports.sql",
          "V200__directory.sql",
          "V201__directory_paths.sql",
          "V210__teams.sql",
          "V211__teams_manifest.sql",
          "V212__teams_notifications.sql",
          "V213__teams_without_events.sql",
          "V300__vpp.sql",
          "V900__app.sql");

  private static final Pattern TABLE =
      Pattern.compile("^create table (\\w+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final Pattern DROPPED = Pattern.compile("(?m)^drop table (\\w+)");

  private static final String FOLDER = "db/migration";
  private static final String HISTORY = "fettle_schema_history";

  private static final Sql HAS_HISTORY =
      Sql.of("select to_regclass('%s') is not null".formatted(HISTORY));

  private static final Sql APPLIED =
      Sql.of("select script, checksum, success from %s where type = 'SQL'".formatted(HISTORY));

  private final DbSettings settings;
  private final Db db;

  /**
   * The migrations of this program for one database.
   *
   * @param settings where Flyway connects by itself
   * @param db the same database, open
   */
  public Migrations(DbSettings settings, Db db) {
    this.settings = settings;
    this.db = db;
  }

  /**
   * Applies what is missing.
   *
   * @return how many scripts ran
   * @throws DatabaseFailure if a script failed, or the database was written by a newer program
   */
  public int apply() {
    return current() ? 0 : migrate();
  }

  /** True if the database has had exactly the scripts of this program, letter for letter. */
  public boolean current() {
    Map<String, @Nullable Long> applied =
        db.statement(
            tx -> {
              Map<String, @Nullable Long> found = new HashMap<>();
              if (tx.one(HAS_HISTORY, Boolean.class).orElse(false)) {
                tx.each(
                    APPLIED,
                    row ->
                        found.put(
                            row.text("script"),
                            row.flag("success") ? row.bigintOrNull("checksum") : null));
              }
              return found;
            });
    return applied.equals(shipped());
  }

  private int migrate() {
    try {
      return Flyway.configure()
          .dataSource(settings.url(), settings.user(), settings.password())
          .locations("classpath:" + FOLDER)
          .table(HISTORY)
          .validateMigrationNaming(true)
          .outOfOrder(true)
          .cleanDisabled(true)
          .connectRetries(0)
          .load()
          .migrate()
          .migrationsExecuted;
    } catch (FlywayException e) {
      throw new DatabaseFailure("the database's schema cannot be brought up to date: " + e, e);
    }
  }

  /** The tables that the scripts leave; the record of the scripts is not among them. */
  public static Set<String> tables() {
    Set<String> tables = new TreeSet<>();
    for (String script : SCRIPTS) {
      TABLE.matcher(text(script)).results().forEach(found -> tables.add(found.group(1)));
      DROPPED.matcher(text(script)).results().forEach(found -> tables.remove(found.group(1)));
    }
    return tables;
  }

  private static Map<String, Long> shipped() {
    Map<String, Long> shipped = new HashMap<>();
    SCRIPTS.forEach(script -> shipped.put(script, checksum(script)));
    return shipped;
  }

  /** As Flyway counts it: the characters of each line, and not how lines end. */
  private static long checksum(String script) {
    CRC32 sum = new CRC32();
    text(script).lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) sum.getValue();
  }

  private static String text(String script) {
    try (InputStream in = Migrations.class.getResourceAsStream("/" + FOLDER + "/" + script)) {
      if (in == null) {
        throw new IllegalStateException("The script " + script + " did not come with the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
