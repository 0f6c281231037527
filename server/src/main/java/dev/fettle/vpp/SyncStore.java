package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a run in the row of its vppToken: how it begins, what it observes, how it ends.
 * Each but the first holds only while the run is the token's. Keeps nothing; safe to share.
 */
final class SyncStore {

  private static final String BEGIN =
      """
      update vpp_token set sync_run = ?, sync_attempts = sync_attempts + 1, observed = true,
        last_sync_status = 'inProgress', last_modified_date_time = ?
      where tenant_id = ? and id = ?
      """;

  private static final String BEGUN =
      """
      select sync_attempts, library_id, claim_from_external_mdm, account_type, sealed
      from vpp_token where tenant_id = ? and id = ?
      """;

  private static final String STILL_RUNNING =
      "select 1 as one from vpp_token where tenant_id = ? and id = ? and sync_run = ?";

  private static final String OBSERVE =
      """
      update vpp_token set library_id = ?, state = 'valid', held_by = null,
        expiration_date_time = ?, country_or_region = coalesce(?, country_or_region),
        location_name = coalesce(?, location_name), account_type = coalesce(?, account_type)
      where tenant_id = ? and id = ? and sync_run = ?
      """;

  private static final String COMPLETE =
      """
      update vpp_token set last_sync_status = 'completed', last_sync_date_time = ?,
        last_modified_date_time = ?, sync_run = null, sync_attempts = 0, sync_problem = null,
        sync_failing_since = null,
        last_app_count = (select count(*)::int from vpp_app a
          where a.tenant_id = vpp_token.tenant_id and a.token_id = vpp_token.id
            and a.platform <> 'none')
      where tenant_id = ? and id = ? and sync_run = ?
      """;

  private static final String GIVE_UP =
      """
      update vpp_token set last_sync_status = 'failed', state = coalesce(?, state), held_by = ?,
        last_modified_date_time = ?, sync_run = null, sync_attempts = 0, sync_problem = ?,
        sync_failing_since = coalesce(sync_failing_since, ?)
      where tenant_id = ? and id = ? and sync_run = ?
      """;

  private static final String NOTE_TROUBLE =
      """
      update vpp_token set sync_problem = ?
      where tenant_id = ? and id = ? and sync_run = ?
      """;

  /** Begins a run, which every other write of the sync is bound to. */
  Optional<TokenToSync> begin(Tx tx, SyncRun run, Instant now) {
    int begun =
        tx.update(Sql.of(BEGIN, run.run(), PreciseTime.of(now), run.tenantId(), run.tokenId()));
    return begun == 0
        ? Optional.empty()
        : tx.one(
            Sql.of(BEGUN, run.tenantId(), run.tokenId()),
            row -> {
              byte[] sealed = row.bytesOrNull("sealed");
              return new TokenToSync(
                  row.integer("sync_attempts"),
                  row.textOrNull("library_id"),
                  row.flag("claim_from_external_mdm"),
                  row.text("account_type"),
                  sealed == null ? null : new SealedSecret(run.tenantId(), run.tokenId(), sealed));
            });
  }

  /** Whether the sync still may write. */
  boolean runs(Tx tx, SyncRun run) {
    return tx.one(
            Sql.of(STILL_RUNNING, run.tenantId(), run.tokenId(), run.run()),
            row -> row.integer("one"))
        .isPresent();
  }

  /** What Apple says of a content token that it accepts. */
  record Observed(
      String libraryId,
      String expires,
      @Nullable String country,
      @Nullable String location,
      @Nullable String accountType) {}

  boolean observe(Tx tx, SyncRun run, Observed seen) {
    return tx.update(
            Sql.of(
                OBSERVE,
                seen.libraryId(),
                seen.expires(),
                seen.country(),
                seen.location(),
                seen.accountType(),
                run.tenantId(),
                run.tokenId(),
                run.run()))
        == 1;
  }

  boolean complete(Tx tx, SyncRun run, Instant now) {
    String precise = PreciseTime.of(now);
    return tx.update(Sql.of(COMPLETE, precise, precise, run.tenantId(), run.tokenId(), run.run()))
        == 1;
  }

  /** How a sync ended that brought nothing. */
  record GivenUp(@Nullable String state, @Nullable String heldBy, String problem) {}

  boolean giveUp(Tx tx, SyncRun run, GivenUp end, Instant now) {
    return tx.update(
            Sql.of(
                GIVE_UP,
                end.state(),
                end.heldBy(),
                PreciseTime.of(now),
                end.problem(),
                now,
                run.tenantId(),
                run.tokenId(),
                run.run()))
        == 1;
  }

  int noteTrouble(Tx tx, SyncRun run, String problem) {
    return tx.update(Sql.of(NOTE_TROUBLE, problem, run.tenantId(), run.tokenId(), run.run()));
  }
}
