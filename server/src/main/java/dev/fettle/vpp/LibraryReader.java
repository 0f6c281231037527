package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppMetadata;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.LibraryInfo;
import dev.fettle.vpp.apple.MdmInfo;
import dev.fettle.vpp.apple.Page;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run does at Apple's: it checks the content token, takes the library over if it may, and
 * writes what it reads page by page. What comes of it is the sync's to say.
 */
final class LibraryReader {

  private static final Logger LOG = LoggerFactory.getLogger(LibraryReader.class);
  private static final int ROUNDS = 3;

  /** The run was overtaken: its writes do not count any more. */
  static final class RunSuperseded extends RuntimeException {
    RunSuperseded() {
      super("the sync was overtaken", null, false, false);
    }
  }

  /** Another service has taken the library. */
  static final class HeldElsewhere extends RuntimeException {
    private final String by;

    private HeldElsewhere(String by) {
      super("another management service holds the location", null, false, false);
      this.by = by;
    }

    /** The name that it gives. */
    String by() {
      return by;
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
  private final SyncStore runs = new SyncStore();
  private final LibraryStore pages = new LibraryStore();

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

  /** What a run has read: what Apple says of the library, and whether all of it was seen. */
  record Read(ClientConfig config, boolean whole) {}

  /** Checks the content token, takes the library over if it may, and reads everything. */
  Read read(SyncRun at, TokenToSync token, ContentToken content) {
    ClientConfig config = check(at, token, content);
    HolderCheck guard = new HolderCheck(ourId(at.tenantId(), config.library().libraryId()));
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
                      tx -> pages.putAssets(tx, at, page.records(), ids, clock.instant())));
    }
    boolean assignmentsWhole =
        apple.assignments(
            content,
            null,
            page -> write(at, guard, page, tx -> pages.putAssignments(tx, at, page.records())));
    boolean usersWhole =
        apple.users(
            content, page -> write(at, guard, page, tx -> pages.putUsers(tx, at, page.records())));
    names(at, token, content, config);
    return new Read(config, whole && assignmentsWhole && usersWhole);
  }

  /** Holds every answer against our ownership, since Apple offers no lock. */
  private record HolderCheck(String ourId) {
    void look(LibraryInfo library) {
      if (LibraryHolder.of(library.mdmInfo(), ourId) instanceof LibraryHolder.Other(String name)) {
        throw new HeldElsewhere(name);
      }
    }
  }

  private void write(SyncRun at, HolderCheck guard, Page<?> page, Consumer<Tx> work) {
    guard.look(page.library());
    if (!page.records().isEmpty()) {
      db.tx(
          tx -> {
            work.accept(tx);
            return true;
          });
    }
    if (!db.<Boolean>read(tx -> runs.runs(tx, at))) {
      throw new RunSuperseded();
    }
  }

  private ClientConfig check(SyncRun at, TokenToSync token, ContentToken content) {
    ClientConfig config = apple.clientConfig(content);
    String libraryId = config.library().libraryId();
    if (token.libraryId() != null && !token.libraryId().equals(libraryId)) {
      throw new OtherLibrary();
    }
    String ourId = ourId(at.tenantId(), libraryId);
    switch (LibraryHolder.of(config.library().mdmInfo(), ourId)) {
      case LibraryHolder.Ours ignored -> LOG.debug("event=vpp_library_ours");
      case LibraryHolder.Nobody ignored -> config = claim(content, ourId);
      case LibraryHolder.Other(String name) -> {
        if (!token.claims()) {
          throw new HeldElsewhere(name);
        }
        config = claim(content, ourId);
        noteTakeover(at, name);
      }
    }
    SyncStore.Observed seen = observed(config, content);
    if (!db.<Boolean>tx(tx -> runs.observe(tx, at, seen))) {
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
    if (LibraryHolder.of(claimed.library().mdmInfo(), ourId)
        instanceof LibraryHolder.Other(String name)) {
      throw new HeldElsewhere(name);
    }
    return claimed;
  }

  private void noteTakeover(SyncRun at, String from) {
    db.tx(
        tx -> {
          audit.recordServer(
              tx,
              at.tenantId(),
              SyncSchedule.KIND,
              "claimTokenManagementFromExternalMdm",
              "vppToken",
              at.tokenId(),
              AuditTrail.SUCCEEDED,
              Json.object().put("from", from));
          return true;
        });
  }

  private String ourId(String tenantId, String libraryId) {
    return Ownership.ourId(ownership.holderId(tenantId), libraryId);
  }

  /** Names are good to have: a sync without them is whole all the same. */
  private void names(SyncRun at, TokenToSync token, ContentToken content, ClientConfig config) {
    if (!apple.hasStore()) {
      return;
    }
    String country = SyncRules.country(config.country());
    String store = country == null ? "us" : country;
    String platform = config.platform();
    String kind = platform == null ? SyncRules.platform(token.accountType()) : platform;
    try {
      List<String> next = unnamed(at, store);
      while (!next.isEmpty()) {
        List<String> asked = next;
        List<AppMetadata> found = apple.metadata(content, asked, store, kind);
        int named = db.<Integer>tx(tx -> pages.name(tx, at, store, asked, found));
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

  private List<String> unnamed(SyncRun at, String store) {
    return db.read(tx -> pages.unnamed(tx, at, store, AppleClient.MOST_METADATA));
  }
}
