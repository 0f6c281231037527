package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Next;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.MdmInfo;
import dev.fettle.vpp.apple.Metadata;
import dev.fettle.vpp.apple.Page;
import dev.fettle.vpp.apple.Standing;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sync of one vppToken: checks the content token, takes the library over if it may, reads
 * everything and removes what is gone.
 *
 * <p>Each try is a run with an id in the token's row. Every write is bound to that id, so a run
 * that lost its lease, or whose content token was exchanged, ends without a trace. What a run wrote
 * before it broke off stays and is written again by the next one; only a whole run removes
 * anything. At most five pages are held at once, and no transaction spans a call of Apple's.
 */
final class VppSync {

  /** The kind under which syncs are asked for. */
  static final String KIND = "vpp.sync";

  private static final Logger LOG = LoggerFactory.getLogger(VppSync.class);
  private static final int AT_ONCE = 2;
  private static final int ROUNDS = 3;
  private static final int NAMES_AT_ONCE = 100;

  /** The run was overtaken: its writes do not count any more. */
  private static final class Overtaken extends RuntimeException {
    private Overtaken() {
      super("the sync was overtaken", null, false, false);
    }
  }

  /** Another service has taken the library. */
  private static final class HeldElsewhere extends RuntimeException {
    private final String by;

    private HeldElsewhere(String by) {
      super("another management service holds the location", null, false, false);
      this.by = by;
    }
  }

  /** The content token opens another library than before. */
  private static final class OtherLibrary extends RuntimeException {
    private OtherLibrary() {
      super("the content token opens another location", null, false, false);
    }
  }

  private final Db db;
  private final AppleClient apple;
  private final Secrets secrets;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;
  private final VppNotifications notifications;
  private final TokenStore tokens = new TokenStore();
  private final LibraryStore library = new LibraryStore();
  private final Semaphore places = new Semaphore(AT_ONCE);

  VppSync(VppParts parts, VppNotifications notifications) {
    this.db = parts.db();
    this.apple = parts.apple();
    this.secrets = parts.secrets();
    this.audit = parts.audit();
    this.clock = parts.clock();
    this.ids = parts.ids();
    this.notifications = notifications;
  }

  /** One try at the sync of a vppToken; a job step. */
  Next step(JobKey job, Instant now) {
    if (!places.tryAcquire()) {
      return Next.again(now.plusSeconds(2));
    }
    try {
      return sync(job.tenantId(), job.key(), now);
    } catch (Overtaken e) {
      LOG.info("event=vpp_sync_overtaken tenant={} token={}", job.tenantId(), job.key());
      return daily(job.key(), now);
    } finally {
      places.release();
    }
  }

  private static Next daily(String key, Instant now) {
    return Next.again(TokenRules.nextDaily(key, now));
  }

  private Next sync(String tenantId, String tokenId, Instant now) {
    String run = ids.guid();
    LibraryStore.Run at = new LibraryStore.Run(tenantId, tokenId, run);
    int[] attempt = {0};
    Optional<TokenStore.Sealed> found =
        db.tx(
            tx -> {
              attempt[0] = tokens.begin(tx, tenantId, tokenId, run, now);
              return tokens.find(tx, tenantId, tokenId);
            });
    if (found.isEmpty()) {
      return Next.done();
    }
    TokenStore.Sealed stored = found.get();
    VppToken token = stored.token();
    Optional<ContentToken> content = secrets.content(tenantId, stored);
    if (content.isEmpty()) {
      end(at, withoutContent(tenantId, stored));
      return daily(tokenId, now);
    }
    try {
      run(at, token, content.get());
      return daily(tokenId, now);
    } catch (HeldElsewhere e) {
      end(at, new TokenStore.GivenUp(TokenRules.HELD_ELSEWHERE, e.by, words(e)));
      return daily(tokenId, now);
    } catch (OtherLibrary e) {
      end(at, new TokenStore.GivenUp(TokenRules.INVALID, null, words(e)));
      return daily(tokenId, now);
    } catch (AppleFailure e) {
      return afterFailure(at, e, attempt[0], content.get());
    } catch (Overtaken e) {
      throw e;
    } catch (RuntimeException e) {
      if (attempt[0] < TokenRules.SYNC_ATTEMPTS) {
        throw e;
      }
      // A fault of ours, which would come again for ever: what people see has to end.
      LOG.error("event=vpp_sync_broken tenant={} token={}", tenantId, tokenId, e);
      end(at, new TokenStore.GivenUp(null, null, "this server met an error; its log says which"));
      return daily(tokenId, now);
    }
  }

