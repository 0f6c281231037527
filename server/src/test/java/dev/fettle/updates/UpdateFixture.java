package dev.fettle.updates;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.AttributeMode;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.devices.DeviceFixture;
import dev.fettle.devices.DeviceType;
import dev.fettle.devices.Devices;
import dev.fettle.devices.Devices.RepeatedVersions;
import dev.fettle.devices.IssuedCredential;
import dev.fettle.devices.SoftwareType;
import dev.fettle.identity.Caller;
import dev.fettle.identity.UserLookup;
import dev.fettle.jobs.Jobs;
import dev.fettle.support.TestClock;
import dev.fettle.updates.AgentActions.ExcessReports;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rooms of devices and updates, built on a real database, with a tenant of its own. */
public final class UpdateFixture {

  final TestClock clock = new TestClock();
  final String tenantId = UUID.randomUUID().toString();
  final Caller caller =
      new Caller(
          tenantId,
          Caller.Kind.DELEGATED,
          "app",
          "App",
          "2a610f6f-adf6-4205",
          "Evan Lewis",
          Set.of("TeamworkDevice.ReadWrite.All"));
  final Db db;
  final ContentStore contents;
  final Operations operations;
  final Devices devices;
  final Releases releases;
  final AgentActions actions;
  final ExpiryJob sweep;
  final Jobs jobs;

  UpdateFixture(Db db, Path folder) {
    this.db = db;
    Ids ids = Ids.random();
    UpdateSettings settings = UpdateSettings.standard();
    AuditTrail audit = new AuditTrail(db, clock, ids, Duration.ofDays(1));
    contents = new ContentStore(folder, ids);
    jobs = new Jobs(db, clock, ids);
    operations = new Operations(db, clock, ids, audit, settings, UserLookup.NONE);
    devices = new Devices(db, clock, ids, audit, operations);
    releases =
        new Releases(
            db,
            clock,
            ids,
            audit,
            new FreshnessJob(devices, jobs),
            contents,
            settings.artifactLimit());
    actions =
        new AgentActions(db, clock, devices, operations, contents, settings.diagnosticsLimit());
    sweep = new ExpiryJob(db, contents, settings);
  }

  /** A device of a type and model, enrolled and with a credential. */
  Enrolled device(DeviceType type, String model) {
    String id = DeviceFixture.enrol(devices, caller, type, model, null);
    IssuedCredential issued = devices.issueCredential(caller, id, null);
    return new Enrolled(id, DeviceCredential.parse("TargetToken " + issued.token()).orElseThrow());
  }

  Enrolled device() {
    return device(DeviceType.TEAMS_PANEL, "p1");
  }

  /** A device with what it proves itself by. */
  record Enrolled(String id, DeviceCredential credential) {}

  AuthenticatedDevice authenticated(Enrolled device) {
    return devices.authenticate(tenantId, device.id(), device.credential());
  }

  void report(AuthenticatedDevice device, OperationType type, int action, AgentReport report) {
    actions.report(device, type, action, report, ExcessReports.REFUSED);
  }

  void attributes(
      AuthenticatedDevice device, AttributeMode mode, Map<String, @Nullable String> sent) {
    devices.attributes(device, mode, sent, RepeatedVersions.ACCEPTED);
  }

  AgentPoll poll(Enrolled device) {
    return actions.poll(tenantId, device.id(), device.credential());
  }

  /** A published release without files. */
  String release(SoftwareType type, String version) {
    String id = draft(type, version);
    releases.publish(caller, id);
    return id;
  }

  /** A published release with one file. */
  String releaseWithFile(SoftwareType type, String version) {
    String id = draft(type, version);
    put(id, "fw.swu", "content of " + version);
    releases.publish(caller, id);
    return id;
  }

  String draft(SoftwareType type, String version) {
    return releases.create(caller, new Release(type, version, null, List.of(), List.of()));
  }

  void put(String release, String name, String text) {
    put(releases, caller, release, name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(
      Releases releases, Caller caller, String release, String name, byte[] content) {
    releases.putArtifact(
        caller,
        release,
        name,
        new ByteArrayInputStream(content),
        content.length,
        ExpectedHashes.of(null, null, null));
  }

  /** Publishes a release with files of these names and this content; answers its id. */
  public static String publish(
      Releases releases,
      Caller caller,
      SoftwareType type,
      String version,
      byte[] content,
      String... names) {
    String id = releases.create(caller, new Release(type, version, null, List.of(), List.of()));
    for (String name : names) {
      put(releases, caller, id, name, content);
    }
    releases.publish(caller, id);
    return id;
  }

  /** The number of bytes of an operation's diagnostics. */
  public static long diagnosticsSize(
      Operations operations, Caller caller, String deviceId, String operation) {
    return operations.diagnostics(caller, deviceId, operation).orElseThrow().size();
  }

  /** The media type of an operation's diagnostics. */
  public static String diagnosticsType(
      Operations operations, Caller caller, String deviceId, String operation) {
    return operations.diagnostics(caller, deviceId, operation).orElseThrow().contentType();
  }

  /** The state of an operation, as its row has it. */
  record OperationState(
      String status,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      @Nullable Instant started,
      @Nullable Instant completed,
      int action) {}

  OperationState operation(String id) {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            """
                            select status, error_code, error_message, started_date_time started,
                              completed_date_time completed, action_number action
                            from updates_operation where tenant_id = :tenantId and id = :id
                            """)
                        .with("tenantId", tenantId)
                        .with("id", id),
                    OperationState.class))
        .orElseThrow();
  }

  /** A text column of a device's row. */
  @Nullable String deviceColumn(String deviceId, String expression) {
    return db
        .statement(
            tx ->
                tx.list(
                    Sql.of(
                            "select coalesce(("
                                + expression
                                + ")::text, '') answer from devices_device"
                                + " where tenant_id = :tenantId and id = :id")
                        .with("tenantId", tenantId)
                        .with("id", deviceId),
                    String.class))
        .stream()
        .findFirst()
        .orElse(null);
  }

  /** The reason with which something is refused. */
  static Reason refusal(Runnable attempt) {
    try {
      attempt.run();
    } catch (Refusal refusal) {
      return refusal.reason();
    }
    throw new AssertionError("it was not refused");
  }

  static AgentReport closed(AgentReport.Finished finished, String... details) {
    return new AgentReport(AgentReport.Execution.CLOSED, finished, null, List.of(details));
  }

  static AgentReport note(String... details) {
    return new AgentReport(
        AgentReport.Execution.PROCEEDING, AgentReport.Finished.NONE, null, List.of(details));
  }
}
