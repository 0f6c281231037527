package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of {@code vpp_token} and {@code vpp_holder}, but for those of a sync. */
final class VppTokenStore {

  /** With the number of the transaction that wrote the row: another write gives it another one. */
  private static final Sql FIND =
      Sql.of(
          """
          select *, sync_run is not null as syncing, xmin::text as written_by
          from vpp_token where tenant_id = :tenantId and id = :tokenId\
          """);

  private static final Sql FIND_FOR_UPDATE = FIND.append(Sql.of(" for update"));

  private static final Sql INSERT =
      Sql.of(
          """
          insert into vpp_token (tenant_id, id, last_modified_date_time, sealed, content_known,
            observed, library_id, display_name, organization_name, account_type, apple_id,
            expiration_date_time, last_sync_date_time, state, last_sync_status,
            automatically_update_apps, country_or_region, location_name,
            data_sharing_consent_granted, claim_from_external_mdm, delivery_protocol,
            last_app_count, role_scope_tag_ids, token_action_results)
          values (:tenantId, :id, :now, :sealed, :contentKnown, :observed, :libraryId, :displayName,
            :organizationName, :accountType, :appleId, :expirationDateTime, :lastSyncDateTime,
            :state, :lastSyncStatus, :automaticallyUpdateApps, :countryOrRegion, :locationName,
            :dataSharingConsentGranted, :claimFromExternalMdm, :deliveryProtocol, :lastAppCount,
            :roleScopeTagIds, :tokenActionResults)
          on conflict do nothing
          """);

  private static final String SAVE =
      """
      changed as (update vpp_token set last_modified_date_time = :now,
        display_name = :displayName, organization_name = :organizationName,
        account_type = :accountType, apple_id = :appleId,
        expiration_date_time = :expirationDateTime, last_sync_date_time = :lastSyncDateTime,
        state = :state, last_sync_status = :lastSyncStatus,
        automatically_update_apps = :automaticallyUpdateApps,
        country_or_region = :countryOrRegion, location_name = :locationName,
        data_sharing_consent_granted = :dataSharingConsentGranted,
        claim_from_external_mdm = :claimFromExternalMdm, delivery_protocol = :deliveryProtocol,
        last_app_count = :lastAppCount%s
      where tenant_id = :tenantId and id = :id and xmin = :writtenBy::text::xid returning *)\
      """;

  /** Columns of several values, which cost more than all the others and rarely change. */
  private static final String LISTS =
      ", role_scope_tag_ids = :roleScopeTagIds, token_action_results = :tokenActionResults";

  /** A new content token ends the sync of the old one, and all warnings about it. */
  private static final String RENEWED =
      """
      , sealed = :sealed, content_known = :contentKnown,
        library_id = coalesce(:renewedLibraryId, library_id), held_by = :heldBy,
        sync_run = null, sync_attempts = 0, sync_problem = null, sync_failing_since = null,
        warned_days = null
      """;

  private static final Sql SAVE_SINGLE_VALUES = Sql.of(SAVE.formatted(""));
  private static final Sql SAVE_ALL = Sql.of(SAVE.formatted(LISTS));
  private static final Sql RENEW = Sql.of(SAVE.formatted(LISTS + RENEWED));

  private static final Sql SET_MODIFIED =
      Sql.of(
          """
          update vpp_token set last_modified_date_time = :modified
          where tenant_id = :tenantId and id = :tokenId
          """);

  private static final Sql DELETE =
      Sql.of(
          """
          delete from vpp_token where tenant_id = :tenantId and id = :tokenId
          returning sealed, library_id, notification_url
          """);

  private static final Sql ENDING =
      Sql.of(
          """
          select tenant_id, id, coalesce(display_name, organization_name) as name,
            expiration_date_time, warned_days
          from vpp_token where content_known and expiration_date_time <= :before
            and (warned_days is null or warned_days > 0) order by expiration_date_time limit 1000
          """);

  private static final Sql WARN =
      Sql.of(
          """
          update vpp_token set warned_days = :days,
            state = case when :days = 0 and state in ('unknown', 'valid') then 'expired'
              else state end,
            last_modified_date_time = case when :days = 0 then :now
              else last_modified_date_time end
          where tenant_id = :tenantId and id = :id and expiration_date_time = :expirationDateTime
            and (warned_days is null or warned_days > :days)
          """);

  private static final Sql EXPIRIES =
      Sql.of(
          """
          select tenant_id, id, expiration_date_time from vpp_token
          where content_known order by tenant_id, id limit 10000
          """);

