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

  private static final Sql AUDITED = Sql.of(", audited as (");
  private static final Sql NO_DETAIL = Sql.of("null");
  private static final Sql END = Sql.of(")");

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
    ContentToken content = secrets.givenFirst(secret);
    String id = ids.guid();
    Instant now = clock.instant();
    boolean known = content != null;
    VppTokenDetails unsaid = VppTokenDetails.unsaid();
    VppTokenDetails details = VppTokenRules.settle(unsaid, known, known, said.apply(unsaid));
    VppToken token = VppToken.created(id, details, content);
    byte[] sealed =
        secret == null ? null : secrets.seal(caller.tenantId(), id, text(secret, content));
    db.run(
        tx -> {
          if (VppTokenStore.count(tx, caller.tenantId()) >= MOST) {
            throw Refusal.invalid(null, "A tenant holds at most %,d vppTokens.".formatted(MOST));
          }
          if (!VppTokenStore.insert(tx, caller.tenantId(), token, sealed, now)) {
            throw new IllegalStateException("a fresh id was taken");
          }
          Instant due = known ? now : SyncRules.nextDaily(id, now);
          SyncJob.ask(jobs, tx, caller.tenantId(), id, due);
          audit.record(tx, caller, "create", "vppToken", id, AuditTrail.SUCCEEDED, null);
        });
    return id;
  }

  /** A read of a vppToken by the statement that changes it. */
  interface Reading<T> {
    /**
     * Reads the vppToken after its change.
     *
     * @param change common table expressions, of which the one with the name "changed" returns the
     *     vppToken; absent if it stays as it is
     * @return nothing if the change returns nothing
     */
    Optional<T> read(Tx tx, Optional<Sql> change);
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
    Given given = secret == null ? null : given(caller, id, said, secret);
    boolean renewing = given != null && given.content() != null;
    if (!renewing) {
      Optional<T> done =
          db.statement(
              tx -> {
                VppTokenStore.Stored stored = found(tx, caller, id);
                return takesOver(stored, said)
                    ? Optional.empty()
                    : reading.read(tx, merge(caller, stored, said, given));
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
          if (renewing || takesOver(stored, said)) {
            SyncJob.ask(jobs, tx, caller.tenantId(), id, clock.instant());
          }
          return reading
              .read(tx, merge(caller, stored, said, given))
              .orElseThrow(() -> new IllegalStateException("a locked row was not changed"));
        });
  }

  private static boolean takesOver(
      VppTokenStore.Stored stored, UnaryOperator<VppTokenDetails> said) {
    return VppTokenRules.takesOver(stored.token(), said.apply(stored.token().details()));
  }

  private static VppTokenStore.Stored found(Tx tx, Caller caller, String id) {
    return VppTokenStore.find(tx, caller.tenantId(), id)
        .orElseThrow(() -> new Refusal(missing(id)));
  }

  /** A text that a caller gives as {@code token}, with Apple's word if it is a content token. */
  private record Given(String text, @Nullable ContentToken content, Ownership.Renewal renewal) {
    /** Names nothing: the text is a secret. */
    @Override
    public String toString() {
      return "a secret";
    }
  }

  /**
   * Asks Apple about a content token that is to take the place of another, before anything is
   * stored; not where there is nothing to compare with, or nothing new.
   */
  private Given given(
      Caller caller, String id, UnaryOperator<VppTokenDetails> said, String secret) {
    ContentToken content = secrets.given(secret);
    if (content == null) {
      return new Given(secret, null, Ownership.Renewal.NOT_ASKED);
    }
    VppTokenStore.Stored stored = db.statement(tx -> found(tx, caller, id));
    String libraryId = stored.token().libraryId();
    Ownership.Renewal renewal =
        libraryId == null
                || secrets.text(caller.tenantId(), stored).filter(content::sameAs).isPresent()
            ? Ownership.Renewal.NOT_ASKED
            : ownership.renewal(
                caller.tenantId(),
                libraryId,
                said.apply(stored.token().details()).settings().claimFromExternalMdm(),
                content);
    return new Given(content.reveal(), content, renewal);
  }

  /** The change to a vppToken that was read, which holds while it is as it was read. */
  private Optional<Sql> merge(
      Caller caller,
      VppTokenStore.Stored stored,
      UnaryOperator<VppTokenDetails> said,
      @Nullable Given given) {
    VppToken token = stored.token();
    VppTokenDetails was = token.details();
    VppTokenDetails wanted = said.apply(was);
    String tenantId = caller.tenantId();
    Instant now = clock.instant();
    if (given == null || secrets.text(tenantId, stored).equals(Optional.of(given.text()))) {
      VppTokenDetails details =
          VppTokenRules.settle(was, token.contentKnown(), token.observed(), wanted);
      return details.equals(was)
          ? Optional.empty()
          : Optional.of(
              audited(
                  VppTokenStore.saving(tenantId, stored, details, now), caller, "update", token));
    }
    ContentToken content = given.content();
    VppTokenDetails details = VppTokenRules.settle(was, content != null, token.observed(), wanted);
    if (content != null) {
      details = details.with(given.renewal().state(), content);
    }
    VppTokenStore.Renewed renewed =
        new VppTokenStore.Renewed(
            secrets.seal(tenantId, token.id(), given.text()),
            content != null,
            given.renewal().libraryId(),
            given.renewal().heldBy());
    return Optional.of(
        audited(
            VppTokenStore.renewing(
                tenantId, stored, renewed, stored.syncing() ? details.unsynced() : details, now),
            caller,
            "renew",
            token));
  }

  private Sql audited(Sql change, Caller caller, String action, VppToken token) {
    return change
        .append(AUDITED)
        .append(
            audit.entryIf(
                "changed", caller, action, "vppToken", token.id(), AuditTrail.SUCCEEDED, NO_DETAIL))
        .append(END);
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
            SyncJob.ask(jobs, tx, caller.tenantId(), id, now);
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
          all.forEach(id -> SyncJob.ask(jobs, tx, caller.tenantId(), id, now));
          audit.record(tx, caller, "syncLicenseCounts", "vppToken", "", AuditTrail.SUCCEEDED, null);
        });
  }

  /** The number of vppTokens that end before a time. */
  long expiringBefore(Caller caller, String time) {
    String precise = PreciseTime.parse(time);
    if (precise == null) {
      throw Refusal.invalid(
          "expiringBeforeDateTime",
          "The parameter 'expiringBeforeDateTime' is not a date and time.");
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

  private static String text(String secret, @Nullable ContentToken content) {
    return content == null ? secret : content.reveal();
  }
}
