package dev.fettle.app;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import java.util.ArrayList;
import java.util.List;

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

  private static final String REFERRING =
      """
      select c.conrelid::regclass::text name from pg_constraint c
      join pg_class mine on mine.oid = c.confrelid
      join pg_class other on other.oid = c.conrelid
      where c.contype = 'f' and mine.relnamespace = current_schema()::regnamespace
        and mine.relname = any(?)
        and not (other.relnamespace = mine.relnamespace and other.relname = any(?))
      order by name limit 1
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
   *
   * @throws Refusal with {@link Reason.Conflict} if a table of others refers to one of ours
   */
  void empty() {
    List<String> tables = new ArrayList<>(Migrations.tables());
    db.tx(
        tx -> {
          tx.one(Sql.of(REFERRING, tables, tables), row -> row.text("name"))
              .ifPresent(
                  other -> {
                    throw new Refusal(
                        Reason.conflict(
                            "Nothing was emptied: the table %s, which is not Fettle's, refers to one of Fettle's. Drop its foreign key."
                                .formatted(other)));
                  });
          tables.remove("app_secret");
          tx.update(Sql.of(FORGET_SEEDS));
          return tx.update(Sql.of("truncate " + String.join(", ", tables)));
        });
  }
}