  private Next afterFailure(
      LibraryStore.Run at, AppleFailure failure, int attempt, ContentToken content) {
    Instant now = clock.instant();
    return switch (TokenRules.afterFailure(failure.why(), attempt, content.expires(), now)) {
      case TokenRules.AfterFailure.GoOn(Instant when) -> {
        db.read(
            tx -> tokens.noteTrouble(tx, at.tenantId(), at.tokenId(), at.run(), words(failure)));
        yield Next.again(when);
      }
      case TokenRules.AfterFailure.GiveUp(String state) -> {
        end(at, new TokenStore.GivenUp(state, null, words(failure)));
        yield daily(at.tokenId(), now);
      }
    };
  }

  private static String words(RuntimeException e) {
    String message = e.getMessage();
    return message == null ? "no reason is known" : message;
  }

  private void end(LibraryStore.Run at, TokenStore.GivenUp end) {
    db.tx(
        tx -> {
          if (tokens.giveUp(tx, at.tenantId(), at.tokenId(), at.run(), end, clock.instant())) {
            audit.recordServer(
                tx,
                at.tenantId(),
                KIND,
                "syncLicenses",
                "vppToken",
                at.tokenId(),
                AuditTrail.FAILED,
                Json.object().put("reason", end.problem()));
          }
          return true;
        });
  }

  private TokenStore.GivenUp withoutContent(String tenantId, TokenStore.Sealed stored) {
    if (stored.sealed() == null) {
      return new TokenStore.GivenUp(TokenRules.INVALID, null, "no content token was given");
    }
    if (secrets.text(tenantId, stored).isPresent()) {
      return new TokenStore.GivenUp(
          TokenRules.INVALID, null, "the given token is no content token");
    }
    // Nothing is known against the content token itself, so the state stays.
    return new TokenStore.GivenUp(
        null,
        null,
        "the stored content token does not open with the key file of this server: mend the file, or"
            + " send the content token again");
  }

  private void run(LibraryStore.Run at, VppToken token, ContentToken content) {
    ClientConfig config = check(at, token, content);
    Guard guard = new Guard(ourId(at.tenantId(), config.standing().libraryId()));
    boolean whole = false;
    for (int round = 0; round < ROUNDS && !whole; round++) {
      whole =
          apple.assets(
              content,
              page ->
                  write(
                      at,
                      guard,
                      page,
                      tx -> library.putAssets(tx, at, page.records(), ids, clock.instant())));
    }
    boolean assignmentsWhole =
        apple.assignments(
            content,
            page -> write(at, guard, page, tx -> library.putAssignments(tx, at, page.records())));
    boolean usersWhole =
        apple.users(
            content,
            page -> write(at, guard, page, tx -> library.putUsers(tx, at, page.records())));
    names(at, token, content, config);
    complete(at, whole && assignmentsWhole && usersWhole);
    notifications.listen(at.tenantId(), at.tokenId(), content, config);
  }

  /** Holds every answer against our ownership, since Apple offers no lock. */
  private record Guard(String ourId) {
    void look(Standing standing) {
      if (TokenRules.holder(standing.mdmInfo(), ourId)
          instanceof TokenRules.Holder.Other(String name)) {
        throw new HeldElsewhere(name);
      }
    }
  }

  private void write(LibraryStore.Run at, Guard guard, Page<?> page, Consumer<Tx> work) {
    guard.look(page.standing());
    if (!page.records().isEmpty()) {
      db.tx(
          tx -> {
            work.accept(tx);
            return true;
          });
    }
    if (!db.<Boolean>read(tx -> library.runs(tx, at))) {
      throw new Overtaken();
    }
  }

  private ClientConfig check(LibraryStore.Run at, VppToken token, ContentToken content) {
    ClientConfig config = apple.clientConfig(content);
    String libraryId = config.standing().libraryId();
    if (token.libraryId() != null && !token.libraryId().equals(libraryId)) {
      throw new OtherLibrary();
    }
    String ourId = ourId(at.tenantId(), libraryId);
    switch (TokenRules.holder(config.standing().mdmInfo(), ourId)) {
      case TokenRules.Holder.Ours ignored -> LOG.debug("event=vpp_library_ours");
      case TokenRules.Holder.Nobody ignored -> config = claim(content, ourId);
      case TokenRules.Holder.Other(String name) -> {
        if (!token.details().claimFromExternalMdm()) {
          throw new HeldElsewhere(name);
        }
        config = claim(content, ourId);
        noteTakeover(at, name);
      }
    }
    TokenStore.Observed seen = observed(config, content);
    if (!db.<Boolean>tx(tx -> tokens.observe(tx, at.tenantId(), at.tokenId(), at.run(), seen))) {
      throw new Overtaken();
    }
    return config;
  }

