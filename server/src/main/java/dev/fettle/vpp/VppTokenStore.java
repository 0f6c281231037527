package dev.fettle.vpp;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of {@code vpp_token} and {@code vpp_holder}. Keeps nothing; safe to share. */
final class VppTokenStore {

  /** The columns of {@link VppTokenDetails} with one value each. */
  private static final String DETAILS =
      """
      display_name, organization_name, account_type, apple_id, expiration_date_time,
      last_sync_date_time, state, last_sync_status, automatically_update_apps, country_or_region,
      location_name, data_sharing_consent_granted, claim_from_external_mdm, delivery_protocol,
      last_app_count\
      """;

  /** Those with several, which cost more than all the others and rarely change. */
  private static final String LISTS = ", role_scope_tag_ids, token_action_results";

  /** With the number of the transaction that wrote the row: another write gives it another one. */
  private static final String FIND =
      "select id, "
          + DETAILS
          + LISTS
          + ", sealed, content_known, observed, library_id, sync_run is not null as syncing,"
          + " xmin::text as written_by"
          + " from vpp_token"
          + " where tenant_id = ? and id = ?";

  private static final String WHERE_AS_READ =
      " where tenant_id = ? and id = ? and xmin = ?::text::xid returning *)";

  private static final String INSERT =
      "insert into vpp_token (tenant_id, id, last_modified_date_time, sealed, content_known,"
          + " observed, library_id, "
          + DETAILS
          + LISTS
          + ") values (?, ?, ?, ?, ?, ?, ?, ";

  private static final String SAVE =
      "changed as (update vpp_token set last_modified_date_time = ?, (" + DETAILS;

  /** A new content token ends the sync of the old one, and all warnings about it. */
  private static final String RENEW =
      """
      , sealed = ?, content_known = ?, library_id = coalesce(?, library_id), held_by = ?,
        sync_run = null, sync_attempts = 0, sync_problem = null, sync_failing_since = null,
        warned_days = null
      """;

  private static final String NO_RESULTS = "[]";

  private static final String DELETE = "delete from vpp_token where tenant_id = ? and id = ?";

  private static final String ENDING =
      """
      select tenant_id, id, display_name, organization_name, expiration_date_time, state,
        warned_days
      from vpp_token where content_known and expiration_date_time <= ?
        and (warned_days is null or warned_days > 0) order by expiration_date_time limit 1000
      """;

  private static final String WARN =
      """
      update vpp_token set warned_days = ?,
        state = case when ? = 0 and state in ('unknown', 'valid') then 'expired' else state end,
        last_modified_date_time = case when ? = 0 then ? else last_modified_date_time end
      where tenant_id = ? and id = ? and expiration_date_time = ?
        and (warned_days is null or warned_days > ?)
      """;

  private static final String EXPIRIES =
      """
      select tenant_id, id, expiration_date_time from vpp_token
      where content_known order by tenant_id, id limit 10000
      """;

  private static final String ATTENTION =
      """
      select id, display_name, organization_name, apple_id, expiration_date_time, state,
        content_known, held_by, sync_failing_since, sync_problem,
        library_id is not null and exists (select 1 from vpp_token other
          where other.tenant_id = vpp_token.tenant_id and other.library_id = vpp_token.library_id
            and other.id <> vpp_token.id) as duplicate
      from vpp_token where tenant_id = ?
        and (state in ('expired', 'invalid', 'assignedToExternalMDM')
          or (content_known and expiration_date_time <= ?)
          or sync_failing_since is not null
          or library_id in (select library_id from vpp_token
            where tenant_id = ? group by library_id having count(*) > 1))
      order by expiration_date_time, id limit 3000
      """;

  private static final String NOTIFIED_AT =
      """
      select notification_url from vpp_token
      where tenant_id = ? and id = ? and notification_url is not null
      """;

  private static final String NEW_HOLDER =
      "insert into vpp_holder (tenant_id, holder_id) values (?, ?) on conflict do nothing";

  private static final String HOLDER = "select holder_id from vpp_holder where tenant_id = ?";

  /** Asks for a sync unless one is asked for or under way. */
  private static final String ASK =
      """
      update vpp_token set sync_run = 'asked', last_sync_status = 'inProgress', observed = true,
        last_modified_date_time = ?
      where tenant_id = ? and id = ? and sync_run is null
      """;

  private static final String COUNT_ALL = "select count(*) as n from vpp_token where tenant_id = ?";

  private static final String ALL_IDS =
      "select id from vpp_token where tenant_id = ? and content_known order by id";

  private static final String EXPIRING =
      """
      select count(*) as n from vpp_token
      where tenant_id = ? and expiration_date_time <= ? and expiration_date_time > ?
      """;

