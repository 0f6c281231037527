package dev.fettle.simulator.devices;

import dev.fettle.agent.ddi.ActionKind;
import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiException;
import dev.fettle.agent.ddi.Deployment;
import dev.fettle.agent.ddi.Deployment.Chunk;
import dev.fettle.agent.ddi.DiagnosticsRequest;
import dev.fettle.agent.ddi.Feedback;
import dev.fettle.agent.ddi.Poll;
import dev.fettle.agent.downloads.Artifact;
import dev.fettle.agent.downloads.DownloadProgress;
import dev.fettle.agent.downloads.DownloadSink;
import dev.fettle.agent.downloads.WrongFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One pretend device: polls, and does with what it is offered what its behaviour says. */
final class SimulatedDevice {
  private static final Duration STANDARD_SLEEP = Duration.ofSeconds(30);
  private static final int SLOWNESS = 10;

  private final DdiClient client;
  private final @Nullable DeviceModel model;
  private final Map<String, String> attributes;
  private final Behaviour behaviour;
  private final InstallTime installTime;
  private final RandomGenerator random;
  private final FleetCounts counts;

  private boolean announced;
  private boolean reported;
  private boolean online;
  private boolean silent;
  private @Nullable String refusedAction;
  private Duration sleep = STANDARD_SLEEP;

  /**
   * @param model what to send documents about; null to send none
   */
  SimulatedDevice(
      DdiClient client,
      @Nullable DeviceModel model,
      Map<String, String> attributes,
      Behaviour behaviour,
      InstallTime installTime,
      RandomGenerator random,
      FleetCounts counts) {
    this.client = client;
    this.model = model;
    this.attributes = new TreeMap<>(attributes);
    this.behaviour = behaviour;
    this.installTime = installTime;
    this.random = random;
    this.counts = counts;
  }

