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
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers do with vppTokens. */
final class VppTokens {

  private static final Logger LOG = LoggerFactory.getLogger(VppTokens.class);

  /** How many a tenant may hold, as the product documentation says. */
  private static final int MOST = 3_000;

  private static final int LONGEST_SECRET = 65_536;
  private static final Duration ASK_LATER = Duration.ofSeconds(30);

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final AppleClient apple;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final VppSettings settings;
  private final VppSync sync;
  private final TokenStore store = new TokenStore();
  private final LibraryStore library = new LibraryStore();

  VppTokens(VppParts parts, VppSync sync) {
    this.db = parts.db();
    this.jobs = parts.jobs();
    this.audit = parts.audit();
    this.apple = parts.apple();
    this.secrets = parts.secrets();
    this.clock = parts.clock();
    this.ids = parts.ids();
    this.settings = parts.settings();
    this.sync = sync;
  }

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
  String create(Caller caller, UnaryOperator<TokenDetails> said, @Nullable String secret) {
    Optional<ContentToken> content = content(secret);
    if (secret == null && settings.strictTokens()) {
      throw new Refusal(
          Reason.invalid(
              "token", "The property 'token' is required: the text of a .vpptoken file."));
    }
    String id = ids.guid();
    Instant now = clock.instant();
    TokenDetails details = said.apply(TokenDetails.unsaid());
    VppToken token =
        new VppToken(
            id,
            content.map(c -> inside(TokenDetails.unsaid(), details, c)).orElse(details),
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
          jobs.ask(
              tx,
              VppSync.KIND,
              new JobKey(caller.tenantId(), id),
              content.isPresent() ? now : TokenRules.nextDaily(id, now));
          audit.record(tx, caller, "create", "vppToken", id, AuditTrail.SUCCEEDED, null);
          return true;
        });
    return id;
  }

  /** What a fresh content token says, over what the caller says. */
  private static TokenDetails inside(TokenDetails known, TokenDetails said, ContentToken content) {
    return TokenRules.settle(new VppToken("", known, true, true, null), said)
        .with(TokenRules.UNKNOWN, PreciseTime.of(content.expires()), content.organizationName());
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
      UnaryOperator<TokenDetails> said,
      @Nullable String secret,
      Reading<T> reading) {
    Optional<ContentToken> content = content(secret);
    VppSync.Renewal renewal = content.isEmpty() ? null : renewal(caller, id, said, content.get());
    Said all = new Said(said, secret == null ? null : text(secret, content), content, renewal);
    if (content.isEmpty()) {
      Optional<T> done =
          db.read(
              tx -> {
                TokenStore.Sealed stored =
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
          TokenStore.Sealed stored =
              store
                  .findForUpdate(tx, caller.tenantId(), id)
                  .orElseThrow(() -> new Refusal(missing(id)));
          if (content.isPresent() || all.takesOver(stored)) {
            jobs.ask(tx, VppSync.KIND, new JobKey(caller.tenantId(), id), clock.instant());
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
      UnaryOperator<TokenDetails> details,
      @Nullable String secret,
      Optional<ContentToken> content,
      VppSync.@Nullable Renewal renewal) {
    boolean takesOver(TokenStore.Sealed stored) {
      return TokenRules.takesOver(stored.token(), details.apply(stored.token().details()));
    }

    /** Names nothing: the secret is one. */
    @Override
    public String toString() {
      return "what a caller says";
    }
  }

  /** The change to a vppToken that was read, which holds while it is as it was read. */
  private Optional<Sql> merge(Caller caller, TokenStore.Sealed stored, Said said) {
    VppToken token = stored.token();
    String text = said.secret();
    Optional<ContentToken> content = said.content();
    VppSync.Renewal renewal = said.renewal();
    boolean newSecret =
        text != null && !secrets.text(caller.tenantId(), stored).equals(Optional.of(text));
    VppToken known =
        newSecret
            ? new VppToken(
                token.id(),
                token.details(),
                content.isPresent(),
                token.observed(),
                token.libraryId())
            : token;
    TokenDetails details = TokenRules.settle(known, said.details().apply(token.details()));
    if (newSecret && content.isPresent()) {
      details =
          details.with(
              renewal == null ? TokenRules.UNKNOWN : renewal.state(),
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
                new TokenStore.Secret(
                    caller.tenantId(),
                    token.id(),
                    secrets.seal(caller.tenantId(), token.id(), text)),
                new TokenStore.Renewed(
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
  private VppSync.@Nullable Renewal renewal(
      Caller caller, String id, UnaryOperator<TokenDetails> said, ContentToken content) {
    TokenStore.Sealed stored =
        db.read(tx -> store.find(tx, caller.tenantId(), id))
            .orElseThrow(() -> new Refusal(missing(id)));
    VppToken token = stored.token();
    if (token.libraryId() == null) {
      return null;
    }
    if (secrets.text(caller.tenantId(), stored).filter(content::sameAs).isPresent()) {
      return null;
    }
    VppToken wanted =
        new VppToken(
            id,
            said.apply(token.details()),
            token.contentKnown(),
            token.observed(),
            token.libraryId());
    VppSync.Renewal renewal;
    try {
      renewal = sync.renewal(caller.tenantId(), wanted, content);
    } catch (AppleFailure e) {
      throw new Refusal(refused(e));
    }
    if (!renewal.libraryId().equals(token.libraryId())) {
      throw new Refusal(
          Reason.invalid(
              "token",
              "The content token opens another location (%s) than this vppToken (%s). Apps and"
                      .formatted(renewal.libraryId(), token.libraryId())
                  + " assignments hang on the location: create another vppToken for it."));
    }
    return renewal;
  }

  private static Reason refused(AppleFailure e) {
    return switch (e.why()) {
      case AppleFailure.Why.Refused(int ignored, AppleError error) ->
          Reason.invalid(
              "token",
              "Apple does not accept the content token: error %d, %s. The one stored before stays."
                  .formatted(error.number(), error.meaning()));
      case AppleFailure.Why.Unavailable(String what, Duration retryAfter) ->
          new Reason.Unavailable(
              retryAfter == null ? ASK_LATER : retryAfter,
              "Apple could not be asked whether the content token opens the same location: %s."
                      .formatted(what)
                  + " Nothing was changed; try again later.");
      case AppleFailure.Why.Garbled ignored ->
          new Reason.Unavailable(
              ASK_LATER,
              "Apple's answer about the content token could not be read. Nothing was changed; try"
                  + " again later.");
    };
  }

  /** Removes a vppToken with its apps and their assignments; licences at Apple stay as they are. */
  void delete(Caller caller, String id) {
    TokenStore.Sealed stored =
        db.read(tx -> store.find(tx, caller.tenantId(), id))
            .orElseThrow(() -> new Refusal(missing(id)));
    Optional<String> listens =
        db.tx(
            tx -> {
              Optional<String> heard =
                  store.listening(tx, caller.tenantId(), id).map(TokenStore.Listening::url);
              if (!store.delete(tx, caller.tenantId(), id)) {
                throw new Refusal(missing(id));
              }
              audit.record(tx, caller, "delete", "vppToken", id, AuditTrail.SUCCEEDED, null);
              return heard;
            });
    String libraryId = stored.token().libraryId();
    if (listens.isPresent() && libraryId != null) {
      String ourId = sync.ourId(caller.tenantId(), libraryId);
      secrets
          .content(caller.tenantId(), stored)
          .ifPresent(
              content ->
                  Thread.ofVirtual().start(() -> silence(id, content, ourId, listens.get())));
    }
  }

  /** Good manners towards Apple; nothing hangs on it, so nobody waits for it. */
  private void silence(String id, ContentToken content, String ourId, String url) {
    try {
      if (!TokenRules.silences(apple.clientConfig(content), ourId, url)) {
        LOG.info("event=vpp_notifications_of_another token={}", id);
        return;
      }
      LOG.info("event=vpp_notifications_off token={} as={}", id, apple.silence(content).standing());
    } catch (AppleFailure e) {
      LOG.info("event=vpp_notifications_left token={} problem=\"{}\"", id, e.getMessage());
    }
  }

  /** Begins a sync, unless one is under way. */
  void syncLicenses(Caller caller, String id) {
    Instant now = clock.instant();
    db.tx(
        tx -> {
          if (store.ask(tx, caller.tenantId(), id, now)) {
            jobs.ask(tx, VppSync.KIND, new JobKey(caller.tenantId(), id), now);
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
            jobs.ask(tx, VppSync.KIND, new JobKey(caller.tenantId(), id), now);
          }
          audit.record(tx, caller, "syncLicenseCounts", "vppToken", "", AuditTrail.SUCCEEDED, null);
          return true;
        });
  }

  /** How many licences of an app each vppToken has. */
  List<LibraryStore.Summary> licences(Caller caller, String bundleId) {
    return db.read(tx -> library.summaries(tx, caller.tenantId(), bundleId));
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
  record Needing(TokenStore.Concern token, List<Attention> reasons) {}

  /** The vppTokens that need a person. */
  List<Needing> attention(Caller caller) {
    Instant now = clock.instant();
    List<Needing> all = new ArrayList<>();
    for (TokenStore.Concern concern :
        db.read(tx -> store.concerns(tx, caller.tenantId(), now.plus(Duration.ofDays(30))))) {
      List<Attention> reasons = Attention.of(concern.facts(), now);
      if (!reasons.isEmpty()) {
        all.add(new Needing(concern, reasons));
      }
    }
    return all;
  }

  private Optional<ContentToken> content(@Nullable String secret) {
    if (secret == null) {
      return Optional.empty();
    }
    if (secret.length() > LONGEST_SECRET) {
      throw new Refusal(
          Reason.invalid(
              "token",
              "The property 'token' is longer than %d characters.".formatted(LONGEST_SECRET)));
    }
    return settings.strictTokens()
        ? Optional.of(ContentToken.parse(secret))
        : ContentToken.read(secret);
  }

  private static String text(String secret, Optional<ContentToken> content) {
    return content.map(ContentToken::reveal).orElse(secret);
  }
}
