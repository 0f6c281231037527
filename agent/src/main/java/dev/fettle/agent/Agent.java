package dev.fettle.agent;

import dev.fettle.agent.AgentState.Ending;
import dev.fettle.agent.AgentState.Work;
import dev.fettle.agent.ddi.ActionKind;
import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiException;
import dev.fettle.agent.ddi.Deployment;
import dev.fettle.agent.ddi.Deployment.Chunk;
import dev.fettle.agent.ddi.DiagnosticsRequest;
import dev.fettle.agent.ddi.Feedback;
import dev.fettle.agent.ddi.Pause;
import dev.fettle.agent.ddi.Poll;
import dev.fettle.agent.ddi.Retry;
import dev.fettle.agent.downloads.Artifact;
import dev.fettle.agent.downloads.FileSink;
import dev.fettle.agent.downloads.StoppedException;
import dev.fettle.agent.downloads.WrongFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The agent itself. One {@link #step} is one poll with everything that follows from it; the caller
 * waits for the time that it returns and calls again.
 *
 * <p>The order inside a step keeps the promise of the package: ends that were not told yet are told
 * first, then comes the poll. Nothing is started while the state on disk does not say so.
 */
final class Agent {
  private static final Duration STANDARD_SLEEP = Duration.ofSeconds(45);
  private static final Duration SHORTEST_SLEEP = Duration.ofSeconds(1);
  private static final Duration LOOK_UP = Duration.ofSeconds(5);
  private static final int LAST_LINES = 20;
  private static final int MOST_LINES = 48;

  /** As {@code timeout} ends. */
  private static final int STOPPED = 124;

  private static final Retry BETWEEN_STEPS =
      new Retry(Integer.MAX_VALUE, Duration.ofSeconds(2), Duration.ofMinutes(5));

  private final AgentSettings settings;
  private final DdiClient client;
  private final StateFile state;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pause pause;
  private final AgentLog log;
  private final Report report;

  private boolean announced;
  private int failures;
  private Duration sleep = STANDARD_SLEEP;

  Agent(
      AgentSettings settings,
      DdiClient client,
      StateFile state,
      InstantSource clock,
      RandomGenerator random,
      Pause pause,
      AgentLog log) {
    this.settings = settings;
    this.client = client;
    this.state = state;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
    this.log = log;
    this.report = new Report(settings);
  }

  /** Asks, does what is asked for, and tells how long to wait until the next step. */
  Duration step() throws InterruptedException {
    try {
      tellEnds();
      Poll poll = client.poll();
      Duration asked = poll.sleep();
      sleep = asked == null || asked.isZero() ? STANDARD_SLEEP : asked;
      if (!announced || poll.configData() != null) {
        announce();
      }
      report.sendIfChanged(client, state.state(), log);
      follow(poll);
      failures = 0;
      return sleep.compareTo(SHORTEST_SLEEP) < 0 ? SHORTEST_SLEEP : sleep;
    } catch (IOException e) {
      failures++;
      Duration wait = BETWEEN_STEPS.before(failures, random);
      log.line("trouble: " + reason(e) + "; again in " + Math.max(1, wait.toSeconds()) + " s");
      return wait;
    }
  }

  /** Whether the last step failed. */
  boolean isInTrouble() {
    return failures > 0;
  }

  /** Steps for ever. */
  void run() throws InterruptedException {
    while (true) {
      pause.pause(step());
    }
  }

  private void follow(Poll poll) throws IOException, InterruptedException {
    URI cancel = poll.cancelAction();
    URI deployment = poll.deploymentBase();
    if (cancel != null) {
      cancel(cancel);
    } else if (deployment != null) {
      carryOut(client.deployment(deployment));
    }
    URI restart = poll.restart();
    if (restart != null) {
      restart(client.restart(restart));
    }
    URI diagnostics = poll.diagnostics();
    if (diagnostics != null) {
      diagnose(client.diagnostics(diagnostics));
    }
  }

  private void announce() throws IOException, InterruptedException {
    client.configData(Attributes.of(settings, state.state().installed()));
    announced = true;
  }

  // ---- ends -------------------------------------------------------------------------------------

  private void tellEnds() throws IOException, InterruptedException {
    for (Ending ending : state.state().endings()) {
      Feedback feedback =
          ending.success()
              ? Feedback.success(ending.details())
              : Feedback.failure(ending.code(), ending.details());
      tellUnlessOver(ActionKind.DEPLOYMENT, ending.actionId(), feedback);
      state.save(state.state().told(ending));
      Installer.delete(downloads(ending.actionId()));
      Installer.delete(runs(ending.actionId()));
      announced = false;
      log.line(
          "action "
              + ending.actionId()
              + (ending.success()
                  ? " succeeded"
                  : " failed: " + String.join(" | ", ending.details())));
    }
    String restarted = state.state().restarting();
    if (restarted != null) {
      tellUnlessOver(
          ActionKind.RESTART, restarted, Feedback.success(List.of("The device was restarted.")));
      state.save(state.state().withRestarting(null));
      log.line("restart " + restarted + " done");
    }
  }

  private void tellUnlessOver(ActionKind kind, String actionId, Feedback feedback)
      throws IOException, InterruptedException {
    try {
      client.feedback(kind, actionId, feedback);
    } catch (DdiException e) {
      if (!e.actionIsOver()) {
        throw e;
      }
      log.line("action " + actionId + " is over in the server already");
    }
  }

  private void end(String actionId, boolean success, @Nullable Integer code, List<String> details)
      throws IOException, InterruptedException {
    state.save(state.state().ended(new Ending(actionId, success, code, details)));
    tellEnds();
    announce();
  }

  // ---- deployments ------------------------------------------------------------------------------

  private void carryOut(Deployment deployment) throws IOException, InterruptedException {
    String id = deployment.id();
    if (!id.matches("[0-9A-Za-z-]{1,64}")) {
      throw new IOException("the server sent the action id '" + id + "'");
    }
    boolean download = !deployment.download().equals("skip");
    boolean install = !deployment.update().equals("skip");
    Work work = state.state().work();
    if (work == null || !work.actionId().equals(id)) {
      if (!download || (work != null && isStillInstalling(work))) {
        return;
      }
      if (work != null) {
        Installer.delete(downloads(work.actionId()));
      }
      work = new Work(id, 0, false, false);
      state.save(state.state().with(work));
      log.line("action " + id + ": " + describe(deployment));
    }
    String refusal = refusal(deployment);
    if (refusal != null) {
      end(id, false, null, List.of(refusal));
      return;
    }
    if (work.waiting() && !install) {
      return;
    }
    try {
      if (!work.installing()) {
        downloadAll(deployment, work);
      }
      if (!install) {
        waitForPermission(deployment, work);
        return;
      }
      installAll(deployment);
    } catch (WrongFileException e) {
      end(id, false, null, List.of(reason(e)));
    } catch (StoppedException e) {
      log.line("action " + id + ": " + e.getMessage());
    } catch (DdiException e) {
      if (e.actionIsOver()) {
        log.line("action " + id + " is no longer offered: " + e.getMessage());
        forget(id);
        return;
      }
      throw e;
    }
  }

  /**
   * Whether the installer of an action that is over in the server is at work still, left by an
   * agent that was killed: a second one beside it could ruin what both write to.
   */
  private boolean isStillInstalling(Work work) throws IOException {
    Installer installer = installer(work);
    if (!work.installing() || !installer.running()) {
      return false;
    }
    if (clock.instant().isAfter(installer.began().plus(settings.installerLimit()))) {
      installer.stop(STOPPED);
      return false;
    }
    log.line("action " + work.actionId() + ": its installer is still at work; the next one waits");
    return true;
  }

  private Installer installer(Work work) {
    return new Installer(runs(work.actionId()).resolve(Integer.toString(work.installedChunks())));
  }

  private static String describe(Deployment deployment) {
    return String.join(
        ", ",
        deployment.chunks().stream()
            .map(c -> c.softwareType() + " " + c.version() + " (" + c.name() + ")")
            .toList());
  }

  /** Why this deployment cannot be carried out here, or null. */
  private @Nullable String refusal(Deployment deployment) {
    if (deployment.chunks().isEmpty()) {
      return "The deployment has nothing to install.";
    }
    for (Chunk chunk : deployment.chunks()) {
      if (!settings.installers().containsKey(chunk.softwareType())) {
        return "This device has no installer for the software type '"
            + chunk.softwareType()
            + "' (install."
            + chunk.softwareType()
            + " in the agent's configuration).";
      }
      for (Artifact artifact : chunk.artifacts()) {
        if (!safe(artifact.fileName())) {
          return "The file name '" + artifact.fileName() + "' is not acceptable.";
        }
      }
    }
    return null;
  }

  /** Whether a name sent by the server is one plain name in a folder. */
  private static boolean safe(String name) {
    return !name.isBlank()
        && name.getBytes(StandardCharsets.UTF_8).length <= 200
        && !name.startsWith(".")
        && !name.startsWith("-")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f);
  }

  private void downloadAll(Deployment deployment, Work work)
      throws IOException, InterruptedException {
    for (int number = work.installedChunks(); number < deployment.chunks().size(); number++) {
      Chunk chunk = deployment.chunks().get(number);
      for (Artifact artifact : chunk.artifacts()) {
        download(deployment.id(), number, artifact);
      }
    }
  }

  private void download(String actionId, int chunk, Artifact artifact)
      throws IOException, InterruptedException {
    Path file = file(actionId, chunk, artifact);
    Files.createDirectories(file.getParent());
    if (Files.exists(file)) {
      return;
    }
    client.feedback(
        ActionKind.DEPLOYMENT,
        actionId,
        Feedback.proceeding(
            "Downloading " + artifact.fileName() + " (" + artifact.size() + " bytes)."));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    requireRoom(artifact, part);
    Ticker ticker = new Ticker(lookUp());
    try (FileSink sink = new FileSink(part, artifact)) {
      client.download(
          artifact,
          sink,
          (held, size) -> {
            if (ticker.due(clock.instant())) {
              stopIfCancelled(actionId);
              client.feedback(
                  ActionKind.DEPLOYMENT,
                  actionId,
                  Feedback.proceeding("Downloaded " + held + " of " + size + " bytes."));
            }
          });
    }
    Files.move(part, file);
    Files.deleteIfExists(part.resolveSibling(part.getFileName() + ".tag"));
    client.feedback(
        ActionKind.DEPLOYMENT,
        actionId,
        Feedback.proceeding("Downloaded and verified " + artifact.fileName() + "."));
  }

  /** A full disk does not empty itself: whoever asked for the update is told at once. */
  private void requireRoom(Artifact artifact, Path part) throws IOException {
    long needed = artifact.size() - (Files.exists(part) ? Files.size(part) : 0);
    long free = Files.getFileStore(part.getParent()).getUsableSpace();
    if (needed > free) {
      throw new WrongFileException(
          "there is no room for '"
              + artifact.fileName()
              + "': it needs "
              + needed
              + " bytes more, and "
              + free
              + " are free on the device");
    }
  }

  /** Looks for a cancellation in the middle of a download. */
  private void stopIfCancelled(String actionId) throws IOException, InterruptedException {
    URI link = client.poll().cancelAction();
    if (link != null && client.actionToStop(link).equals(actionId)) {
      acknowledge(actionId);
      throw new StoppedException("cancelled while it was being downloaded");
    }
  }

  private void waitForPermission(Deployment deployment, Work work)
      throws IOException, InterruptedException {
    boolean window = deployment.maintenanceWindow().equals("unavailable");
    client.feedback(
        ActionKind.DEPLOYMENT,
        deployment.id(),
        window
            ? Feedback.proceeding("Downloaded; waiting for the maintenance window.")
            : Feedback.downloaded("Downloaded; installing was not asked for."));
    state.save(state.state().with(new Work(work.actionId(), work.installedChunks(), false, true)));
  }

  private void installAll(Deployment deployment) throws IOException, InterruptedException {
    String id = deployment.id();
    List<String> lines = List.of();
    while (true) {
      Work work = state.state().work();
      if (work == null || work.installedChunks() >= deployment.chunks().size()) {
        break;
      }
      Chunk chunk = deployment.chunks().get(work.installedChunks());
      Installer installer = installer(work);
      int code = install(deployment, chunk, work, installer);
      lines = installer.lastLines(LAST_LINES);
      if (code != 0) {
        List<String> details = new ArrayList<>(lines);
        details.add(ending(chunk, code));
        end(id, false, code, details);
        return;
      }
      state.save(
          state
              .state()
              .withInstalled(
                  chunk.softwareType(),
                  chunk.version(),
                  new Work(id, work.installedChunks() + 1, false, false)));
    }
    List<String> details = new ArrayList<>(lines);
    details.add("Installed " + describe(deployment) + ".");
    end(id, true, null, details);
  }

  private String ending(Chunk chunk, int code) {
    return code == STOPPED
        ? "The installer of "
            + chunk.softwareType()
            + " did not end within "
            + settings.installerLimit().toSeconds()
            + " seconds and was stopped."
        : "The installer of " + chunk.softwareType() + " ended with code " + code + ".";
  }

  private int install(Deployment deployment, Chunk chunk, Work work, Installer installer)
      throws IOException, InterruptedException {
    String id = deployment.id();
    boolean begun = work.installing() && (installer.running() || installer.exitCode().isPresent());
    if (!begun) {
      client.feedback(
          ActionKind.DEPLOYMENT,
          id,
          Feedback.proceeding("Installing " + chunk.name() + " " + chunk.version() + "."));
      state.save(state.state().with(new Work(id, work.installedChunks(), true, false)));
      installer.start(
          settings.installers().getOrDefault(chunk.softwareType(), ""),
          chunk.artifacts().stream()
              .map(a -> file(id, work.installedChunks(), a).toAbsolutePath().toString())
              .toList(),
          environment(id, chunk, work.installedChunks()));
    }
    Instant end = (begun ? installer.began() : clock.instant()).plus(settings.installerLimit());
    Notes notes = new Notes(id, new LineFollower(installer.output()));
    while (!installer.await(lookUp())) {
      if (clock.instant().isAfter(end)) {
        installer.stop(STOPPED);
        log.line("action " + id + ": the installer took too long and was stopped");
        return STOPPED;
      }
      notes.tell();
      rejectCancellation(id);
    }
    OptionalInt code = installer.exitCode();
    if (code.isEmpty()) {
      throw new IOException(
          "the installer of action " + id + " was cut off in the middle; it is started again");
    }
    return code.getAsInt();
  }

  /** What is told of an installer at work: a note that gets lost is no reason to disturb it. */
  private final class Notes {
    private final String id;
    private final LineFollower output;
    private final NotePace pace = new NotePace();
    private boolean over;

    Notes(String id, LineFollower output) {
      this.id = id;
      this.output = output;
    }

    void tell() throws IOException, InterruptedException {
      if (over || !pace.due(clock.instant(), output.hasMore())) {
        return;
      }
      List<String> fresh = output.next(MOST_LINES);
      try {
        client.feedback(
            ActionKind.DEPLOYMENT,
            id,
            new Feedback(
                "proceeding",
                "none",
                null,
                fresh.isEmpty() ? List.of("The installer is at work.") : fresh));
      } catch (DdiException e) {
        over = e.actionIsOver();
        log.line("action " + id + ": a note was not delivered: " + reason(e));
      } catch (IOException e) {
        log.line("action " + id + ": a note was not delivered: " + reason(e));
      }
    }
  }

  private void rejectCancellation(String id) throws InterruptedException {
    try {
      URI link = client.poll().cancelAction();
      if (link != null && client.actionToStop(link).equals(id)) {
        client.feedback(ActionKind.CANCEL, id, tooLate());
      }
    } catch (IOException e) {
      log.line("action " + id + ": the server was not asked: " + reason(e));
    }
  }

  private static Feedback tooLate() {
    return Feedback.rejected("Too late: the installer is at work.");
  }

  private Map<String, String> environment(String id, Chunk chunk, int number) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("FETTLE_ACTION", id);
    environment.put("FETTLE_DEVICE", settings.address().controllerId());
    environment.put("FETTLE_SOFTWARE_TYPE", chunk.softwareType());
    environment.put("FETTLE_VERSION", chunk.version());
    environment.put("FETTLE_NAME", chunk.name());
    if (!chunk.artifacts().isEmpty()) {
      Artifact first = chunk.artifacts().getFirst();
      environment.put("FETTLE_FILE", file(id, number, first).toAbsolutePath().toString());
      String sha256 = first.sha256();
      environment.put("FETTLE_SHA256", sha256 == null ? "" : sha256);
    }
    return environment;
  }

  // ---- cancellation -----------------------------------------------------------------------------

  private void cancel(URI link) throws IOException, InterruptedException {
    String id = client.actionToStop(link);
    Work work = state.state().work();
    if (work != null && work.actionId().equals(id) && (work.installing() || begun(work))) {
      client.feedback(ActionKind.CANCEL, id, tooLate());
      return;
    }
    acknowledge(id);
  }

  private static boolean begun(Work work) {
    return work.installedChunks() > 0;
  }

  private void acknowledge(String id) throws IOException, InterruptedException {
    client.feedback(
        ActionKind.CANCEL, id, Feedback.success(List.of("Cancelled before the installation.")));
    log.line("action " + id + " cancelled");
    forget(id);
  }

  private void forget(String id) throws IOException {
    Work work = state.state().work();
    if (work != null && work.actionId().equals(id)) {
      state.save(state.state().with(null));
      Installer.delete(downloads(id));
      Installer.delete(runs(id));
    }
  }

  // ---- restart and diagnostics ------------------------------------------------------------------

  private void restart(String id) throws IOException, InterruptedException {
    String command = settings.restartCommand();
    if (command == null) {
      client.feedback(
          ActionKind.RESTART,
          id,
          Feedback.failure(null, List.of("This agent has no restart command.")));
      return;
    }
    client.feedback(ActionKind.RESTART, id, Feedback.proceeding("Restarting."));
    state.save(state.state().withRestarting(id));
    log.line("restart " + id);
    Installer run = new Installer(settings.stateFolder().resolve("restart"));
    run.start(command, List.of(), Map.of("FETTLE_ACTION", id));
    boolean ended = run.await(Duration.ofMinutes(5));
    int code = run.exitCode().orElse(ended ? -1 : -2);
    if (code != 0) {
      state.save(state.state().withRestarting(null));
      List<String> details = new ArrayList<>(run.lastLines(LAST_LINES));
      details.add(
          code == -2
              ? "The restart command did not end within five minutes."
              : "The restart command ended with code " + code + ".");
      tellUnlessOver(ActionKind.RESTART, id, Feedback.failure(code, details));
      return;
    }
    // Most commands only ask for the restart. If this process lives on, the restart was of
    // something else, and is done.
    pause.pause(settings.restartWait());
    tellEnds();
  }

  private void diagnose(DiagnosticsRequest request) throws IOException, InterruptedException {
    String id = request.actionId();
    URI target = request.upload();
    if (target == null) {
      client.feedback(
          ActionKind.DIAGNOSTICS,
          id,
          Feedback.failure(null, List.of("The server gave no place for the file.")));
      return;
    }
    client.feedback(ActionKind.DIAGNOSTICS, id, Feedback.proceeding("Collecting diagnostics."));
    String command = settings.diagnosticsCommand();
    long size;
    if (command == null) {
      byte[] text =
          Diagnostics.text(settings, state.state(), clock.instant())
              .getBytes(StandardCharsets.UTF_8);
      client.upload(target, text);
      size = text.length;
    } else {
      Installer run = new Installer(settings.stateFolder().resolve("diagnostics"));
      run.start(command, List.of(), Map.of("FETTLE_ACTION", id));
      boolean ended = run.await(Duration.ofMinutes(10));
      int code = run.exitCode().orElse(-1);
      if (!ended || code != 0) {
        List<String> details = new ArrayList<>(run.lastLines(LAST_LINES));
        details.add("The diagnostics command " + (ended ? "ended with code " + code : "hangs."));
        client.feedback(ActionKind.DIAGNOSTICS, id, Feedback.failure(code, details));
        return;
      }
      client.upload(target, run.output());
      size = Files.size(run.output());
    }
    tellUnlessOver(
        ActionKind.DIAGNOSTICS,
        id,
        Feedback.success(List.of("Uploaded " + size + " bytes of diagnostics.")));
    log.line("diagnostics " + id + " uploaded");
  }

  // ---- places -----------------------------------------------------------------------------------

  private Path downloads(String actionId) {
    return settings.stateFolder().resolve("downloads").resolve(actionId);
  }

  private Path runs(String actionId) {
    return settings.stateFolder().resolve("runs").resolve(actionId);
  }

  private Path file(String actionId, int chunk, Artifact artifact) {
    return downloads(actionId).resolve(Integer.toString(chunk)).resolve(artifact.fileName());
  }

  /** How often to look up from long work: as often as polls are wanted, and at least so often. */
  private Duration lookUp() {
    return sleep.compareTo(LOOK_UP) < 0 ? sleep : LOOK_UP;
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  /** Says when a period is over; the first one starts at the first question. */
  private static final class Ticker {
    private final Duration period;
    private @Nullable Instant next;

    Ticker(Duration period) {
      this.period = period;
    }

    boolean due(Instant now) {
      Instant planned = next;
      if (planned == null || !now.isBefore(planned)) {
        next = now.plus(period);
        return planned != null;
      }
      return false;
    }
  }
}
