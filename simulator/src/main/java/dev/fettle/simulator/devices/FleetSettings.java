package dev.fettle.simulator.devices;

import dev.fettle.agent.ddi.DdiAddress;
import dev.fettle.agent.ddi.DdiCredential;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet is like.
 *
 * @param server the server's address, without path
 * @param tenant the tenant's id or device-protocol name, {@code DEFAULT} for the seeded one
 * @param gatewayToken lets new devices register themselves; needed if {@code count} is not 0
 * @param given devices that the server knows already
 * @param count how many more to bring to life
 * @param shortestInstall the least time that an installation takes
 * @param longestInstall the most time that an installation takes
 * @param seed of chance: models, behaviours, times
 * @param caFile certificates to trust for https, or null
 */
public record FleetSettings(
    URI server,
    String tenant,
    @Nullable String gatewayToken,
    List<GivenDevice> given,
    int count,
    BehaviourMix behaviours,
    Duration shortestInstall,
    Duration longestInstall,
    long seed,
    @Nullable Path caFile) {

  private static final int MOST = 100_000;

  public FleetSettings {
    given = List.copyOf(given);
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException("a fleet has 0 to " + MOST + " devices, not " + count);
    }
    DdiAddress.check(server, tenant);
    boolean gatewayNeeded = count > 0 || given.stream().anyMatch(d -> d.targetToken() == null);
    if (gatewayNeeded && (gatewayToken == null || gatewayToken.isEmpty())) {
      throw new IllegalArgumentException(
          "new devices need a gateway token to register with (--gateway-token); "
              + "POST /fettle/v1.0/gatewayTokens makes one, as docs/devices.md shows");
    }
    if (gatewayToken != null && !gatewayToken.isEmpty()) {
      DdiCredential.gatewayToken(gatewayToken);
    }
    if (longestInstall.compareTo(shortestInstall) < 0) {
      throw new IllegalArgumentException("the longest installation is shorter than the shortest");
    }
  }

  /** A fleet that behaves well and installs within three to eight seconds. */
  public static FleetSettings of(
      URI server,
      String tenant,
      @Nullable String gatewayToken,
      List<GivenDevice> given,
      int count) {
    return new FleetSettings(
        server,
        tenant,
        gatewayToken,
        given,
        count,
        BehaviourMix.normal(),
        Duration.ofSeconds(3),
        Duration.ofSeconds(8),
        1,
        null);
  }

  /** The same, trusting the certificates of this file for https. */
  public FleetSettings trusting(@Nullable Path certificates) {
    return new FleetSettings(
        server,
        tenant,
        gatewayToken,
        given,
        count,
        behaviours,
        shortestInstall,
        longestInstall,
        seed,
        certificates);
  }

  @Override
  public String toString() {
    return "FleetSettings[" + server + " " + tenant + ", " + given.size() + " + " + count + "]";
  }
}
