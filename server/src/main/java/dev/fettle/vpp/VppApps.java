package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What callers do with the apps that come with a vppToken. */
final class VppApps {

  private final Db db;
  private final AuditTrail audit;
  private final Ids ids;
  private final VppAppStore store = new VppAppStore();

  VppApps(Db db, AuditTrail audit, Ids ids) {
    this.db = db;
    this.audit = audit;
    this.ids = ids;
  }

  /** That an app is not there. */
  static Reason.NotFound missing(String id) {
    return new Reason.NotFound("ResourceNotFound", "There is no app with the id '" + id + "'.");
  }

  /** What an assignment asks for; target and settings are JSON text. */
  record Wanted(String intent, String target, @Nullable String settings) {}

  /** Puts a set of assignments in the place of the one that an app has. */
  void assign(Caller caller, String appId, List<Wanted> wanted) {
    db.tx(
        tx -> {
          if (store.find(tx, caller.tenantId(), appId).isEmpty()) {
            throw new Refusal(missing(appId));
          }
          int changed =
              store.replaceAssignments(
                  tx,
                  caller.tenantId(),
                  appId,
                  wanted.stream()
                      .map(
                          one ->
                              new VppAppStore.Assignment(
                                  ids.guid(), one.intent(), one.target(), one.settings()))
                      .toList());
          audit.record(
              tx,
              caller,
              "assign",
              "mobileApp",
              appId,
              AuditTrail.SUCCEEDED,
              Json.object().put("assignments", wanted.size()).put("rows", changed));
          return true;
        });
  }

  /** Where an app's licences are. */
  Optional<VppApp> find(Caller caller, String appId) {
    return db.read(tx -> store.find(tx, caller.tenantId(), appId));
  }

  /** How many licences of an app each vppToken has. */
  List<LicenceSummary> summaries(Caller caller, String bundleId) {
    return db.read(tx -> store.summaries(tx, caller.tenantId(), bundleId));
  }
}
