package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.TxWork;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppMetadata;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.MdmInfo;
import dev.fettle.vpp.apple.Page;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a run that reads a library at Apple's: it checks the content token, takes the library
 * over if it may, and writes what it reads page by page. The outcome is the job's to decide.
 */
final class LibraryReader {

  private static final Logger LOG = LoggerFactory.getLogger(LibraryReader.class);
  private static final int ROUNDS = 3;

  /** The run is not the token's any more, so its writes do not count. */
  static final class RunSuperseded extends RuntimeException {
    RunSuperseded() {
      super("the sync was overtaken", null, false, false);
    }
  }

  /** The content token opens another library than before. */
  static final class OtherLibrary extends RuntimeException {
    private OtherLibrary() {
      super("the content token opens another location", null, false, false);
    }
  }

  private final Db db;
  private final AppleClient apple;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;
  private final Ownership ownership;

  LibraryReader(
      Db db,
      AppleClient apple,
      AuditTrail audit,
      InstantSource clock,
      Ids ids,
      Ownership ownership) {
    this.db = db;
    this.apple = apple;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
    this.ownership = ownership;
  }

  /** The end of a read: Apple's word on the library, and whether all of it was seen. */
  record Result(ClientConfig config, boolean whole) {}

  /** Checks the content token, takes the library over if it may, and reads everything. */
  Result read(SyncRun run, SyncStore.TokenToSync token, ContentToken content) {
    ClientConfig config = check(run, token, content);
    String ourId = ourId(run.tenantId(), config.library().libraryId());
    boolean whole = false;
    for (int round = 0; round < ROUNDS && !whole; round++) {
      whole =
          apple.assets(
              content,
              page ->
                  write(
                      run,
                      ourId,
                      page,
                      tx -> LibraryStore.putAssets(tx, run, page.records(), ids, clock.instant())));
    }
    boolean assignmentsWhole =
        apple.assignments(
            content,
            null,
            page ->
                write(
                    run, ourId, page, tx -> LibraryStore.putAssignments(tx, run, page.records())));
    boolean usersWhole =
        apple.users(
            content,
            page -> write(run, ourId, page, tx -> LibraryStore.putUsers(tx, run, page.records())));
    names(run, token, content, config);
    return new Result(config, whole && assignmentsWhole && usersWhole);
  }

  private void write(SyncRun run, String ourId, Page<?> page, TxWork<Integer> work) {
    LibraryHolder.requireNotOther(page.library(), ourId);
    if (!page.records().isEmpty()) {
      db.tx(work);
    }
    if (!db.statement(tx -> SyncStore.runs(tx, run))) {
      throw new RunSuperseded();
    }
  }

  private ClientConfig check(SyncRun run, SyncStore.TokenToSync token, ContentToken content) {
    ClientConfig config = apple.clientConfig(content);
    String libraryId = config.library().libraryId();
    if (token.libraryId() != null && !token.libraryId().equals(libraryId)) {
      throw new OtherLibrary();
    }
    String ourId = ourId(run.tenantId(), libraryId);
    switch (LibraryHolder.of(config.library(), ourId)) {
      case LibraryHolder.Ours _ -> LOG.debug("event=vpp_library_ours");
      case LibraryHolder.Nobody _ -> config = claim(content, ourId);
      case LibraryHolder.Other(String name) -> {
        if (!token.claimFromExternalMdm()) {
          throw new LibraryHolder.HeldElsewhere(name);
        }
        config = claim(content, ourId);
        noteTakeover(run, name);
      }
    }
    SyncStore.Observed seen = observed(config, content);
    if (!db.statement(tx -> SyncStore.observe(tx, run, seen))) {
      throw new RunSuperseded();
    }
    return config;
  }

  /** Apple's word on the expiry counts where it gives one. */
  private static SyncStore.Observed observed(ClientConfig config, ContentToken content) {
    Instant said = config.library().tokenExpires();
    return new SyncStore.Observed(
        config.library().libraryId(),
        PreciseTime.of(said == null ? content.expires() : said),
        SyncRules.country(config.country()),
        config.locationName(),
        SyncRules.accountType(config.platform()));
  }

  private ClientConfig claim(ContentToken content, String ourId) {
    ClientConfig claimed = apple.claim(content, new MdmInfo(ourId, "Fettle", "Fettle"));
    LibraryHolder.requireNotOther(claimed.library(), ourId);
    return claimed;
  }

  private void noteTakeover(SyncRun run, String from) {
    db.run(
        tx ->
            SyncJob.record(
                audit,
                tx,
                run,
                "claimTokenManagementFromExternalMdm",
                AuditTrail.SUCCEEDED,
                Json.object().put("from", from)));
  }

  private String ourId(String tenantId, String libraryId) {
    return Ownership.ourId(ownership.holderId(tenantId), libraryId);
  }

  /** Names are good to have: a sync without them is whole all the same. */
  private void names(
      SyncRun run, SyncStore.TokenToSync token, ContentToken content, ClientConfig config) {
    if (!apple.hasStore()) {
      return;
    }
    String country = SyncRules.country(config.country());
    String store = country == null ? "us" : country;
    String platform = config.platform();
    String kind = platform == null ? SyncRules.platform(token.accountType()) : platform;
    try {
      List<String> next = unnamed(run, store);
      while (!next.isEmpty()) {
        List<String> asked = next;
        List<AppMetadata> found = apple.metadata(content, asked, store, kind);
        int named = db.tx(tx -> LibraryStore.name(tx, run, store, asked, found));
        if (named == 0) {
          return;
        }
        next = unnamed(run, store);
      }
    } catch (AppleFailure e) {
      LOG.warn(
          "event=vpp_names_missing tenant={} token={} problem=\"{}\"",
          run.tenantId(),
          run.tokenId(),
          e.getMessage());
    }
  }

  private List<String> unnamed(SyncRun run, String store) {
    return db.statement(tx -> LibraryStore.unnamed(tx, run, store, AppleClient.MOST_METADATA));
  }
}
