package dev.fettle.updates;

import dev.fettle.db.Db;
import dev.fettle.devices.Change;
import java.time.Duration;
import java.time.Instant;

/**
 * The background steps that fail operations past their deadline and remove what is old. Each may
 * run on several servers at once and may be repeated.
 */
public final class ExpiryJob {

  /** Bytes are kept that long without a row that names them: the row may be on its way. */
  private static final Duration UNNAMED = Duration.ofHours(6);

  /** Ended operations that are removed in one transaction. */
  private static final int AT_ONCE = 500;

  private final Db db;
  private final ContentStore contents;
  private final UpdateSettings settings;

  public ExpiryJob(Db db, ContentStore contents, UpdateSettings settings) {
    this.db = db;
    this.contents = contents;
    this.settings = settings;
  }

  /** Fails the operations whose deadline has passed; answers how many. */
  public int deadlines(Instant now) {
    return db.tx(tx -> ExpiryStore.failOverdue(tx, Change.byServer(now)));
  }

  /** Removes operations, diagnostics and files that have been kept long enough. */
  public void retention(Instant now) {
    Instant oldest = now.minus(settings.operationRetention());
    while (db.tx(tx -> ExpiryStore.removeOlderThan(tx, oldest, AT_ONCE)) == AT_ONCE) {
      // There may be more.
    }
    db.run(
        tx ->
            ExpiryStore.removeDiagnosticsOlderThan(tx, now.minus(settings.diagnosticsRetention())));
    contents.removeUnused(
        now.minus(UNNAMED), sha256 -> db.statement(tx -> ReleaseStore.isInUse(tx, sha256)));
  }
}
