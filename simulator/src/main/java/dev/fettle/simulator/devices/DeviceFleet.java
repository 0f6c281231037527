package dev.fettle.simulator.devices;

import dev.fettle.agent.ddi.DdiAddress;
import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiCredential;
import dev.fettle.agent.ddi.DdiHttp;
import dev.fettle.agent.ddi.Pause;
import dev.fettle.agent.ddi.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Pretend devices at work, from {@link #start} until it is closed.
 *
 * <p>Devices come to life over a few seconds, not all at once; a fleet of thousands that polls in
 * step is no likeness of a real one.
 */
public final class DeviceFleet implements AutoCloseable {
  private static final int NEW_DEVICES_A_SECOND = 400;
  private static final int MODEL_STEP = 7;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final DdiHttp http;
  private final ExecutorService threads;
  private final FleetCounts counts = new FleetCounts();
  private final int size;

  private DeviceFleet(FleetSettings settings) throws IOException {
    SplittableRandom random = new SplittableRandom(settings.seed());
    this.http =
        new DdiHttp(settings.caFile(), Retry.standard(), random.split(), Pause.SLEEP, PATIENCE);
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    List<SimulatedDevice> devices = new ArrayList<>();
    for (GivenDevice given : settings.given()) {
      String own = given.targetToken();
      DdiCredential credential = own == null ? gateway(settings) : DdiCredential.targetToken(own);
      devices.add(
          device(settings, given.controllerId(), credential, null, given.attributes(), random));
    }
    for (int number = 1; number <= settings.count(); number++) {
      // In steps, so that a small fleet is a mixed one.
      DeviceModel model = DeviceModel.ALL.get(number * MODEL_STEP % DeviceModel.ALL.size());
      devices.add(
          device(
              settings,
              String.format(Locale.ROOT, "simulated-%05d", number),
              gateway(settings),
              model,
              model.attributes(random),
              random));
    }
    this.size = devices.size();
    for (int number = 0; number < devices.size(); number++) {
      SimulatedDevice device = devices.get(number);
      Duration delay = Duration.ofMillis(number * 1000L / NEW_DEVICES_A_SECOND);
      threads.execute(() -> device.live(delay));
    }
  }

  /** Brings the devices to life and returns at once. */
  public static DeviceFleet start(FleetSettings settings) throws IOException {
    return new DeviceFleet(settings);
  }

  private static DdiCredential gateway(FleetSettings settings) {
    return DdiCredential.gatewayToken(Objects.requireNonNull(settings.gatewayToken()));
  }

  private SimulatedDevice device(
      FleetSettings settings,
      String controllerId,
      DdiCredential credential,
      @Nullable DeviceModel model,
      Map<String, String> attributes,
      SplittableRandom random) {
    DdiAddress address = new DdiAddress(settings.server(), settings.tenant(), controllerId);
    return new SimulatedDevice(
        new DdiClient(http, address, credential),
        model,
        attributes,
        settings.behaviours().draw(random),
        new InstallTime(settings.shortestInstall(), settings.longestInstall()),
        random.split(),
        counts);
  }

  /** How many devices there are. */
  public int size() {
    return size;
  }

  /** What they have done so far. */
  public FleetCounts counts() {
    return counts;
  }

  /** Stops all devices, wherever they are. */
  @Override
  public void close() {
    threads.shutdownNow();
    http.close();
  }
}
