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
import dev.fettle.vpp.apple.LicenceHolder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Revocations of licences: the action is noted and answered at once, and a job does the rest. */
final class Revocations {

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;

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
    db.run(
        tx -> {
          if (!RevocationStore.isToken(tx, caller.tenantId(), tokenId)) {
            throw new Refusal(VppTokens.missing(tokenId));
          }
          begin(
              tx,
              caller,
              Revocation.pending(
                  ids.guid(), tokenId, null, "revokeLicenses", null, untracked, now));
          audit.record(
              tx, caller, "revokeLicenses", "vppToken", tokenId, AuditTrail.SUCCEEDED, null);
        });
  }

  /**
   * Takes back licences of one app.
   *
   * @param cast the platform that the caller takes the app to be for; null without a cast
   * @param holder the one holder whose licence is meant; null for everybody's
   */
  void ofApp(
      Caller caller,
      String appId,
      @Nullable String cast,
      String actionName,
      @Nullable LicenceHolder holder) {
    Instant now = clock.instant();
    db.run(
        tx -> {
          VppApp app =
              VppAppStore.find(tx, caller.tenantId(), appId)
                  .filter(found -> found.is(cast))
                  .orElseThrow(() -> new Refusal(VppApps.missing(appId)));
          begin(
              tx,
              caller,
              Revocation.pending(ids.guid(), app.tokenId(), appId, actionName, holder, true, now));
          audit.record(
              tx,
              caller,
              actionName,
              "mobileApp",
              appId,
              AuditTrail.SUCCEEDED,
              holder == null ? null : Json.object().put("holder", holder.id()));
        });
  }

  /** Takes back all licences of one device, in whichever vppTokens they are. */
  void ofDevice(Caller caller, String serialNumber) {
    Instant now = clock.instant();
    String action = "revokeAppleVppLicenses";
    LicenceHolder device = LicenceHolder.device(serialNumber);
    db.run(
        tx -> {
          List<String> holding = RevocationStore.tokensOf(tx, caller.tenantId(), serialNumber);
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
                Revocation.pending(ids.guid(), tokenId, null, action, device, true, now));
          }
          audit.record(
              tx, caller, action, "managedDevice", serialNumber, AuditTrail.SUCCEEDED, null);
        });
  }

  private void begin(Tx tx, Caller caller, Revocation one) {
    String tenantId = caller.tenantId();
    if (RevocationStore.insert(tx, tenantId, one) + RevocationStore.show(tx, tenantId, one) == 0) {
      throw new IllegalStateException("a revocation was not written");
    }
    jobs.ask(tx, RevocationJob.KIND, new JobKey(tenantId, one.id()), one.startedDateTime());
  }

  /** Lets those go on whose event is over at Apple's. */
  void goOn(Tx tx, NotifiedToken token, String eventId) {
    RevocationStore.waitingFor(tx, token, eventId)
        .forEach(
            id -> jobs.ask(tx, RevocationJob.KIND, new JobKey(token.tenantId(), id), token.at()));
  }
}
