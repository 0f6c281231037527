package dev.fettle.app;

import dev.fettle.devices.Devices;
import dev.fettle.devices.IssuedGatewayToken;
import dev.fettle.identity.Caller;
import dev.fettle.simulator.devices.DeviceFleet;
import dev.fettle.simulator.devices.FleetSettings;
import dev.fettle.simulator.devices.GivenDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Pretend devices beside a development server. They reach it over its socket like any device, with
 * a gateway token that is valid as long as they live.
 */
final class DevFleet implements AutoCloseable {
  private static final Caller SELF =
      new Caller(
          Seed.TENANT,
          Caller.Kind.APPLICATION,
          "fettle",
          "Fettle's pretend devices",
          null,
          null,
          Set.of());

  /** The devices of one life of the server's data, and the token that lets them in. */
  private record Alive(DeviceFleet fleet, Devices devices, IssuedGatewayToken token) {}

  private final FettleServer server;
  private final int count;
  private @Nullable Alive alive;

  private DevFleet(FettleServer server, int count) {
    this.server = server;
    this.count = count;
  }

  /** Brings the seeded devices to life, and so many more; again after each reset. */
  static DevFleet start(FettleServer server, int count) {
    if (count < 0) {
      throw new StartRefused(
          ExitCode.SETTINGS, "--devices " + count + ": a fleet has 0 devices or more.");
    }
    DevFleet fleet = new DevFleet(server, count);
    fleet.begin();
    server.afterReset(fleet::begin);
    return fleet;
  }

  private synchronized void begin() {
    Alive before = alive;
    if (before != null) {
      before.fleet().close();
    }
    Devices devices = server.application().devices();
    IssuedGatewayToken token = devices.issueGatewayToken(SELF, "Pretend devices of this server");
    List<GivenDevice> seeded = new ArrayList<>();
    for (JsonNode device : server.seed().path("devices")) {
      String id = device.path("id").asString("");
      seeded.add(new GivenDevice(device.path("controllerId").asString(id), null, Map.of()));
    }
    FleetSettings plain =
        FleetSettings.of(server.local(), Seed.DDI_NAME, token.token(), seeded, count);
    try {
      alive = new Alive(DeviceFleet.start(plain.trusting(server.trust())), devices, token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    Alive last = alive;
    if (last != null) {
      last.fleet().close();
      last.devices().revokeGatewayToken(SELF, last.token().id());
    }
  }
}