  /**
   * A vppToken with its sealed secret.
   *
   * @param syncing whether a sync is asked for or under way
   * @param writtenBy tells this state of the row from every other
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Sealed(VppToken token, byte @Nullable [] sealed, boolean syncing, String writtenBy) {
    /** The secret, if there is one. */
    Optional<SealedSecret> secret(String tenantId) {
      return Optional.ofNullable(sealed)
          .map(bytes -> new SealedSecret(tenantId, token.id(), bytes));
    }

    /** Names the vppToken alone. */
    @Override
    public String toString() {
      return token.id();
    }
  }

  /** A content token that nears its end. */
  record Ending(
      String tenantId,
      String id,
      @Nullable String name,
      String expires,
      @Nullable Integer warnedDays) {}

  /** When a content token ends. */
  record Expiry(String tenantId, String id, Instant expires) {}

  /** A vppToken that may need a person. */
  record Concern(
      String id,
      @Nullable String displayName,
      @Nullable String organizationName,
      @Nullable String appleId,
      TokenAttention.Facts facts) {}

  boolean insert(Tx tx, String tenantId, VppToken token, byte @Nullable [] sealed, Instant now) {
    return tx.update(
            Sql.of(
                    INSERT,
                    tenantId,
                    token.id(),
                    PreciseTime.of(now),
                    sealed,
                    token.contentKnown(),
                    token.observed(),
                    token.libraryId())
                .append(values(token.details()))
                .append(lists(token.details()))
                .append(") on conflict do nothing"))
        == 1;
  }

  /** Sets the time that a seed names, where the server would have set its own. */
  int setModified(Tx tx, String tenantId, String id, String modified) {
    return tx.update(
        Sql.of(
            "update vpp_token set last_modified_date_time = ? where tenant_id = ? and id = ?",
            modified,
            tenantId,
            id));
  }

  Optional<Sealed> find(Tx tx, String tenantId, String id) {
    return tx.one(Sql.of(FIND, tenantId, id), VppTokenStore::sealed);
  }

  Optional<Sealed> findForUpdate(Tx tx, String tenantId, String id) {
    return tx.one(Sql.of(FIND, tenantId, id).append(" for update"), VppTokenStore::sealed);
  }

  /**
   * Writes all details if the row is as it was read, as a common table expression {@code changed}
   * that returns the whole row, so that the statement can do more.
   */
  Sql saving(String tenantId, Sealed read, VppTokenDetails details, Instant now) {
    return saving(read, details, now)
        .append(WHERE_AS_READ, tenantId, read.token().id(), read.writtenBy());
  }

  /** The same with a new secret. */
  Sql renewing(
      SealedSecret secret, Renewed renewed, Sealed read, VppTokenDetails details, Instant now) {
    return saving(read, details, now)
        .append(
            RENEW, secret.sealed(), renewed.contentKnown(), renewed.libraryId(), renewed.heldBy())
        .append(WHERE_AS_READ, secret.tenantId(), secret.tokenId(), read.writtenBy());
  }

  /** What is known of a new secret. */
  record Renewed(boolean contentKnown, @Nullable String libraryId, @Nullable String heldBy) {}

  private static Sql saving(Sealed read, VppTokenDetails details, Instant now) {
    VppTokenDetails was = read.token().details();
    boolean sameLists =
        details.roleScopeTagIds().equals(was.roleScopeTagIds())
            && details.actionResults().equals(was.actionResults());
    Sql save = Sql.of(sameLists ? SAVE + ") = (" : SAVE + LISTS + ") = (", PreciseTime.of(now));
    Sql values = save.append(values(details));
    return (sameLists ? values : values.append(lists(details))).append(")");
  }

  boolean delete(Tx tx, String tenantId, String id) {
    return tx.update(Sql.of(DELETE, tenantId, id)) == 1;
  }

  /** Whether this call began it. */
  boolean ask(Tx tx, String tenantId, String id, Instant now) {
    return tx.update(Sql.of(ASK, PreciseTime.of(now), tenantId, id)) == 1;
  }

  long count(Tx tx, String tenantId) {
    return tx.one(Sql.of(COUNT_ALL, tenantId), row -> row.bigint("n")).orElse(0L);
  }

  List<String> ids(Tx tx, String tenantId) {
    return tx.list(Sql.of(ALL_IDS, tenantId), row -> row.text("id"));
  }

  /**
   * How many of those whose end is known end before that time, in the form of {@link PreciseTime}.
   */
  long expiringBefore(Tx tx, String tenantId, String time) {
    return tx.one(Sql.of(EXPIRING, tenantId, time, VppTokenRules.NEVER), row -> row.bigint("n"))
        .orElse(0L);
  }

  List<Ending> ending(Tx tx, Instant before) {
    return tx.list(
        Sql.of(ENDING, PreciseTime.of(before)),
        row ->
            new Ending(
                row.text("tenant_id"),
                row.text("id"),
                row.textOrNull("display_name") == null
                    ? row.textOrNull("organization_name")
                    : row.textOrNull("display_name"),
                row.text("expiration_date_time"),
                row.integerOrNull("warned_days")));
  }

  /** Notes that a warning was given, unless this one or a later one was already. */
  boolean warn(Tx tx, Ending ending, int days, Instant now) {
    return tx.update(
            Sql.of(
                WARN,
                days,
                days,
                days,
                PreciseTime.of(now),
                ending.tenantId(),
                ending.id(),
                ending.expires(),
                days))
        == 1;
  }

  List<Expiry> expiries(Tx tx) {
    return tx.list(
        Sql.of(EXPIRIES),
        row ->
            new Expiry(
                row.text("tenant_id"),
                row.text("id"),
                PreciseTime.instant(row.text("expiration_date_time"))));
  }

  List<Concern> concerns(Tx tx, String tenantId, Instant expiringBefore) {
    return tx.list(
        Sql.of(ATTENTION, tenantId, PreciseTime.of(expiringBefore), tenantId),
        row ->
            new Concern(
                row.text("id"),
                row.textOrNull("display_name"),
                row.textOrNull("organization_name"),
                row.textOrNull("apple_id"),
                new TokenAttention.Facts(
                    row.text("state"),
                    row.flag("content_known"),
                    PreciseTime.instant(row.text("expiration_date_time")),
                    row.textOrNull("held_by"),
                    row.flag("duplicate"),
                    row.timeOrNull("sync_failing_since"),
                    row.textOrNull("sync_problem"))));
  }

  /** Where Apple sends what it tells about the vppToken, if it does. */
  Optional<String> notifiedAt(Tx tx, String tenantId, String id) {
    return tx.one(Sql.of(NOTIFIED_AT, tenantId, id), row -> row.text("notification_url"));
  }

  /** By which id this tenant of this installation holds libraries; made when first needed. */
  String holder(Tx tx, String tenantId, String fresh) {
    Optional<String> known = tx.one(Sql.of(HOLDER, tenantId), row -> row.text("holder_id"));
    if (known.isPresent()) {
      return known.get();
    }
    int made = tx.update(Sql.of(NEW_HOLDER, tenantId, fresh));
    return made == 1
        ? fresh
        : tx.one(Sql.of(HOLDER, tenantId), row -> row.text("holder_id")).orElseThrow();
  }

  /** The values of {@link #DETAILS}. */
  private static Sql values(VppTokenDetails details) {
    return Sql.of(
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
        details.displayName(),
        details.organizationName(),
        details.accountType(),
        details.appleId(),
        details.expires(),
        details.lastSync(),
        details.state(),
        details.lastSyncStatus(),
        details.automaticallyUpdateApps(),
        details.country(),
        details.location(),
        details.dataSharingConsentGranted(),
        details.claimFromExternalMdm(),
        details.deliveryProtocol(),
        details.lastAppCount());
  }

  /** The values of {@link #LISTS}. */
  private static Sql lists(VppTokenDetails details) {
    return Sql.of(", ?, ?", details.roleScopeTagIds(), Json.readTrusted(details.actionResults()));
  }

  private static Sealed sealed(Row row) {
    VppTokenDetails details =
        new VppTokenDetails(
            row.textOrNull("display_name"),
            row.textOrNull("organization_name"),
            row.text("account_type"),
            row.textOrNull("apple_id"),
            row.text("expiration_date_time"),
            row.text("last_sync_date_time"),
            row.text("state"),
            row.text("last_sync_status"),
            row.flag("automatically_update_apps"),
            row.textOrNull("country_or_region"),
            row.textOrNull("location_name"),
            row.flag("data_sharing_consent_granted"),
            row.flag("claim_from_external_mdm"),
            row.texts("role_scope_tag_ids"),
            results(row.text("token_action_results")),
            row.text("delivery_protocol"),
            row.integerOrNull("last_app_count"));
    return new Sealed(
        new VppToken(
            row.text("id"),
            details,
            row.flag("content_known"),
            row.flag("observed"),
            row.textOrNull("library_id")),
        row.bytesOrNull("sealed"),
        row.flag("syncing"),
        row.text("written_by"));
  }

  private static String results(String stored) {
    return stored.equals(NO_RESULTS)
        ? NO_RESULTS
        : VppTokenJson.canonical(Json.readTrusted(stored));
  }
}