  private static final Sql ATTENTION =
      Sql.of(
          """
          select id, display_name, organization_name, apple_id, expiration_date_time, state,
            content_known, held_by, sync_failing_since, sync_problem,
            library_id is not null and exists (select 1 from vpp_token other
              where other.tenant_id = vpp_token.tenant_id
                and other.library_id = vpp_token.library_id
                and other.id <> vpp_token.id) as duplicate
          from vpp_token where tenant_id = :tenantId
            and (state in ('expired', 'invalid', 'assignedToExternalMDM')
              or (content_known and expiration_date_time <= :before)
              or sync_failing_since is not null
              or library_id in (select library_id from vpp_token
                where tenant_id = :tenantId group by library_id having count(*) > 1))
          order by expiration_date_time, id limit 3000
          """);

  private static final Sql NEW_HOLDER =
      Sql.of(
          """
          insert into vpp_holder (tenant_id, holder_id) values (:tenantId, :holderId)
          on conflict do nothing
          """);

  private static final Sql HOLDER =
      Sql.of("select holder_id from vpp_holder where tenant_id = :tenantId");

  private static final Sql ASK =
      Sql.of(
          """
          update vpp_token set sync_run = 'asked', last_sync_status = 'inProgress',
            observed = true, last_modified_date_time = :now
          where tenant_id = :tenantId and id = :tokenId and sync_run is null
          """);

  private static final Sql COUNT_ALL =
      Sql.of("select count(*) from vpp_token where tenant_id = :tenantId");

  private static final Sql ALL_IDS =
      Sql.of("select id from vpp_token where tenant_id = :tenantId and content_known order by id");

  private static final Sql EXPIRING =
      Sql.of(
          """
          select count(*) from vpp_token
          where tenant_id = :tenantId and expiration_date_time <= :before
            and expiration_date_time > :never
          """);

  private static final Sql SECRET =
      Sql.of(
          """
          select tenant_id, id as token_id, sealed from vpp_token
          where tenant_id = :tenantId and id = :tokenId and sealed is not null
          """);

  private static final Sql SECRETS_AFTER =
      Sql.of(
          """
          select tenant_id, id as token_id, sealed from vpp_token
          where sealed is not null and (tenant_id, id) > (:tenantId, :tokenId)
          order by tenant_id, id limit 200
          """);

  private static final Sql RESEAL =
      Sql.of(
          """
          update vpp_token set sealed = :fresh
          where tenant_id = :tenantId and id = :tokenId and sealed = :sealed
          """);

  private VppTokenStore() {}

