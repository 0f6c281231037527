package dev.fettle.app;

import dev.fettle.db.Db;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import java.util.Set;
import java.util.TreeSet;

/**
 * The installation's own rows (secrets, whose database it is, which seeds it has had), and the
 * emptying of all others.
 */
final class AppStore {
  private static final String KEEP_FIRST =
      """
      insert into app_secret (tenant_id, name, value) values ('', ?, ?)
      on conflict (tenant_id, name) do nothing
      """;

  private static final String READ =
      "select value from app_secret where tenant_id = '' and name = ?";

  private static final String HAS_MARK =
      "select 1 from app_secret where tenant_id = '' and name = ?";

  private static final String FORGET_SEEDS =
      "delete from app_secret where tenant_id = '' and name like 'seed:%'";

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

  /** Whether this seed has been put in since the tables were last empty. */
  boolean seeded(String fingerprint) {
    return db.read(tx -> tx.one(Sql.of(HAS_MARK, seed(fingerprint)), row -> true)).orElse(false);
  }

  /** Notes that this seed has been put in, all of it. */
  void noteSeed(String fingerprint) {
    db.<Integer>read(tx -> tx.update(Sql.of(KEEP_FIRST, seed(fingerprint), new byte[0])));
  }

  private static String seed(String fingerprint) {
    return "seed:" + fingerprint;
  }

  /**
   * Empties every table of this program but that of the installation itself, which forgets its
   * seeds. Others may keep theirs in the same database.
   */
  void empty() {
    Set<String> tables = new TreeSet<>(Migrations.tables());
    tables.remove("app_secret");
    db.tx(
        tx -> {
          tx.update(Sql.of(FORGET_SEEDS));
          return tx.update(Sql.of("truncate " + String.join(", ", tables)));
        });
  }
}