  /** Lives until it is interrupted or falls silent. */
  void live(Duration delay) {
    try {
      Thread.sleep(delay);
      while (!silent) {
        step();
        Thread.sleep(sleep);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void step() throws InterruptedException {
    try {
      Poll poll = client.poll();
      counts.polls.increment();
      if (!online) {
        online = true;
        counts.online.increment();
      }
      Duration asked = poll.sleep();
      sleep = asked == null || asked.isZero() ? STANDARD_SLEEP : asked;
      if (!announced || poll.configData() != null) {
        announce();
      }
      follow(poll);
    } catch (IOException | RuntimeException | Error e) {
      // A device that ended here would be missed by nobody; it is counted and polls again.
      counts.failed(e);
    }
  }

  private void follow(Poll poll) throws IOException, InterruptedException {
    URI cancel = poll.cancelAction();
    URI deployment = poll.deploymentBase();
    if (cancel != null) {
      cancel(client.actionToStop(cancel));
    } else if (deployment != null) {
      update(client.deployment(deployment));
    }
    URI restart = poll.restart();
    if (restart != null && !silent) {
      restart(client.restart(restart));
    }
    URI diagnostics = poll.diagnostics();
    if (diagnostics != null && !silent) {
      diagnose(client.diagnostics(diagnostics));
    }
  }

  private void announce() throws IOException, InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(attributes);
    all.put("agent", "fettle/0.1");
    all.put("capability.restart", "true");
    all.put("capability.diagnostics", "true");
    client.configData(all);
    announced = true;
    DeviceModel documented = model;
    if (!reported && documented != null) {
      try {
        client.report(SimulatedReport.of(documented, attributes));
      } catch (DdiException e) {
        // Servers other than Fettle do not have the address.
        if (e.status() != 404 && e.status() != 405) {
          throw e;
        }
      }
      reported = true;
    }
  }

  private void cancel(String actionId) throws IOException, InterruptedException {
    if (behaviour == Behaviour.REJECTS) {
      client.feedback(
          ActionKind.CANCEL, actionId, Feedback.rejected("A meeting is going on; not now."));
      return;
    }
    client.feedback(
        ActionKind.CANCEL, actionId, Feedback.success(List.of("Cancelled, nothing was changed.")));
    counts.cancelled.increment();
  }

  private void update(Deployment deployment) throws IOException, InterruptedException {
    String id = deployment.id();
    if (deployment.update().equals("skip") || id.equals(refusedAction)) {
      return;
    }
    counts.started.increment();
    try {
      switch (behaviour) {
        case SILENT -> {
          silent = true;
          counts.silent.increment();
        }
        case REJECTS -> {
          note(id, Feedback.rejected("A meeting is going on; not now."));
          refusedAction = id;
          counts.refused.increment();
        }
        case CANCELS -> {
          download(deployment);
          note(id, Feedback.canceled("The user stopped the update at the device."));
          refusedAction = id;
        }
        case NORMAL, SLOW, FAILS, WRONG_VERSION -> carryOut(deployment);
      }
    } catch (WrongFileException e) {
      end(id, Feedback.failure(null, List.of(String.valueOf(e.getMessage()))));
    } catch (DdiException e) {
      if (!e.actionIsOver()) {
        throw e;
      }
    }
  }

  private void carryOut(Deployment deployment) throws IOException, InterruptedException {
    String id = deployment.id();
    download(deployment);
    note(id, Feedback.proceeding("Installing into the second slot."));
    if (!install(id)) {
      return;
    }
    if (behaviour == Behaviour.FAILS) {
      end(
          id,
          Feedback.failure(
              1,
              List.of(
                  "Writing image to slot B",
                  "ERROR: the signature of the image is not trusted by this device")));
      return;
    }
    for (Chunk chunk : deployment.chunks()) {
      String attribute = "version." + chunk.softwareType();
      if (behaviour == Behaviour.WRONG_VERSION) {
        attributes.putIfAbsent(attribute, "0.0.0.1");
      } else {
        attributes.put(attribute, chunk.version());
      }
    }
    end(id, Feedback.success(List.of("Installed and started from slot B.")));
    announce();
  }

  private void download(Deployment deployment) throws IOException, InterruptedException {
    for (Chunk chunk : deployment.chunks()) {
      for (Artifact artifact : chunk.artifacts()) {
        note(deployment.id(), Feedback.proceeding("Downloading " + artifact.fileName() + "."));
        client.download(artifact, DownloadSink.discarding(artifact), DownloadProgress.IGNORED);
        counts.bytes.add(artifact.size());
      }
    }
  }

  /** Takes its time, and looks for a cancellation meanwhile; tells whether it went through. */
  private boolean install(String id) throws IOException, InterruptedException {
    Duration time = installTime.draw(random);
    long left = (behaviour == Behaviour.SLOW ? time.multipliedBy(SLOWNESS) : time).toMillis();
    while (left > 0) {
      long slice = Math.min(left, sleep.toMillis());
      Thread.sleep(slice);
      left -= slice;
      if (left <= 0) {
        return true;
      }
      Poll poll = client.poll();
      counts.polls.increment();
      URI cancel = poll.cancelAction();
      if (cancel != null && client.actionToStop(cancel).equals(id)) {
        cancel(id);
        return false;
      }
      if (behaviour == Behaviour.SLOW) {
        note(id, Feedback.proceeding("Still writing, about " + left / 1000 + " seconds left."));
      }
    }
    return true;
  }

  private void note(String id, Feedback feedback) throws IOException, InterruptedException {
    client.feedback(ActionKind.DEPLOYMENT, id, feedback);
  }

  private void end(String id, Feedback feedback) throws IOException, InterruptedException {
    client.feedback(ActionKind.DEPLOYMENT, id, feedback);
    (feedback.finished().equals("success") ? counts.succeeded : counts.failed).increment();
  }

  private void restart(String id) throws IOException, InterruptedException {
    client.feedback(ActionKind.RESTART, id, Feedback.proceeding("Going down."));
    Thread.sleep(installTime.draw(random).dividedBy(2));
    announced = false;
    client.feedback(
        ActionKind.RESTART, id, Feedback.success(List.of("Up again, all services are running.")));
    counts.restarts.increment();
  }

  private void diagnose(DiagnosticsRequest request) throws IOException, InterruptedException {
    String id = request.actionId();
    URI target = request.upload();
    if (target == null) {
      client.feedback(
          ActionKind.DIAGNOSTICS, id, Feedback.failure(null, List.of("There is no upload link.")));
      return;
    }
    client.feedback(ActionKind.DIAGNOSTICS, id, Feedback.proceeding("Collecting logs."));
    StringBuilder text = new StringBuilder("Diagnostics of " + client.address().controllerId());
    text.append("\n\n");
    attributes.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    text.append("\nkernel: everything is fine\nnetwork: link up, 1000 Mbit/s\n");
    client.upload(target, text.toString().getBytes(StandardCharsets.UTF_8));
    client.feedback(
        ActionKind.DIAGNOSTICS, id, Feedback.success(List.of("Logs collected and uploaded.")));
    counts.diagnostics.increment();
  }
}
