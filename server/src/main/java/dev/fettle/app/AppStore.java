package dev.fettle.app;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import java.util.List;

/**
 * The installation's own rows (secrets, and whose database it is), and the emptying of all others.
 */
final class AppStore {
  private static final String KEEP_FIRST =
      """
      insert into app_secret (tenant_id, name, value) values ('', ?, ?)
      on conflict (tenant_id, name) do nothing
      """;

  private static final String READ =
      "select value from app_secret where tenant_id = '' and name = ?";

  private static final String TABLES =
      """
      select quote_ident(tablename) name from pg_tables
      where schemaname = current_schema()
        and tablename not in ('fettle_schema_history', 'app_secret')
      order by tablename
      """;

  private final Db db;

  AppStore(Db db) {
    this.db = db;
  }

  /** The secret of this name: the one that is kept, or this one, which is kept from now on. */
  byte[] secret(String name, byte[] fresh) {
    return db.tx(
        tx -> {
          tx.update(Sql.of(KEEP_FIRST, name, fresh));
          return tx.one(Sql.of(READ, name), row -> row.bytes("value")).orElseThrow();
        });
  }

  /** Empties every table but those of the installation itself. */
  void empty() {
    db.tx(
        tx -> {
          List<String> tables = tx.list(Sql.of(TABLES), row -> row.text("name"));
          return tx.update(Sql.of("truncate " + String.join(", ", tables)));
        });
  }
}
