package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.identity.Caller;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Taking licences back: the action is noted and answered at once, and a job does the rest. */
final class Revocations {

  /** Whose licences an action takes back. */
  record Whose(@Nullable String kind, @Nullable String holder) {
    /** Everybody's. */
    static final Whose ALL = new Whose(null, null);
  }

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;
  private final VppAppStore apps = new VppAppStore();
  private final RevocationStore store = new RevocationStore();

  Revocations(Db db, Jobs jobs, AuditTrail audit, InstantSource clock, Ids ids) {
    this.db = db;
    this.jobs = jobs;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /** Takes back all licences of a vppToken. */
  void ofToken(Caller caller, String tokenId, boolean untracked) {
    Instant now = clock.instant();
    db.tx(
        tx -> {
          if (!store.isToken(tx, caller.tenantId(), tokenId)) {
            throw new Refusal(VppTokens.missing(tokenId));
          }
          begin(tx, caller, revocation(tokenId, null, "revokeLicenses", Whose.ALL, untracked, now));
          audit.record(
              tx, caller, "revokeLicenses", "vppToken", tokenId, AuditTrail.SUCCEEDED, null);
          return true;
        });
  }

  /**
   * Takes back licences of one app.
   *
   * @param cast the platform that the caller takes the app to be for; null without a cast
   */
  void ofApp(Caller caller, String appId, @Nullable String cast, String actionName, Whose whose) {
    Instant now = clock.instant();
    db.tx(
        tx -> {
          VppApp app =
              apps.find(tx, caller.tenantId(), appId)
                  .filter(found -> found.is(cast))
                  .orElseThrow(() -> new Refusal(VppApps.missing(appId)));
          begin(tx, caller, revocation(app.tokenId(), appId, actionName, whose, true, now));
          audit.record(
              tx,
              caller,
              actionName,
              "mobileApp",
              appId,
              AuditTrail.SUCCEEDED,
              whose.holder() == null ? null : Json.object().put("holder", whose.holder()));
          return true;
        });
  }

  /** Takes back all licences of one device, in whichever vppTokens they are. */
  void ofDevice(Caller caller, String serialNumber) {
    Instant now = clock.instant();
    db.tx(
        tx -> {
          List<String> holding = store.tokensOf(tx, caller.tenantId(), serialNumber);
          if (holding.isEmpty()) {
            throw new Refusal(
                new Reason.NotFound(
                    "ResourceNotFound",
                    "No device with the id '" + serialNumber + "' holds a licence."));
          }
          for (String tokenId : holding) {
            begin(
                tx,
                caller,
                revocation(
                    tokenId,
                    null,
                    "revokeAppleVppLicenses",
                    new Whose("device", serialNumber),
                    true,
                    now));
          }
          audit.record(
              tx,
              caller,
              "revokeAppleVppLicenses",
              "managedDevice",
              serialNumber,
              AuditTrail.SUCCEEDED,
              null);
          return true;
        });
  }

  private Revocation revocation(
      String tokenId,
      @Nullable String appId,
      String actionName,
      Whose whose,
      boolean untracked,
      Instant now) {
    return new Revocation(
        ids.guid(),
        tokenId,
        appId,
        actionName,
        whose.kind(),
        whose.holder(),
        untracked,
        "pending",
        "none",
        0,
        0,
        List.of(),
        null,
        now,
        now);
  }

  private void begin(Tx tx, Caller caller, Revocation one) {
    int written = store.insert(tx, caller.tenantId(), one) + store.show(tx, caller.tenantId(), one);
    if (written == 0) {
      throw new IllegalStateException("a revocation was not written");
    }
    jobs.ask(tx, RevocationJob.KIND, new JobKey(caller.tenantId(), one.id()), one.started());
  }

  /** Lets those go on whose event is over at Apple's. */
  void goOn(Tx tx, String tenantId, String tokenId, String eventId, Instant now) {
    store
        .waitingFor(tx, tenantId, tokenId, eventId)
        .forEach(id -> jobs.ask(tx, RevocationJob.KIND, new JobKey(tenantId, id), now));
  }
}
