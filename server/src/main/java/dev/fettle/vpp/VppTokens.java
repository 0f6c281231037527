package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.identity.Caller;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The operations of vppTokens. */
final class VppTokens {

  /** The most that a tenant may hold, as the product documentation says. */
  private static final int MOST = 3_000;

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final Ownership ownership;

  VppTokens(
      Db db,
      Jobs jobs,
      AuditTrail audit,
      Secrets secrets,
      InstantSource clock,
      Ids ids,
      Ownership ownership) {
    this.db = db;
    this.jobs = jobs;
    this.audit = audit;
    this.secrets = secrets;
    this.clock = clock;
    this.ids = ids;
    this.ownership = ownership;
  }

  /** The reason to refuse if a vppToken is not there. */
  static Reason.NotFound missing(String id) {
    return new Reason.NotFound(
        "ResourceNotFound", "There is no vppToken with the id '" + id + "'.");
  }

  /**
   * Creates a vppToken; its content token is checked in the background.
   *
   * @param said what the caller says about it
   * @param secret the text of {@code token}
   */
  String create(Caller caller, UnaryOperator<VppTokenDetails> said, @Nullable String secret) {
    Optional<ContentToken> content = secrets.givenFirst(secret);
    String id = ids.guid();
    Instant now = clock.instant();
    VppToken known =
        new VppToken(
            id, VppTokenDetails.unsaid(), content.isPresent(), content.isPresent(), null);
    VppToken token =
        VppToken.created(
            id,
            VppTokenRules.settle(known, said.apply(known.details())),
            content.orElse(null));
    byte[] sealed =
        secret == null ? null : secrets.seal(caller.tenantId(), id, text(secret, content));
    db.run(
        tx -> {
          if (VppTokenStore.count(tx, caller.tenantId()) >= MOST) {
            throw new Refusal(
                Reason.invalid(null, "A tenant holds at most %,d vppTokens.".formatted(MOST)));
          }
          if (!VppTokenStore.insert(tx, caller.tenantId(), token, sealed, now)) {
            throw new IllegalStateException("a fresh id was taken");
          }
          SyncSchedule.ask(
              jobs,
              tx,
              caller.tenantId(),
              id,
              content.isPresent() ? now : SyncSchedule.nextDaily(id, now));
          audit.record(tx, caller, "create", "vppToken", id, AuditTrail.SUCCEEDED, null);
        });
    return id;
  }

  /** Reads a vppToken with the change that is made to it. */
  interface Reading<T> {
    /**
     * Reads what the statement leaves behind that makes the change.
     *
     * @param change common table expressions; the one with the name "changed" returns the vppToken
     * @return nothing if the change returns nothing
     */
    Optional<T> changed(Tx tx, Sql change);

    /** Reads a vppToken that stays as it is. */
    T unchanged(Tx tx);
  }

  /**
   * Merges what the caller says into a vppToken; an unchanged one stays as it is.
   *
   * <p>A change that is nothing but the vppToken's own takes two statements and no transaction
   * around them: the one that reads, and the one that changes, audits and answers if the row is
   * still the one that was read. If it is not, or there is a sync to be asked for as well, the row
   * is locked.
   */
  <T> T update(
      Caller caller,
      String id,
      UnaryOperator<VppTokenDetails> said,
      @Nullable String secret,
      Reading<T> reading) {
    Optional<ContentToken> content = secrets.given(secret);
    Ownership.Renewal renewal = content.isEmpty() ? null : renewal(caller, id, said, content.get());
    Said all = new Said(said, secret == null ? null : text(secret, content), content, renewal);
    if (content.isEmpty()) {
      Optional<T> done =
          db.statement(
              tx -> {
                VppTokenStore.Stored stored = found(tx, caller, id);
                return all.takesOver(stored)
                    ? Optional.empty()
                    : read(tx, merge(caller, stored, all), reading);
              });
      if (done.isPresent()) {
        return done.get();
      }
    }
    return db.tx(
        tx -> {
          VppTokenStore.Stored stored =
              VppTokenStore.findForUpdate(tx, caller.tenantId(), id)
                  .orElseThrow(() -> new Refusal(missing(id)));
          if (content.isPresent() || all.takesOver(stored)) {
            SyncSchedule.ask(jobs, tx, caller.tenantId(), id, clock.instant());
          }
          return read(tx, merge(caller, stored, all), reading)
              .orElseThrow(() -> new IllegalStateException("a locked row was not changed"));
        });
  }

  private static VppTokenStore.Stored found(Tx tx, Caller caller, String id) {
    return VppTokenStore.find(tx, caller.tenantId(), id)
        .orElseThrow(() -> new Refusal(missing(id)));
  }

  private static <T> Optional<T> read(Tx tx, Optional<Sql> change, Reading<T> reading) {
    return change.isPresent()
        ? reading.changed(tx, change.get())
        : Optional.of(reading.unchanged(tx));
  }

  /** A caller's words on a vppToken, with the content token among them and what Apple says of it. */
  private record Said(
      UnaryOperator<VppTokenDetails> details,
      @Nullable String secret,
      Optional<ContentToken> content,
      Ownership.@Nullable Renewal renewal) {
    boolean takesOver(VppTokenStore.Stored stored) {
      return VppTokenRules.takesOver(stored.token(), details.apply(stored.token().details()));
    }

    /** Names nothing: the secret is one. */
    @Override
    public String toString() {
      return "what a caller says";
    }
  }

