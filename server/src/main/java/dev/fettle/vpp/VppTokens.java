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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What callers do with vppTokens. */
final class VppTokens {

  /** How many a tenant may hold, as the product documentation says. */
  private static final int MOST = 3_000;

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final Ownership ownership;
  private final VppTokenStore store = new VppTokenStore();

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

  /** That a vppToken is not there. */
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
    VppTokenDetails details = said.apply(VppTokenDetails.unsaid());
    VppToken token =
        new VppToken(
            id,
            content.map(c -> inside(VppTokenDetails.unsaid(), details, c)).orElse(details),
            content.isPresent(),
            false,
            null);
    byte[] sealed =
        secret == null ? null : secrets.seal(caller.tenantId(), id, text(secret, content));
    db.tx(
        tx -> {
          if (store.count(tx, caller.tenantId()) >= MOST) {
            throw new Refusal(
                Reason.invalid(null, "A tenant holds at most %,d vppTokens.".formatted(MOST)));
          }
          if (!store.insert(tx, caller.tenantId(), token, sealed, now)) {
            throw new IllegalStateException("a fresh id was taken");
          }
          SyncSchedule.ask(
              jobs,
              tx,
              caller.tenantId(),
              id,
              content.isPresent() ? now : SyncSchedule.nextDaily(id, now));
          audit.record(tx, caller, "create", "vppToken", id, AuditTrail.SUCCEEDED, null);
          return true;
        });
    return id;
  }

  /** What a fresh content token says, over what the caller says. */
  private static VppTokenDetails inside(
      VppTokenDetails known, VppTokenDetails said, ContentToken content) {
    return VppTokenRules.settle(new VppToken("", known, true, true, null), said)
        .with(VppTokenRules.UNKNOWN, PreciseTime.of(content.expires()), content.organizationName());
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
          db.read(
              tx -> {
                VppTokenStore.Sealed stored =
                    store
                        .find(tx, caller.tenantId(), id)
                        .orElseThrow(() -> new Refusal(missing(id)));
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
          VppTokenStore.Sealed stored =
              store
                  .findForUpdate(tx, caller.tenantId(), id)
                  .orElseThrow(() -> new Refusal(missing(id)));
          if (content.isPresent() || all.takesOver(stored)) {
            SyncSchedule.ask(jobs, tx, caller.tenantId(), id, clock.instant());
          }
          return read(tx, merge(caller, stored, all), reading)
              .orElseThrow(() -> new IllegalStateException("a locked row was changed"));
        });
  }

  private static <T> Optional<T> read(Tx tx, Optional<Sql> change, Reading<T> reading) {
    return change.isPresent()
        ? reading.changed(tx, change.get())
        : Optional.of(reading.unchanged(tx));
  }

  /** What a caller says of a vppToken, and what is known of the content token with it. */
  private record Said(
      UnaryOperator<VppTokenDetails> details,
      @Nullable String secret,
      Optional<ContentToken> content,
      Ownership.@Nullable Renewal renewal) {
    boolean takesOver(VppTokenStore.Sealed stored) {
      return VppTokenRules.takesOver(stored.token(), details.apply(stored.token().details()));
    }

    /** Names nothing: the secret is one. */
    @Override
    public String toString() {
      return "what a caller says";
    }
  }

  /** The change to a vppToken that was read, which holds while it is as it was read. */
  private Optional<Sql> merge(Caller caller, VppTokenStore.Sealed stored, Said said) {
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
              renewal == null ? VppTokenRules.UNKNOWN : renewal.state(),
              PreciseTime.of(content.get().expires()),
              content.get().organizationName());
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
            ? store.renewing(
                new SealedSecret(
                    caller.tenantId(),
                    token.id(),
                    secrets.seal(caller.tenantId(), token.id(), text)),
                new VppTokenStore.Renewed(
                    content.isPresent(),
                    renewal == null ? null : renewal.libraryId(),
                    renewal == null ? null : renewal.heldBy()),
                stored,
                details,
                now)
            : store.saving(caller.tenantId(), stored, details, now);
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
    VppTokenStore.Sealed stored =
        db.read(tx -> store.find(tx, caller.tenantId(), id))
            .orElseThrow(() -> new Refusal(missing(id)));
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
    VppTokenStore.Sealed stored =
        db.read(tx -> store.find(tx, caller.tenantId(), id))
            .orElseThrow(() -> new Refusal(missing(id)));
    Optional<String> listens =
        db.tx(
            tx -> {
              Optional<String> heard = store.notifiedAt(tx, caller.tenantId(), id);
              if (!store.delete(tx, caller.tenantId(), id)) {
                throw new Refusal(missing(id));
              }
              audit.record(tx, caller, "delete", "vppToken", id, AuditTrail.SUCCEEDED, null);
              return heard;
            });
    String libraryId = stored.token().libraryId();
    if (listens.isPresent() && libraryId != null) {
      String ourId = Ownership.ourId(ownership.holderId(caller.tenantId()), libraryId);
      stored
          .secret(caller.tenantId())
          .flatMap(secrets::content)
          .ifPresent(
              content ->
                  jobs.once(
                      "vpp.silence", () -> ownership.silence(id, content, ourId, listens.get())));
    }
  }

  /** Begins a sync, unless one is under way. */
  void syncLicenses(Caller caller, String id) {
    Instant now = clock.instant();
    db.tx(
        tx -> {
          if (store.ask(tx, caller.tenantId(), id, now)) {
            SyncSchedule.ask(jobs, tx, caller.tenantId(), id, now);
            audit.record(tx, caller, "syncLicenses", "vppToken", id, AuditTrail.SUCCEEDED, null);
          } else if (store.find(tx, caller.tenantId(), id).isEmpty()) {
            throw new Refusal(missing(id));
          }
          return true;
        });
  }

  /** Begins a sync of every vppToken that has a content token. */
  void syncLicenseCounts(Caller caller) {
    Instant now = clock.instant();
    List<String> all = db.read(tx -> store.ids(tx, caller.tenantId()));
    db.tx(
        tx -> {
          for (String id : all) {
            SyncSchedule.ask(jobs, tx, caller.tenantId(), id, now);
          }
          audit.record(tx, caller, "syncLicenseCounts", "vppToken", "", AuditTrail.SUCCEEDED, null);
          return true;
        });
  }

  /** How many vppTokens end before a time. */
  long expiringBefore(Caller caller, String time) {
    String precise = PreciseTime.parse(time);
    if (precise == null) {
      throw new Refusal(
          Reason.invalid(
              "expiringBeforeDateTime",
              "The parameter 'expiringBeforeDateTime' is not a date and time."));
    }
    return db.read(tx -> store.expiringBefore(tx, caller.tenantId(), precise));
  }

  /** A vppToken that needs a person, and why. */
  record Needing(VppTokenStore.Concern token, List<TokenAttention> reasons) {}

  /** The vppTokens that need a person. */
  List<Needing> attention(Caller caller) {
    Instant now = clock.instant();
    List<Needing> all = new ArrayList<>();
    for (VppTokenStore.Concern concern :
        db.read(tx -> store.concerns(tx, caller.tenantId(), now.plus(Duration.ofDays(30))))) {
      List<TokenAttention> reasons = TokenAttention.of(concern.facts(), now);
      if (!reasons.isEmpty()) {
        all.add(new Needing(concern, reasons));
      }
    }
    return all;
  }

  private static String text(String secret, Optional<ContentToken> content) {
    return content.map(ContentToken::reveal).orElse(secret);
  }
}
