package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a run in the row of its vppToken: its begin, what it observes, its end. Each
 * but the first holds only while the run is the token's.
 */
final class SyncStore {

  private static final Sql BEGIN =
      Sql.of(
          """
          update vpp_token set sync_run = :runId, sync_attempts = sync_attempts + 1,
            observed = true, last_sync_status = 'inProgress', last_modified_date_time = :now
          where tenant_id = :tenantId and id = :tokenId
          returning sync_attempts, library_id, claim_from_external_mdm, account_type, sealed
          """);

  private static final Sql STILL_RUNNING =
      Sql.of(
          """
          select 1 from vpp_token
          where tenant_id = :tenantId and id = :tokenId and sync_run = :runId
          """);

  private static final Sql OBSERVE =
      Sql.of(
          """
          update vpp_token set library_id = :libraryId, state = 'valid', held_by = null,
            expiration_date_time = :expirationDateTime,
            country_or_region = coalesce(:countryOrRegion, country_or_region),
            location_name = coalesce(:locationName, location_name),
            account_type = coalesce(:accountType, account_type)
          where tenant_id = :tenantId and id = :tokenId and sync_run = :runId
          """);

  private static final Sql COMPLETE =
      Sql.of(
          """
          update vpp_token set last_sync_status = 'completed', last_sync_date_time = :now,
            last_modified_date_time = :now, sync_run = null, sync_attempts = 0,
            sync_problem = null, sync_failing_since = null,
            last_app_count = (select count(*)::int from vpp_app a
              where a.tenant_id = vpp_token.tenant_id and a.token_id = vpp_token.id
                and a.platform <> 'none')
          where tenant_id = :tenantId and id = :tokenId and sync_run = :runId
          """);

  private static final Sql GIVE_UP =
      Sql.of(
          """
          update vpp_token set last_sync_status = 'failed', state = coalesce(:state, state),
            held_by = :heldBy, last_modified_date_time = :now, sync_run = null,
            sync_attempts = 0, sync_problem = :problem,
            sync_failing_since = coalesce(sync_failing_since, :since)
          where tenant_id = :tenantId and id = :tokenId and sync_run = :runId
          """);

  private static final Sql NOTE_TROUBLE =
      Sql.of(
          """
          update vpp_token set sync_problem = :problem
          where tenant_id = :tenantId and id = :tokenId and sync_run = :runId
          """);

  private SyncStore() {}

  /**
   * A vppToken at the beginning of a run.
   *
   * @param syncAttempts how often it was tried, from 1
   * @param libraryId the library that it opens, once Apple has said so
   * @param claimFromExternalMdm whether the library may be taken over from another service
   */
  @SuppressWarnings("ArrayRecordComponent")
  record TokenToSync(
      int syncAttempts,
      @Nullable String libraryId,
      boolean claimFromExternalMdm,
      String accountType,
      byte @Nullable [] sealed) {
    /** Names nothing: the secret is one. */
    @Override
    public String toString() {
      return "a vppToken to be synced";
    }
  }

  /** Begins a run, which every other write of the sync is bound to. */
  static Optional<TokenToSync> begin(Tx tx, SyncRun run, Instant now) {
    return tx.one(BEGIN.with(run).with("now", PreciseTime.of(now)), TokenToSync.class);
  }

  /** True while the sync may write. */
  static boolean runs(Tx tx, SyncRun run) {
    return tx.one(STILL_RUNNING.with(run), Integer.class).isPresent();
  }

  /** Apple's word on a content token that it accepts. */
  record Observed(
      String libraryId,
      String expirationDateTime,
      @Nullable String countryOrRegion,
      @Nullable String locationName,
      @Nullable String accountType) {}

  static boolean observe(Tx tx, SyncRun run, Observed seen) {
    return tx.update(OBSERVE.with(run).with(seen)) == 1;
  }

  static boolean complete(Tx tx, SyncRun run, Instant now) {
    return tx.update(COMPLETE.with(run).with("now", PreciseTime.of(now))) == 1;
  }

  /** The end of a sync that brought nothing. */
  record GivenUp(@Nullable String state, @Nullable String heldBy, String problem) {}

  static boolean giveUp(Tx tx, SyncRun run, GivenUp end, Instant now) {
    Sql giveUp = GIVE_UP.with(run).with(end).with("now", PreciseTime.of(now));
    return tx.update(giveUp.with("since", now)) == 1;
  }

  static int noteTrouble(Tx tx, SyncRun run, String problem) {
    return tx.update(NOTE_TROUBLE.with(run).with("problem", problem));
  }
}