  /** The change to a vppToken that was read, which holds while it is as it was read. */
  private Optional<Sql> merge(Caller caller, VppTokenStore.Stored stored, Said said) {
    VppToken token = stored.token();
    String text = said.secret();
    Optional<ContentToken> content = said.content();
    Ownership.Renewal renewal = said.renewal();
    boolean newSecret =
        text != null
            && !stored.secret(caller.tenantId()).flatMap(secrets::text).equals(Optional.of(text));
    VppToken known =
        newSecret
            ? new VppToken(
                token.id(),
                token.details(),
                content.isPresent(),
                token.observed(),
                token.libraryId())
            : token;
    VppTokenDetails details = VppTokenRules.settle(known, said.details().apply(token.details()));
    if (newSecret && content.isPresent()) {
      details =
          details.with(
              renewal == null ? VppTokenRules.UNKNOWN : renewal.state(), content.get());
    }
    if (newSecret && stored.syncing()) {
      details = details.unsynced();
    }
    if (!newSecret && details.equals(token.details())) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Sql change =
        newSecret && text != null
            ? VppTokenStore.renewing(
                caller.tenantId(),
                stored,
                new VppTokenStore.Renewed(
                    secrets.seal(caller.tenantId(), token.id(), text),
                    content.isPresent(),
                    renewal == null ? null : renewal.libraryId(),
                    renewal == null ? null : renewal.heldBy()),
                details,
                now)
            : VppTokenStore.saving(caller.tenantId(), stored, details, now);
    return Optional.of(
        change
            .append(", audited as (")
            .append(
                audit.entryIf(
                    "changed",
                    caller,
                    newSecret ? "renew" : "update",
                    "vppToken",
                    token.id(),
                    AuditTrail.SUCCEEDED,
                    Sql.of("null")))
            .append(")"));
  }

  /**
   * Asks Apple about a content token that is to take the place of another, before anything is
   * stored. Null where there is nothing to compare with, or nothing new.
   */
  private Ownership.@Nullable Renewal renewal(
      Caller caller, String id, UnaryOperator<VppTokenDetails> said, ContentToken content) {
    VppTokenStore.Stored stored = db.statement(tx -> found(tx, caller, id));
    VppToken token = stored.token();
    if (token.libraryId() == null) {
      return null;
    }
    if (stored
        .secret(caller.tenantId())
        .flatMap(secrets::text)
        .filter(content::sameAs)
        .isPresent()) {
      return null;
    }
    VppToken wanted =
        new VppToken(
            id,
            said.apply(token.details()),
            token.contentKnown(),
            token.observed(),
            token.libraryId());
    return ownership.renewal(caller.tenantId(), wanted, content);
  }

  /** Removes a vppToken with its apps and their assignments; licences at Apple stay as they are. */
  void delete(Caller caller, String id) {
    VppTokenStore.Deleted deleted =
        db.tx(
            tx -> {
              VppTokenStore.Deleted gone =
                  VppTokenStore.delete(tx, caller.tenantId(), id)
                      .orElseThrow(() -> new Refusal(missing(id)));
              audit.record(tx, caller, "delete", "vppToken", id, AuditTrail.SUCCEEDED, null);
              return gone;
            });
    byte[] sealed = deleted.sealed();
    String url = deleted.notificationUrl();
    String libraryId = deleted.libraryId();
    if (url != null && libraryId != null && sealed != null) {
      String ourId = Ownership.ourId(ownership.holderId(caller.tenantId()), libraryId);
      secrets
          .content(new SealedSecret(caller.tenantId(), id, sealed))
          .ifPresent(
              content ->
                  jobs.once(
                      "vpp.silence", () -> ownership.endNotifications(id, content, ourId, url)));
    }
  }

  /** Begins a sync, unless one is under way. */
  void syncLicenses(Caller caller, String id) {
    Instant now = clock.instant();
    db.run(
        tx -> {
          if (VppTokenStore.ask(tx, caller.tenantId(), id, now)) {
            SyncSchedule.ask(jobs, tx, caller.tenantId(), id, now);
            audit.record(tx, caller, "syncLicenses", "vppToken", id, AuditTrail.SUCCEEDED, null);
          } else if (VppTokenStore.find(tx, caller.tenantId(), id).isEmpty()) {
            throw new Refusal(missing(id));
          }
        });
  }

  /** Begins a sync of every vppToken that has a content token. */
  void syncLicenseCounts(Caller caller) {
    Instant now = clock.instant();
    List<String> all = db.statement(tx -> VppTokenStore.ids(tx, caller.tenantId()));
    db.run(
        tx -> {
          all.forEach(id -> SyncSchedule.ask(jobs, tx, caller.tenantId(), id, now));
          audit.record(tx, caller, "syncLicenseCounts", "vppToken", "", AuditTrail.SUCCEEDED, null);
        });
  }

  /** The number of vppTokens that end before a time. */
  long expiringBefore(Caller caller, String time) {
    String precise = PreciseTime.parse(time);
    if (precise == null) {
      throw new Refusal(
          Reason.invalid(
              "expiringBeforeDateTime",
              "The parameter 'expiringBeforeDateTime' is not a date and time."));
    }
    return db.statement(tx -> VppTokenStore.expiringBefore(tx, caller.tenantId(), precise));
  }

  /** The vppTokens that need a person, each with the reasons. */
  Map<TokenAttention, List<TokenAttention.Reason>> attention(Caller caller) {
    Instant now = clock.instant();
    Instant soon = now.plus(Duration.ofDays(30));
    Map<TokenAttention, List<TokenAttention.Reason>> all = new LinkedHashMap<>();
    for (TokenAttention one :
        db.statement(tx -> VppTokenStore.attention(tx, caller.tenantId(), soon))) {
      List<TokenAttention.Reason> reasons = one.reasons(now);
      if (!reasons.isEmpty()) {
        all.put(one, reasons);
      }
    }
    return all;
  }

  private static String text(String secret, Optional<ContentToken> content) {
    return content.map(ContentToken::reveal).orElse(secret);
  }
}
