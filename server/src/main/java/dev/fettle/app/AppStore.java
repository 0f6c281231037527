package dev.fettle.app;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.ArrayList;
import java.util.List;

/**
 * The installation's own rows (secrets, the way to run that the database belongs to, the seeds that
 * were put in), and the emptying of all others.
 */
final class AppStore {
  private static final Sql KEEP_FIRST =
      Sql.of(
          """
          insert into app_secret (tenant_id, name, value) values ('', :name, :value)
          on conflict (tenant_id, name) do nothing
          """);

  private static final Sql READ =
      Sql.of("select value from app_secret where tenant_id = '' and name = :name");

  private static final Sql FORGET_SEEDS =
      Sql.of("delete from app_secret where tenant_id = '' and name like 'seed:%'");

  private static final Sql REFERRING =
      Sql.of(
          """
          select c.conrelid::regclass::text name from pg_constraint c
          join pg_class mine on mine.oid = c.confrelid
          join pg_class other on other.oid = c.conrelid
          where c.contype = 'f' and mine.relnamespace = current_schema()::regnamespace
            and mine.relname = any(:tables)
            and not (other.relnamespace = mine.relnamespace and other.relname = any(:tables))
          order by name limit 1
          """);

  private AppStore() {}

  /** The secret of this name: the one that is kept, or this one, which is kept from now on. */
  static byte[] secret(Tx tx, String name, byte[] fresh) {
    tx.update(KEEP_FIRST.with("name", name).with("value", fresh));
    return tx.one(READ.with("name", name), byte[].class).orElseThrow();
  }

  /** True if this seed has been put in since the tables were last empty. */
  static boolean seeded(Tx tx, String fingerprint) {
    return tx.one(READ.with("name", "seed:" + fingerprint), byte[].class).isPresent();
  }

  /** Notes that this seed has been put in, all of it. */
  static void noteSeed(Tx tx, String fingerprint) {
    tx.update(KEEP_FIRST.with("name", "seed:" + fingerprint).with("value", new byte[0]));
  }

  /**
   * Empties every table of this program but that of the installation itself, which forgets its
   * seeds. Others may keep theirs in the same database.
   *
   * @throws Refusal with {@link Reason.Conflict} if a table of others refers to one of ours
   */
  static void empty(Tx tx) {
    List<String> tables = new ArrayList<>(Migrations.tables());
    tx.one(REFERRING.with("tables", tables), String.class)
        .ifPresent(
            other -> {
              throw Refusal.conflict(
                  "Nothing was emptied: the table %s, which is not Fettle's, refers to one of Fettle's. Drop its foreign key."
                      .formatted(other));
            });
    tables.remove("app_secret");
    tx.update(FORGET_SEEDS);
    tx.update(Sql.of("truncate " + String.join(", ", tables)));
  }
}
