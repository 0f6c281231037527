package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Migrations;
import dev.fettle.db.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The database of the settings, open and with the schema of this version: the one that a URL names,
 * or the embedded one, which is started for it and stopped with it.
 */
final class OpenDatabase implements AutoCloseable {

  private static final int IDLE_CONNECTIONS = 2;

  private final @Nullable EmbeddedPostgres embedded;
  private final Db db;

  private OpenDatabase(@Nullable EmbeddedPostgres embedded, DbSettings where) {
    this.embedded = embedded;
    this.db = new Db(where);
  }

  static OpenDatabase of(Settings settings, Ids ids) {
    String url = settings.find(Setting.DATABASE_URL);
    int connections = settings.get(Setting.DATABASE_CONNECTIONS);
    Duration wait = settings.get(Setting.DATABASE_ADMISSION_WAIT);
    Duration timeout = settings.get(Setting.DATABASE_STATEMENT_TIMEOUT);
    if (url != null) {
      return migrated(
          null,
          new DbSettings(
              url,
              settings.find(Setting.DATABASE_USER),
              settings.find(Setting.DATABASE_PASSWORD),
              connections,
              IDLE_CONNECTIONS,
              wait,
              timeout));
    }
    Path folder = settings.get(Setting.DATA_DIRECTORY).resolve("postgres");
    Path programs = Objects.requireNonNullElse(settings.find(Setting.DATABASE_PROGRAMS), folder);
    EmbeddedPostgres embedded =
        EmbeddedPostgres.start(
            new EmbeddedPostgres.Options(folder, programs, true, connections + 10), ids);
    try {
      return migrated(embedded, embedded.settings(connections, IDLE_CONNECTIONS, wait, timeout));
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  private static OpenDatabase migrated(@Nullable EmbeddedPostgres embedded, DbSettings where) {
    OpenDatabase open = new OpenDatabase(embedded, where);
    try {
      new Migrations(where, open.db).apply();
      return open;
    } catch (RuntimeException e) {
      open.db.close();
      throw e;
    }
  }

  /** True for the embedded one, on which no other server can be. */
  boolean isOurs() {
    return embedded != null;
  }

  Db db() {
    return db;
  }

  @Override
  public void close() {
    db.close();
    if (embedded != null) {
      embedded.close();
    }
  }
}