  /**
   * A vppToken as it was read, with its sealed secret.
   *
   * @param syncing whether a sync is asked for or under way
   * @param writtenBy tells this state of the row from every other
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Stored(VppToken token, byte @Nullable [] sealed, boolean syncing, String writtenBy) {
    /** Names the vppToken alone. */
    @Override
    public String toString() {
      return token.id();
    }
  }

  /**
   * A new secret, and what is known of it.
   *
   * @param renewedLibraryId the library that it opens, if Apple was asked
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Renewed(
      byte[] sealed,
      boolean contentKnown,
      @Nullable String renewedLibraryId,
      @Nullable String heldBy) {
    @Override
    public String toString() {
      return "a new secret";
    }
  }

  /** A deleted vppToken as far as Apple has to hear of it. */
  @SuppressWarnings("ArrayRecordComponent")
  record Deleted(
      byte @Nullable [] sealed, @Nullable String libraryId, @Nullable String notificationUrl) {
    @Override
    public String toString() {
      return "a deleted vppToken";
    }
  }

  /** A content token that nears its end. */
  record Ending(
      String tenantId,
      String id,
      @Nullable String name,
      String expirationDateTime,
      @Nullable Integer warnedDays) {}

  /** The end of a content token. */
  record Expiry(String tenantId, String id, String expirationDateTime) {}

  static boolean insert(
      Tx tx, String tenantId, VppToken token, byte @Nullable [] sealed, Instant now) {
    Sql insert = INSERT.with(token).with("tenantId", tenantId).with("sealed", sealed);
    return tx.update(insert.with("now", PreciseTime.of(now))) == 1;
  }

  /** Sets the time that a seed names, where the server would have set its own. */
  static int setModified(Tx tx, String tenantId, String tokenId, String modified) {
    return tx.update(of(SET_MODIFIED, tenantId, tokenId).with("modified", modified));
  }

  static Optional<Stored> find(Tx tx, String tenantId, String tokenId) {
    return tx.one(of(FIND, tenantId, tokenId), Stored.class);
  }

  static Optional<Stored> findForUpdate(Tx tx, String tenantId, String tokenId) {
    return tx.one(of(FIND_FOR_UPDATE, tenantId, tokenId), Stored.class);
  }

  /**
   * The statement that writes all details if the row is as it was read, as a common table
   * expression {@code changed} that returns the whole row, so that the statement can do more.
   */
  static Sql saving(String tenantId, Stored read, VppTokenDetails details, Instant now) {
    VppTokenDetails was = read.token().details();
    boolean sameLists =
        details.settings().roleScopeTagIds().equals(was.settings().roleScopeTagIds())
            && details.sync().tokenActionResults().equals(was.sync().tokenActionResults());
    return (sameLists ? SAVE_SINGLE_VALUES : SAVE_ALL)
        .with(details)
        .with("tenantId", tenantId)
        .with("id", read.token().id())
        .with("writtenBy", read.writtenBy())
        .with("now", PreciseTime.of(now));
  }

  /** The same with a new secret. */
  static Sql renewing(
      String tenantId, Stored read, Renewed renewed, VppTokenDetails details, Instant now) {
    return RENEW
        .with(details)
        .with(renewed)
        .with("tenantId", tenantId)
        .with("id", read.token().id())
        .with("writtenBy", read.writtenBy())
        .with("now", PreciseTime.of(now));
  }

  static Optional<Deleted> delete(Tx tx, String tenantId, String tokenId) {
    return tx.one(of(DELETE, tenantId, tokenId), Deleted.class);
  }

  /** Asks for a sync unless one is asked for or under way; answers whether this call did. */
  static boolean ask(Tx tx, String tenantId, String tokenId, Instant now) {
    return tx.update(of(ASK, tenantId, tokenId).with("now", PreciseTime.of(now))) == 1;
  }

  static long count(Tx tx, String tenantId) {
    return tx.one(COUNT_ALL.with("tenantId", tenantId), Long.class).orElse(0L);
  }

  /** The vppTokens with a content token. */
  static List<String> ids(Tx tx, String tenantId) {
    return tx.list(ALL_IDS.with("tenantId", tenantId), String.class);
  }

  /** The number of those whose end is known and before a time in the form of PreciseTime. */
  static long expiringBefore(Tx tx, String tenantId, String time) {
    Sql expiring = EXPIRING.with("tenantId", tenantId).with("before", time);
    return tx.one(expiring.with("never", VppTokenRules.NEVER), Long.class).orElse(0L);
  }

  static List<Ending> ending(Tx tx, Instant before) {
    return tx.list(ENDING.with("before", PreciseTime.of(before)), Ending.class);
  }

  /** Notes that a warning was given, unless this one or a later one was already. */
  static boolean warn(Tx tx, Ending ending, int days, Instant now) {
    Sql warn = WARN.with(ending).with("days", days).with("now", PreciseTime.of(now));
    return tx.update(warn) == 1;
  }

  static List<Expiry> expiries(Tx tx) {
    return tx.list(EXPIRIES, Expiry.class);
  }

  /** The vppTokens that may need a person. */
  static List<TokenAttention> attention(Tx tx, String tenantId, Instant expiringBefore) {
    return tx.list(
        ATTENTION.with("tenantId", tenantId).with("before", PreciseTime.of(expiringBefore)),
        TokenAttention.class);
  }

  /** The id by which this tenant of this installation holds libraries; made when first needed. */
  static String holder(Tx tx, String tenantId, String fresh) {
    Sql holder = HOLDER.with("tenantId", tenantId);
    Optional<String> known = tx.one(holder, String.class);
    if (known.isPresent()) {
      return known.get();
    }
    int made = tx.update(NEW_HOLDER.with("tenantId", tenantId).with("holderId", fresh));
    return made == 1 ? fresh : tx.one(holder, String.class).orElseThrow();
  }

  static Optional<SealedSecret> secret(Tx tx, String tenantId, String tokenId) {
    return tx.one(of(SECRET, tenantId, tokenId), SealedSecret.class);
  }

  /** The next secrets after that one, in a fixed order. */
  static List<SealedSecret> secretsAfter(Tx tx, String tenantId, String tokenId) {
    return tx.list(of(SECRETS_AFTER, tenantId, tokenId), SealedSecret.class);
  }

  static boolean reseal(Tx tx, SealedSecret secret, byte[] fresh) {
    return tx.update(RESEAL.with(secret).with("fresh", fresh)) == 1;
  }

  private static Sql of(Sql statement, String tenantId, String tokenId) {
    return statement.with("tenantId", tenantId).with("tokenId", tokenId);
  }
}
