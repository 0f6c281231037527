package dev.fettle.devices;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.db.UniqueViolation;
import dev.fettle.devices.DeviceStore.DerivedState;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The inventory: administrators enrol and describe devices, devices report about themselves. */
public final class Devices {

  /** The longest name under which a device may poll. */
  public static final int LONGEST_CONTROLLER_ID = 256;

  private static final int TOKEN_BYTES = 16;

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final AuditTrail audit;
  private final DeviceUpdates updates;
  private final AuthenticationCache authentications = new AuthenticationCache();

  public Devices(Db db, InstantSource clock, Ids ids, AuditTrail audit, DeviceUpdates updates) {
    this.audit = audit;
    this.db = db;
    this.clock = clock;
    this.ids = ids;
    this.updates = updates;
  }

  // ---- administrators ---------------------------------------------------------------------------

  /** Enrols a device and answers its id. */
  public String enrol(Caller caller, NewDevice device) {
    Instant now = clock.instant();
    String id = ids.guid();
    return db.tx(
        tx -> {
          Map<SoftwareType, String> newest =
              updates.newest(
                  tx, caller.tenantId(), device.deviceType().word(), device.hardware().model());
          ObjectNode software = DeviceJson.softwareUpdateHealth(Json.object(), newest);
          DeviceStore.insert(
              tx,
              caller.tenantId(),
              id,
              device,
              new DerivedState(null, software, HealthRules.Condition.UNKNOWN),
              Change.by(caller, now));
          record(tx, caller, "enrolDevice", "device", id, null);
          return id;
        });
  }

  /** Changes what administrators say about a device. */
  public void modify(Caller caller, String id, DeviceChange change) {
    Change by = Change.by(caller, clock.instant());
    db.run(
        tx -> {
          require(DeviceStore.modify(tx, caller.tenantId(), id, change, by));
          record(tx, caller, "modifyDevice", "device", id, null);
        });
  }

  /** Takes a device out of the inventory, with all that is kept about it. */
  public void retire(Caller caller, String id) {
    db.run(
        tx -> {
          require(DeviceStore.delete(tx, caller.tenantId(), id));
          updates.deviceRetired(tx, caller.tenantId(), id);
          record(tx, caller, "retireDevice", "device", id, null);
        });
    authentications.clear();
  }

  /**
   * Issues a device's target token; an earlier one is no longer valid.
   *
   * @param controllerId the name under which the device shall poll, or null to keep it
   */
  public IssuedCredential issueCredential(Caller caller, String id, @Nullable String controllerId) {
    if (controllerId != null) {
      checkControllerId(controllerId);
    }
    Instant now = clock.instant();
    String token = ids.hex(TOKEN_BYTES);
    try {
      IssuedCredential issued =
          db.tx(
              tx -> {
                String polledAs =
                    DeviceStore.saveTargetToken(
                            tx,
                            caller.tenantId(),
                            id,
                            controllerId,
                            DeviceCredential.hash(token),
                            now)
                        .orElseThrow(Devices::unknown);
                record(
                    tx,
                    caller,
                    "issueCredential",
                    "device",
                    id,
                    Json.object().put("controllerId", polledAs));
                return new IssuedCredential(id, caller.tenantId(), polledAs, token, now);
              });
      authentications.clear();
      return issued;
    } catch (UniqueViolation e) {
      throw Refusal.conflict("Another device polls under the controllerId '" + controllerId + "'.");
    }
  }

  /** Revokes a device's target token. */
  public void revokeCredential(Caller caller, String id) {
    db.run(
        tx -> {
          require(DeviceStore.dropTargetToken(tx, caller.tenantId(), id));
          record(tx, caller, "revokeCredential", "device", id, null);
        });
    authentications.clear();
  }

  /**
   * Takes no certificate from a device any more, whoever issued it, until that is allowed again.
   */
  public void blockCertificate(Caller caller, String id) {
    certificate(caller, id, "blockCertificate", clock.instant());
  }

  /** Takes certificates from a device again. */
  public void allowCertificate(Caller caller, String id) {
    certificate(caller, id, "allowCertificate", null);
  }

