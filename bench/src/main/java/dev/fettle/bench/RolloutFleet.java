package dev.fettle.bench;

import dev.fettle.simulator.devices.BehaviourMix;
import dev.fettle.simulator.devices.DeviceFleet;
import dev.fettle.simulator.devices.FleetSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The devices of a {@link Rollout}, in a process of their own; they live until it is ended. Each
 * line that it reads is answered with how many updates they have reported as successful.
 */
final class RolloutFleet {

  private RolloutFleet() {}

  /**
   * Runs them.
   *
   * @param arguments port, gateway token, how many devices
   */
  public static void main(String[] arguments) throws IOException {
    FleetSettings settings =
        new FleetSettings(
            URI.create("http://127.0.0.1:" + arguments[0]),
            Suite.TENANT,
            arguments[1],
            List.of(),
            Integer.parseInt(arguments[2]),
            BehaviourMix.normal(),
            Duration.ZERO,
            Duration.ZERO,
            1,
            null);
    try (DeviceFleet fleet = DeviceFleet.start(settings)) {
      // Until the parent closes the pipe or ends.
      while (System.in.read() >= 0) {
        System.out.println(fleet.counts().succeeded());
      }
    }
  }

  /** How many updates the devices of that process have reported as successful. */
  static long succeeded(Process fleet) throws IOException {
    fleet.getOutputStream().write('\n');
    fleet.getOutputStream().flush();
    return Long.parseLong(fleet.inputReader().readLine());
  }
}
