package dev.fettle.updates;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.devices.Change;
import dev.fettle.devices.DeviceUpdates;
import dev.fettle.devices.Devices;
import dev.fettle.devices.SoftwareType;
import dev.fettle.devices.SoftwareVersion;
import dev.fettle.identity.Caller;
import dev.fettle.identity.UserLookup;
import dev.fettle.json.Json;
import dev.fettle.updates.OperationRequestStore.Capabilities;
import dev.fettle.updates.OperationRequestStore.NewOperation;
import dev.fettle.updates.OperationRequestStore.Placement;
import dev.fettle.updates.OperationRequestStore.UpdateRequest;
import dev.fettle.updates.OperationStore.Result;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The operations that administrators and apps ask for. Each request answers the operation's id. */
public final class Operations implements DeviceUpdates {

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final AuditTrail audit;
  private final ArtifactCache artifacts = new ArtifactCache();
  private final UpdateSettings settings;
  private final UserLookup users;

  /**
   * @param users those whose names operations show
   */
  public Operations(
      Db db,
      InstantSource clock,
      Ids ids,
      AuditTrail audit,
      UpdateSettings settings,
      UserLookup users) {
    this.users = users;
    this.audit = audit;
    this.db = db;
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
  }

  /**
   * Asks a device to install software.
   *
   * @param version a version that is published for the device, or null for the newest
   * @throws Refusal if the device is not there, no such version fits it, or an update of this
   *     software is under way there
   */
  public String updateSoftware(
      Caller caller, String deviceId, SoftwareType type, @Nullable String version) {
    Instant now = clock.instant();
    String key = version == null ? null : SoftwareVersion.of(version).key();
    String tenantId = caller.tenantId();
    Change change = by(caller, now);
    return db.statement(
        tx -> {
          String id = ids.guid();
          Placement placed =
              OperationRequestStore.place(
                      tx,
                      new UpdateRequest(
                          tenantId,
                          deviceId,
                          id,
                          type,
                          key,
                          change,
                          now.plus(settings.operationDeadline())),
                      audit.entryIf(
                          "placed",
                          caller,
                          "updateSoftware",
                          "device",
                          deviceId,
                          AuditTrail.SUCCEEDED,
                          OperationRequestStore.withVersion(
                              Json.object()
                                  .put("operationId", id)
                                  .put("softwareType", type.word()))))
                  .orElseThrow(Devices::unknown);
          if (placed.version() == null) {
            throw nothingFits(
                type,
                version,
                OperationRequestStore.fitting(tx, tenantId, deviceId, type),
                OperationRequestStore.fittingTypes(tx, tenantId, deviceId));
          }
          if (!placed.queued()) {
            throw alreadyOpen(OperationType.SOFTWARE_UPDATE, type);
          }
          return id;
        });
  }

  /** The files that devices were offered a moment ago; what ends an operation removes them. */
  ArtifactCache artifacts() {
    return artifacts;
  }

  /** Asks a device to restart. */
  public String restart(Caller caller, String deviceId) {
    return ask(caller, deviceId, OperationType.DEVICE_RESTART);
  }

  /** Asks a device for diagnostics. */
  public String runDiagnostics(Caller caller, String deviceId) {
    return ask(caller, deviceId, OperationType.DEVICE_DIAGNOSTICS);
  }

  private String ask(Caller caller, String deviceId, OperationType type) {
    Instant now = clock.instant();
    String id = ids.guid();
    Change change = by(caller, now);
    return db.tx(
        tx -> {
          Capabilities device =
              OperationRequestStore.capabilities(tx, caller.tenantId(), deviceId)
                  .orElseThrow(Devices::unknown);
          boolean able =
              type == OperationType.DEVICE_RESTART
                  ? device.canRestart()
                  : device.canRunDiagnostics();
          NewOperation operation =
              new NewOperation(
                  caller.tenantId(),
                  deviceId,
                  id,
                  type,
                  able ? OperationStatus.QUEUED : OperationStatus.FAILED,
                  change,
                  able ? null : now,
                  able ? null : OperationRules.NOT_SUPPORTED,
                  able
                      ? null
                      : "The agent on the device has not said that it can do this; agents that"
                          + " know only DDI cannot.",
                  now.plus(settings.operationDeadline()));
          if (!OperationRequestStore.insert(tx, operation)) {
            throw alreadyOpen(type, null);
          }
          record(
              tx,
              caller,
              type == OperationType.DEVICE_RESTART ? "restart" : "runDiagnostics",
              deviceId,
              Json.object().put("operationId", id));
          return id;
        });
  }

