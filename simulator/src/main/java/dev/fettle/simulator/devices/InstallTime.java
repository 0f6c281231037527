package dev.fettle.simulator.devices;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long an installation takes, between two bounds. */
record InstallTime(Duration shortest, Duration longest) {
  Duration draw(RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(shortest.toMillis(), longest.toMillis() + 1));
  }
}
