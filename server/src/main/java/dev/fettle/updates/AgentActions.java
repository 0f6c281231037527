package dev.fettle.updates;

import static dev.fettle.updates.OperationStatus.CANCELLED;
import static dev.fettle.updates.OperationStatus.FAILED;
import static dev.fettle.updates.OperationStatus.SUCCEEDED;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.Change;
import dev.fettle.devices.DeviceAuthentication;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.devices.Devices;
import dev.fettle.updates.AgentReport.Execution;
import dev.fettle.updates.AgentReport.Finished;
import dev.fettle.updates.AgentStore.Fetched;
import dev.fettle.updates.OperationRules.Decision;
import dev.fettle.updates.OperationStore.LockedOperation;
import dev.fettle.updates.OperationStore.Result;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Operations as the agents of devices see them: open actions, their files, reports. Actions and
 * modules go by number here. All refusals are those of DDI: not found (404) for whatever is not
 * this device's own, gone (410) for what is over, method not allowed (405) for a cancellation that
 * nobody asked for.
 */
public final class AgentActions {

  /** The treatment of reports on an action that has as many as are kept. */
  public enum ExcessReports {
    /** They are refused: the agent sent too many. */
    REFUSED,
    /** They are accepted and not kept. */
    DROPPED
  }

  private static final int LONGEST_DETAIL = 2_000;
  private static final int LONGEST_MESSAGE = 8_000;
  private static final int MOST_HISTORY = 100;

  private final Db db;
  private final InstantSource clock;
  private final Devices devices;
  private final ContentStore contents;
  private final ArtifactCache artifacts;
  private final long diagnosticsLimit;

  /**
   * @param diagnosticsLimit the largest upload of diagnostics, in bytes
   */
  public AgentActions(
      Db db,
      InstantSource clock,
      Devices devices,
      Operations operations,
      ContentStore contents,
      long diagnosticsLimit) {
    this.db = db;
    this.clock = clock;
    this.devices = devices;
    this.contents = contents;
    this.artifacts = operations.artifacts();
    this.diagnosticsLimit = diagnosticsLimit;
  }

  /**
   * Answers a poll: one indexed read and no write, unless the device registers itself.
   *
   * @param tenant the tenant's id or its DDI name
   * @throws Refusal with {@link Reason.Unauthenticated} if the credential is not the device's
   */
  public AgentPoll poll(String tenant, String controllerId, DeviceCredential credential) {
    Optional<AgentPoll> known =
        db.statement(tx -> AgentStore.poll(tx, tenant, controllerId, credential));
    if (known.isPresent()) {
      AgentPoll poll = known.get();
      if (!poll.open().isEmpty() || poll.device().attributesWanted()) {
        devices.keepAuthentication(tenant, credential, poll.device());
      }
      return poll;
    }
    if (!credential.registers()) {
      throw DeviceAuthentication.refused();
    }
    return new AgentPoll(devices.register(tenant, controllerId, credential), List.of());
  }

  /**
   * Hands out what an open software update installs; from the first time on the operation is in
   * progress.
   *
   * @param history how many earlier messages are wanted, 0 for none
   * @throws Refusal with {@link Reason.NotFound} if there is no such update to be carried out
   */
  public Deployment deployment(AuthenticatedDevice device, int actionNumber, int history) {
    Deployment found = fetch(device, actionNumber, OperationType.SOFTWARE_UPDATE, history);
    artifacts.put(device, found.moduleNumber(), found.artifacts());
    return found;
  }

  /**
   * Hands out a restart or a request for diagnostics; from the first time on the operation is in
   * progress.
   */
  public OpenOperation fetch(AuthenticatedDevice device, int actionNumber, OperationType type) {
    return fetch(device, actionNumber, type, 0).operation();
  }

  private Deployment fetch(
      AuthenticatedDevice device, int actionNumber, OperationType type, int history) {
    Instant now = clock.instant();
    return db.statement(
        tx -> {
          Fetched fetched =
              AgentStore.fetch(tx, device, actionNumber, type, Change.by(device, now))
                  .orElseThrow(AgentActions::notFound);
          Deployment found = fetched.deployment();
          if (found.operation().status() == OperationStatus.QUEUED && !fetched.begun()) {
            // It was cancelled, or fetched by another connection, while this one looked.
            found = find(tx, device, actionNumber, type);
          }
          if (found.operation().status().isFinal() || found.operation().cancelRequested()) {
            throw notFound();
          }
          return withHistory(tx, device, found, history);
        });
  }

  /**
   * The deployment of an ended software update, for fetching it again; changes nothing.
   *
   * @throws Refusal with {@link Reason.NotFound} if there is none, or it is still open
   */
  public Deployment ended(AuthenticatedDevice device, int actionNumber, int history) {
    return db.statement(
        tx -> {
          Deployment found = find(tx, device, actionNumber, OperationType.SOFTWARE_UPDATE);
          if (!found.operation().status().isFinal()) {
            throw notFound();
          }
          return withHistory(tx, device, found, history);
        });
  }