  private void certificate(Caller caller, String id, String action, @Nullable Instant blocked) {
    db.run(
        tx -> {
          require(DeviceStore.saveCertificateBlock(tx, caller.tenantId(), id, blocked));
          record(tx, caller, action, "device", id, null);
        });
  }

  /** Issues a token for a site: its devices may register themselves with it. */
  public IssuedGatewayToken issueGatewayToken(Caller caller, String displayName) {
    IssuedGatewayToken issued =
        new IssuedGatewayToken(ids.guid(), displayName, ids.hex(TOKEN_BYTES), clock.instant());
    db.run(
        tx -> {
          DeviceStore.insertGatewayToken(
              tx, caller.tenantId(), issued, Change.by(caller, issued.issued()));
          record(
              tx,
              caller,
              "issueGatewayToken",
              "gatewayToken",
              issued.id(),
              Json.object().put("displayName", displayName));
        });
    return issued;
  }

  /**
   * Revokes a site's token. Devices that registered with it stay and need credentials of their own.
   */
  public void revokeGatewayToken(Caller caller, String id) {
    Instant now = clock.instant();
    db.run(
        tx -> {
          if (!DeviceStore.revokeGatewayToken(tx, caller.tenantId(), id, now)) {
            throw Refusal.notFound("There is no such gateway token.");
          }
          record(tx, caller, "revokeGatewayToken", "gatewayToken", id, null);
        });
    authentications.clear();
  }

  /**
   * Refuses an id that is no device of the tenant.
   *
   * @throws Refusal with {@link Reason.NotFound}
   */
  public void requireDevice(String tenantId, String id) {
    require(db.statement(tx -> DeviceStore.exists(tx, tenantId, id)));
  }

  /** The refusal of an id that is no device. */
  public static Refusal unknown() {
    return Refusal.notFound("The device was not found.");
  }

  // ---- devices ----------------------------------------------------------------------------------

  /**
   * Finds the device that asks and checks its credential; one statement, or none if it did so a
   * moment ago.
   *
   * @param tenant the tenant's id or its DDI name
   * @return the device as it was known at most {@link AuthenticationCache#LIFETIME} ago
   * @throws Refusal with {@link Reason.Unauthenticated} for an unknown device or a wrong token
   */
  public AuthenticatedDevice authenticate(
      String tenant, String controllerId, DeviceCredential credential) {
    Optional<AuthenticatedDevice> known = authentications.find(tenant, controllerId, credential);
    if (known.isPresent()) {
      return known.get();
    }
    AuthenticatedDevice device =
        db.statement(tx -> DeviceStore.find(tx, tenant, controllerId, credential))
            .orElseThrow(DeviceAuthentication::refused);
    authentications.put(tenant, credential, device);
    return device;
  }

  /**
   * Keeps the authentication of a device that polled: the requests that follow need not repeat it.
   */
  public void keepAuthentication(
      String tenant, DeviceCredential credential, AuthenticatedDevice device) {
    authentications.put(tenant, credential, device);
  }

  /**
   * Registers a device that polls with its site's token, or with a certificate that names it, for
   * the first time. If it is there already, that one is answered.
   *
   * @throws Refusal with {@link Reason.Unauthenticated} if the token is not one of a site of the
   *     tenant, or there is no such tenant
   */
  public AuthenticatedDevice register(
      String tenant, String controllerId, DeviceCredential credential) {
    if (!credential.registers()) {
      throw DeviceAuthentication.refused();
    }
    checkControllerId(controllerId);
    String id = ids.guid();
    Instant now = clock.instant();
    return db.tx(
        tx -> {
          boolean fresh =
              DeviceStore.register(
                  tx, tenant, id, controllerId, credential, Change.byDevice(id, controllerId, now));
          AuthenticatedDevice device =
              DeviceStore.find(tx, tenant, controllerId, credential)
                  .orElseThrow(DeviceAuthentication::refused);
          if (fresh) {
            // Nobody else sees the row yet, so it needs no lock.
            DeviceState state = DeviceState.registered(device);
            DeviceStore.saveState(tx, state, derived(state, newest(tx, state)));
          }
          return device;
        });
  }