  /**
   * Cancels an operation: at once if the device has not fetched it, else the device is asked to
   * stop. Asking twice changes nothing.
   *
   * @throws Refusal if there is no such operation, or it is over otherwise
   */
  public void cancel(Caller caller, String deviceId, String operationId) {
    Instant now = clock.instant();
    Change change = by(caller, now);
    db.run(
        tx -> {
          OperationRow row =
              OperationStore.lock(tx, caller.tenantId(), deviceId, operationId)
                  .orElseThrow(Operations::unknown);
          OperationStatus status = row.state().status();
          if (status == OperationStatus.CANCELLED) {
            return;
          }
          if (status.isFinal()) {
            throw Refusal.conflict("The operation is over: its status is '" + status.word() + "'.");
          }
          if (row.state().cancelRequested()) {
            return;
          }
          if (OperationRules.cancelsAtOnce(row.fetched())) {
            OperationStore.end(tx, row, null, Result.of(OperationStatus.CANCELLED), null, change);
          } else {
            OperationStore.requestCancel(tx, row, change);
          }
          record(
              tx,
              caller,
              "cancelOperation",
              deviceId,
              Json.object().put("operationId", operationId));
        });
    artifacts.remove(caller.tenantId(), deviceId);
  }

  /**
   * Refuses an id that is no operation of the device.
   *
   * @throws Refusal with {@link Reason.NotFound}
   */
  public void requireOperation(Caller caller, String deviceId, String operationId) {
    boolean found =
        db.statement(
            tx -> OperationRequestStore.exists(tx, caller.tenantId(), deviceId, operationId));
    if (!found) {
      throw unknown();
    }
  }

  /** The diagnostics that the device sent for an operation. */
  Optional<Diagnostics> diagnostics(Caller caller, String deviceId, String operationId) {
    return db.statement(
        tx -> OperationRequestStore.diagnostics(tx, caller.tenantId(), deviceId, operationId));
  }

  @Override
  public Map<SoftwareType, String> newest(
      Tx tx, String tenantId, String deviceType, @Nullable String model) {
    return ReleaseStore.newest(tx, tenantId, deviceType, model);
  }

  @Override
  public void deviceRetired(Tx tx, String tenantId, String deviceId) {
    OperationRequestStore.deleteAll(tx, tenantId, deviceId);
  }

  /**
   * An agent said that it was done, and the device goes on running something else: the operation
   * stays as it ended, since callers have seen its end, and says so in its error.
   */
  @Override
  public void versionsReported(
      Tx tx, String tenantId, String deviceId, Map<SoftwareType, String> versions) {
    OperationStore.lockJustInstalled(tx, tenantId, deviceId)
        .filter(row -> row.state().status() == OperationStatus.SUCCEEDED)
        .filter(row -> !row.state().noted())
        .ifPresent(
            row ->
                versions.forEach(
                    (type, version) -> {
                      if (OperationRules.contradicts(
                          row.softwareType(), row.softwareVersion(), type, version)) {
                        OperationStore.contradicted(tx, row, version);
                      }
                    }));
  }

  /**
   * The identity of the caller: a user by the name in the directory, whatever the token says. An
   * app costs no look.
   */
  private Change by(Caller caller, Instant now) {
    String userId = caller.userId();
    Optional<String> name =
        userId == null
            ? Optional.empty()
            : users.find(caller.tenantId(), userId).map(UserLookup.User::displayName);
    return Change.by(name.map(caller::named).orElse(caller), now);
  }

  /** The refusal of an id that is no operation of the device. */
  public static Refusal unknown() {
    return Refusal.notFound("The operation was not found.");
  }

  private void record(Tx tx, Caller caller, String action, String deviceId, ObjectNode detail) {
    audit.record(tx, caller, action, "device", deviceId, AuditTrail.SUCCEEDED, detail);
  }

  private static Refusal alreadyOpen(OperationType type, @Nullable SoftwareType software) {
    return Refusal.conflict(
        "An operation '"
            + type.word()
            + "'"
            + (software == null ? "" : " of '" + software.word() + "'")
            + " is already queued or in progress on the device.");
  }

  private static Refusal nothingFits(
      SoftwareType type, @Nullable String version, List<String> fitting, List<String> types) {
    String rest =
        fitting.isEmpty()
            ? "No version of '"
                + type.word()
                + "' is published for it"
                + (types.isEmpty() ? "." : "; there is '" + String.join("', '", types) + "'.")
            : "Versions of '" + type.word() + "' that fit it: " + String.join(", ", fitting) + ".";
    return Refusal.invalid(
        version == null ? "softwareType" : "softwareVersion",
        version == null
            ? "Parameter 'softwareType': there is no software for the device. " + rest
            : "Parameter 'softwareVersion': '"
                + version
                + "' is not a published version that fits the device. "
                + rest);
  }
}