  /**
   * Checks that an action is to be stopped.
   *
   * @throws Refusal with {@link Reason.NotFound} if it is not
   */
  public void requireCancelled(AuthenticatedDevice device, int actionNumber) {
    Optional<Deployment> found =
        db.statement(tx -> AgentStore.deployment(tx, device, actionNumber));
    if (found.isEmpty()
        || found.get().operation().status().isFinal()
        || !found.get().operation().cancelRequested()) {
      throw notFound();
    }
  }

  /**
   * Takes a report on an action. A repeated end is accepted, a contradicting one is refused.
   *
   * @param type what the device takes the action for
   * @throws Refusal with {@link Reason.NotFound}, {@link Reason.Gone} or {@link
   *     Reason.TooManyRequests}
   */
  public void report(
      AuthenticatedDevice device,
      OperationType type,
      int actionNumber,
      AgentReport sent,
      ExcessReports excess) {
    AgentReport report = shortened(sent);
    Instant now = clock.instant();
    // What most reports say, that the work goes on, takes one statement. All else is decided.
    if (OperationRules.goesOn(report)
        && db.statement(
            tx ->
                OperationStore.reportedIfOpen(
                    tx, device, type, actionNumber, report, Change.by(device, now)))) {
      return;
    }
    db.run(
        tx -> {
          LockedOperation locked =
              (OperationRules.installs(type, report)
                      ? OperationStore.lockWithDevice(tx, device, actionNumber)
                      : OperationStore.lock(tx, device, actionNumber))
                  .filter(found -> found.operation().state().type() == type)
                  .orElseThrow(AgentActions::notFound);
          Decision decision = OperationRules.report(locked.operation().state(), report);
          if (!(decision instanceof Decision.TooMany && excess == ExcessReports.DROPPED)) {
            carryOut(tx, locked, decision, report, Change.by(device, now));
          }
        });
    artifacts.remove(device.tenantId(), device.deviceId());
  }

  /**
   * Takes a report on the cancellation of an action.
   *
   * @throws Refusal with {@link Reason.NotFound}, {@link Reason.Gone}, {@link
   *     Reason.MethodNotAllowed} or {@link Reason.TooManyRequests}
   */
  public void cancelReport(AuthenticatedDevice device, int actionNumber, AgentReport sent) {
    AgentReport report = shortened(sent);
    Instant now = clock.instant();
    db.run(
        tx -> {
          LockedOperation locked =
              OperationStore.lock(tx, device, actionNumber).orElseThrow(AgentActions::notFound);
          Decision decision = OperationRules.cancelReport(locked.operation().state(), report);
          carryOut(tx, locked, decision, report, Change.by(device, now));
        });
    artifacts.remove(device.tenantId(), device.deviceId());
  }

  /**
   * Records that the device says it has a release: after it was flashed in the factory, or fell
   * back.
   *
   * @return whether that was news
   * @throws Refusal with {@link Reason.NotFound} if there is no release of this name and version
   */
  public boolean reportInstalled(AuthenticatedDevice device, String name, String version) {
    Release release =
        db.statement(tx -> ReleaseStore.named(tx, device.tenantId(), name, version))
            .orElseThrow(AgentActions::notFound)
            .release();
    return devices.reportVersion(device, release.softwareType(), release.version());
  }

  /**
   * Takes diagnostics. They may be sent again as long as the operation is open.
   *
   * @param announced how many bytes were announced, or -1
   */
  public void diagnostics(
      AuthenticatedDevice device,
      int actionNumber,
      InputStream body,
      long announced,
      String contentType) {
    OpenOperation operation = fetch(device, actionNumber, OperationType.DEVICE_DIAGNOSTICS);
    Content content = contents.put(body, diagnosticsLimit, announced);
    Instant now = clock.instant();
    db.run(
        tx -> {
          OperationRow row =
              OperationStore.lock(tx, device, operation.actionNumber())
                  .orElseThrow(AgentActions::notFound)
                  .operation();
          if (row.state().status().isFinal()) {
            throw over();
          }
          AgentStore.saveDiagnostics(tx, row, content, contentType, now);
        });
  }

  /**
   * The files of a module of an open or the installed action of the device, as they were offered to
   * it at most {@link ArtifactCache#LIFETIME} ago; one statement, or none.
   *
   * @throws Refusal with {@link Reason.NotFound} if the module is not of such an action
   */
  public List<Artifact> artifacts(AuthenticatedDevice device, int moduleNumber) {
    List<Artifact> known = artifacts.find(device, moduleNumber).orElse(List.of());
    if (!known.isEmpty()) {
      return known;
    }
    List<Artifact> found = db.statement(tx -> ReleaseStore.artifacts(tx, device, moduleNumber));
    if (found.isEmpty()) {
      throw notFound();
    }
    artifacts.put(device, moduleNumber, found);
    return found;
  }