  /** The treatment of a version that a device has reported in the same words before. */
  public enum RepeatedVersions {
    /** The device runs it now, whatever was installed in between. */
    ACCEPTED,
    /**
     * It says nothing: it is written in a file that no installation changes on a running device.
     */
    IGNORED
  }

  /**
   * Records attributes that a device sent.
   *
   * @param sent a null value removes its key
   * @throws Refusal if the attributes are empty, too long or too many
   */
  public void attributes(
      AuthenticatedDevice device,
      AttributeMode mode,
      Map<String, @Nullable String> sent,
      RepeatedVersions repeated) {
    Map<SoftwareType, String> versions = AttributeRules.versions(mode, sent);
    db.run(
        tx -> {
          if (repeated == RepeatedVersions.IGNORED && !versions.isEmpty()) {
            // It may be read unlocked: only the device itself changes it.
            DeviceStore.attributes(tx, device)
                .ifPresent(before -> AttributeRules.removeRepeated(versions, texts(before)));
          }
          DeviceState state = lock(tx, device);
          Map<String, String> after = AttributeRules.apply(texts(state.attributes()), mode, sent);
          note(tx, state, versions);
          AttributeRules.Facts facts = AttributeRules.facts(after);
          ObjectNode stored = Json.object();
          after.forEach(stored::put);
          DeviceState changed = state.with(stored, facts);
          Map<SoftwareType, String> newest =
              changed.isOfKind(state) && DeviceJson.knowsAvailable(changed)
                  ? DeviceJson.available(changed.softwareUpdateHealth())
                  : newest(tx, changed);
          DeviceStore.saveAttributes(tx, changed, derived(changed, newest), facts);
        });
    authentications.remove(device.controllerId());
  }

  /**
   * Records which version of some software a device says it has.
   *
   * @return whether that was news
   */
  public boolean reportVersion(AuthenticatedDevice device, SoftwareType type, String version) {
    return db.tx(
        tx -> {
          DeviceState state = lock(tx, device);
          boolean changed = note(tx, state, Map.of(type, version));
          if (changed) {
            DeviceStore.saveState(tx, state, derived(state));
          }
          return changed;
        });
  }

  /**
   * Records the documents that a device sent. Their shape has been checked against the schema; what
   * the server knows better, and what may never be read back, is left out.
   */
  public void report(AuthenticatedDevice device, DeviceReport sent) {
    Instant now = clock.instant();
    DeviceReport report = DeviceJson.stored(sent);
    db.run(
        tx -> {
          DeviceState state = lock(tx, device).with(report);
          note(tx, state, DeviceJson.versions(sent.configuration(), sent.health()));
          DeviceStore.saveReport(tx, state, derived(state), report, now);
        });
  }

  /**
   * Notes the versions that a device reported in its state.
   *
   * @return whether that was news
   */
  private boolean note(Tx tx, DeviceState state, Map<SoftwareType, String> versions) {
    boolean changed = !DeviceJson.agree(versions, state.currentVersions());
    if (changed) {
      updates.versionsReported(tx, state.tenantId(), state.deviceId(), versions);
      versions.forEach((type, version) -> state.currentVersions().put(type.word(), version));
    }
    return changed;
  }

  /**
   * The statement that notes what an action changed in the software of a device and asks the device
   * for its attributes, to be run in the transaction in which the device was locked.
   */
  public Sql installed(LockedDevice device, SoftwareType type, String version, int action) {
    DeviceState state = device.state();
    state.currentVersions().put(type.word(), version);
    return DeviceStore.savingInstalled(state, derived(state), action);
  }

  // ---- freshness and condition
  // -------------------------------------------------------------------

  /**
   * Works out freshness and health anew for every device of a tenant, after releases were published
   * or withdrawn: some devices at a time, so that a poll or a report never waits long. Doing it
   * twice does no harm, and only what changes is written.
   */
  public void availableVersionsChanged(String tenantId) {
    Optional<String> last = Optional.of("");
    while (last.isPresent()) {
      String after = last.get();
      last = db.tx(tx -> recomputePage(tx, tenantId, after));
    }
  }

