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

/** The operations of the apps that come with a vppToken. */
final class VppApps {

  private final Db db;
  private final AuditTrail audit;
  private final Ids ids;

  VppApps(Db db, AuditTrail audit, Ids ids) {
    this.db = db;
    this.audit = audit;
    this.ids = ids;
  }

  /** The reason to refuse if an app is not there. */
  static Reason.NotFound missing(String id) {
    return new Reason.NotFound("ResourceNotFound", "There is no app with the id '" + id + "'.");
  }

  /** Puts a set of assignments in the place of the one that an app has. */
  void assign(Caller caller, String appId, List<VppAppStore.Assignment> wanted) {
    String tenantId = caller.tenantId();
    db.run(
        tx -> {
          if (VppAppStore.find(tx, tenantId, appId).isEmpty()) {
            throw new Refusal(missing(appId));
          }
          int changed = VppAppStore.deleteAssignments(tx, tenantId, appId);
          for (VppAppStore.Assignment one : wanted) {
            changed += VppAppStore.addAssignment(tx, tenantId, appId, ids.guid(), one);
          }
          audit.record(
              tx,
              caller,
              "assign",
              "mobileApp",
              appId,
              AuditTrail.SUCCEEDED,
              Json.object().put("assignments", wanted.size()).put("rows", changed));
        });
  }

  /** An app, with the place of its licences. */
  Optional<VppApp> find(Caller caller, String appId) {
    return db.statement(tx -> VppAppStore.find(tx, caller.tenantId(), appId));
  }

  /** The licences of an app in each vppToken. */
  List<LicenceSummary> summaries(Caller caller, String bundleId) {
    return db.statement(tx -> VppAppStore.summaries(tx, caller.tenantId(), bundleId));
  }
}