  /**
   * Notes that bytes of a file were sent to the device.
   *
   * @param whole whether it was the whole file, which goes into the history; parts can be hundreds
   */
  public void downloaded(AuthenticatedDevice device, Artifact artifact, boolean whole) {
    Instant now = clock.instant();
    db.statement(
        tx ->
            whole
                ? OperationStore.downloadedWhole(
                    tx,
                    device,
                    artifact.releaseId(),
                    new AgentReport(
                        Execution.DOWNLOAD,
                        Finished.NONE,
                        null,
                        List.of("The device fetched " + artifact.fileName() + ".")),
                    Change.by(device, now))
                : OperationStore.downloadedPart(tx, device, artifact.releaseId(), now));
  }

  private void carryOut(
      Tx tx, LockedOperation locked, Decision decision, AgentReport report, Change change) {
    OperationRow row = locked.operation();
    switch (decision) {
      case Decision.Note() -> OperationStore.underWay(tx, row, report, change);
      case Decision.Succeed() ->
          OperationStore.end(
              tx, row, report, Result.of(SUCCEEDED), installed(locked).orElse(null), change);
      case Decision.Fail(String code, String message) -> {
        String words = cut(explained(tx, row, report, message), LONGEST_MESSAGE);
        OperationStore.end(tx, row, report, new Result(FAILED, code, words), null, change);
      }
      case Decision.Cancel() ->
          OperationStore.end(tx, row, report, Result.of(CANCELLED), null, change);
      case Decision.KeepRunning() -> OperationStore.keepRunning(tx, row, report, change);
      case Decision.LateSuccess() -> {
        OperationStore.noteAfterEnd(
            tx,
            row,
            report,
            "The device reported success afterwards, at "
                + change.now()
                + "; it counts as installed.",
            change.now());
        installed(locked).ifPresent(tx::update);
      }
      case Decision.Repeated() -> {}
      case Decision.Over() -> throw over();
      case Decision.NotBeingCancelled() ->
          throw new Refusal(
              new Reason.MethodNotAllowed(Set.of(), "No cancellation of this action is pending."));
      case Decision.TooMany() ->
          throw new Refusal(
              new Reason.TooManyRequests(
                  Duration.ofMinutes(1),
                  "An action takes at most " + OperationRules.MOST_REPORTS + " reports."));
    }
  }

  private static String explained(Tx tx, OperationRow row, AgentReport report, String message) {
    return report.finished() == Finished.FAILURE
        ? OperationStore.lastError(tx, row)
            .map(cause -> OperationRules.explained(message, cause))
            .orElse(message)
        : message;
  }

  /** The statement that notes what an operation changed on its device, which is locked with it. */
  private Optional<Sql> installed(LockedOperation locked) {
    OperationRow row = locked.operation();
    return row.softwareType() == null || row.softwareVersion() == null || locked.device() == null
        ? Optional.empty()
        : Optional.of(
            devices.installed(
                locked.device(), row.softwareType(), row.softwareVersion(), row.actionNumber()));
  }

  private static Deployment find(
      Tx tx, AuthenticatedDevice device, int actionNumber, OperationType type) {
    return AgentStore.deployment(tx, device, actionNumber)
        .filter(found -> found.operation().type() == type)
        .orElseThrow(AgentActions::notFound);
  }

  private static Deployment withHistory(
      Tx tx, AuthenticatedDevice device, Deployment found, int history) {
    if (history == 0) {
      return found;
    }
    return found.with(
        AgentStore.history(
            tx,
            device,
            found.operation().actionNumber(),
            history < 0 ? MOST_HISTORY : Math.min(history, MOST_HISTORY)));
  }

  private static AgentReport shortened(AgentReport report) {
    if (report.details().size() > AgentReport.MOST_DETAILS) {
      throw new Refusal(
          new Reason.TooManyRequests(
              Duration.ofMinutes(1),
              "A report has at most " + AgentReport.MOST_DETAILS + " messages."));
    }
    return new AgentReport(
        report.execution(),
        report.finished(),
        report.code(),
        report.details().stream()
            .map(detail -> cut(detail.replace('\0', ' '), LONGEST_DETAIL))
            .toList());
  }

  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    // Not between the two halves of one character.
    int end = Character.isHighSurrogate(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
    return text.substring(0, end) + "…";
  }

  private static Refusal notFound() {
    return Refusal.notFound("There is no such action or file for this device.");
  }

  private static Refusal over() {
    return new Refusal(new Reason.Gone("The action is over."));
  }
}