  /** Recomputes one page; answers the last id of it, if there was any. */
  private Optional<String> recomputePage(Tx tx, String tenantId, String after) {
    // The releases are read after the locks are held: what is published later comes again.
    List<DeviceState> page = DeviceStore.lockPage(tx, tenantId, after);
    Map<String, Map<SoftwareType, String>> newest = new HashMap<>();
    List<DeviceStore.FreshnessChange> changed = new ArrayList<>();
    for (DeviceState state : page) {
      Map<SoftwareType, String> available =
          newest.computeIfAbsent(
              state.deviceType() + '\n' + state.model(), kind -> newest(tx, state));
      ObjectNode software = DeviceJson.softwareUpdateHealth(state.currentVersions(), available);
      if (!software.equals(state.softwareUpdateHealth())) {
        changed.add(
            new DeviceStore.FreshnessChange(
                state.deviceId(),
                Json.text(software),
                condition(state, state.configuration(), software).word()));
      }
    }
    if (!changed.isEmpty()) {
      DeviceStore.saveFreshness(tx, tenantId, changed);
    }
    return page.isEmpty() ? Optional.empty() : Optional.of(page.getLast().deviceId());
  }

  private Map<SoftwareType, String> newest(Tx tx, DeviceState state) {
    return updates.newest(tx, state.tenantId(), state.deviceType(), state.model());
  }

  /**
   * The derived part of a device whose type and model stay. The published versions are taken from
   * the row: it has had them since the device sent its attributes or the last of them was
   * published, or will once this transaction is over, since whoever publishes has every row
   * computed again.
   */
  private static DerivedState derived(DeviceState state) {
    return derived(state, DeviceJson.available(state.softwareUpdateHealth()));
  }

  private static DerivedState derived(DeviceState state, Map<SoftwareType, String> newest) {
    ObjectNode software = DeviceJson.softwareUpdateHealth(state.currentVersions(), newest);
    ObjectNode configuration = state.configuration();
    if (!state.currentVersions().isEmpty()) {
      configuration = configuration == null ? Json.object() : configuration;
      configuration.set("softwareVersions", DeviceJson.softwareVersions(state.currentVersions()));
    }
    return new DerivedState(configuration, software, condition(state, configuration, software));
  }

  private static HealthRules.Condition condition(
      DeviceState state, @Nullable ObjectNode configuration, ObjectNode software) {
    boolean reported =
        state.health() != null
            || !state.currentVersions().isEmpty()
            || !state.attributes().isEmpty();
    return HealthRules.condition(
        reported,
        DeviceJson.peripherals(state.health(), configuration),
        DeviceJson.updateAvailable(software));
  }

  private void record(
      Tx tx,
      Caller caller,
      String action,
      String targetKind,
      String id,
      @Nullable ObjectNode detail) {
    audit.record(tx, caller, action, targetKind, id, AuditTrail.SUCCEEDED, detail);
  }

  private static DeviceState lock(Tx tx, AuthenticatedDevice device) {
    return DeviceStore.lock(tx, device.tenantId(), device.deviceId())
        .orElseThrow(DeviceAuthentication::refused);
  }

  private static void require(boolean found) {
    if (!found) {
      throw unknown();
    }
  }

  private static void checkControllerId(String controllerId) {
    if (controllerId.isBlank()
        || controllerId.length() > LONGEST_CONTROLLER_ID
        // A step in a path for every HTTP library: such a device could not follow its links.
        || controllerId.equals(".")
        || controllerId.equals("..")
        || controllerId.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw Refusal.invalid(
          "controllerId",
          "A controllerId has 1 to "
              + LONGEST_CONTROLLER_ID
              + " printable characters, not all of them blanks, and is neither '.' nor '..'.");
    }
  }

  private static Map<String, String> texts(ObjectNode object) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      texts.put(member.getKey(), member.getValue().asString());
    }
    return texts;
  }
}