  /** Apple's word on the expiry counts where it gives one. */
  static TokenStore.Observed observed(ClientConfig config, ContentToken content) {
    Instant said = config.standing().tokenExpires();
    return new TokenStore.Observed(
        config.standing().libraryId(),
        PreciseTime.of(said == null ? content.expires() : said),
        TokenRules.country(config.country()),
        config.locationName(),
        TokenRules.accountType(config.platform()));
  }

  private ClientConfig claim(ContentToken content, String ourId) {
    ClientConfig claimed = apple.claim(content, new MdmInfo(ourId, "Fettle", "Fettle"));
    if (TokenRules.holder(claimed.standing().mdmInfo(), ourId)
        instanceof TokenRules.Holder.Other(String name)) {
      throw new HeldElsewhere(name);
    }
    return claimed;
  }

  private void noteTakeover(LibraryStore.Run at, String from) {
    db.tx(
        tx -> {
          audit.recordServer(
              tx,
              at.tenantId(),
              KIND,
              "claimTokenManagementFromExternalMdm",
              "vppToken",
              at.tokenId(),
              AuditTrail.SUCCEEDED,
              Json.object().put("from", from));
          return true;
        });
  }

  String ourId(String tenantId, String libraryId) {
    return TokenRules.ourId(
        db.<String>tx(tx -> tokens.holder(tx, tenantId, ids.guid())), libraryId);
  }

  /** Names are good to have: a sync without them is whole all the same. */
  private void names(
      LibraryStore.Run at, VppToken token, ContentToken content, ClientConfig config) {
    if (!apple.knowsNames()) {
      return;
    }
    String country = TokenRules.country(config.country());
    String store = country == null ? "us" : country;
    String platform = config.platform();
    String kind = platform == null ? TokenRules.platform(token.details().accountType()) : platform;
    try {
      List<String> next = unnamed(at, store);
      while (!next.isEmpty()) {
        List<String> asked = next;
        List<Metadata> found = apple.metadata(content, asked, store, kind);
        int named = db.<Integer>tx(tx -> library.name(tx, at, store, asked, found));
        if (named == 0) {
          return;
        }
        next = unnamed(at, store);
      }
    } catch (AppleFailure e) {
      LOG.warn(
          "event=vpp_names_missing tenant={} token={} problem=\"{}\"",
          at.tenantId(),
          at.tokenId(),
          e.getMessage());
    }
  }

  private List<String> unnamed(LibraryStore.Run at, String store) {
    return db.read(tx -> library.unnamed(tx, at, store, NAMES_AT_ONCE));
  }

  private void complete(LibraryStore.Run at, boolean whole) {
    boolean done =
        db.tx(
            tx -> {
              if (!library.runs(tx, at)) {
                return false;
              }
              int gone = whole ? library.deleteUnseen(tx, at) : 0;
              boolean completed =
                  tokens.complete(tx, at.tenantId(), at.tokenId(), at.run(), clock.instant());
              if (completed) {
                audit.recordServer(
                    tx,
                    at.tenantId(),
                    KIND,
                    "syncLicenses",
                    "vppToken",
                    at.tokenId(),
                    AuditTrail.SUCCEEDED,
                    Json.object().put("removed", gone));
              }
              return completed;
            });
    if (!done) {
      throw new Overtaken();
    }
  }

  /** What a new content token of a known library is found to be, before it is stored. */
  record Renewal(String libraryId, String state, @Nullable String heldBy) {}

  /** Asks Apple about a content token that is to take the place of another. */
  Renewal renewal(String tenantId, VppToken token, ContentToken content) {
    Standing standing = apple.clientConfig(content).standing();
    return switch (TokenRules.holder(standing.mdmInfo(), ourId(tenantId, standing.libraryId()))) {
      case TokenRules.Holder.Ours ignored ->
          new Renewal(standing.libraryId(), TokenRules.VALID, null);
      case TokenRules.Holder.Nobody ignored ->
          new Renewal(standing.libraryId(), TokenRules.VALID, null);
      case TokenRules.Holder.Other(String name) ->
          token.details().claimFromExternalMdm()
              ? new Renewal(standing.libraryId(), TokenRules.VALID, null)
              : new Renewal(standing.libraryId(), TokenRules.HELD_ELSEWHERE, name);
    };
  }
}
