package dev.fettle.app;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.ddi.DdiRoutes;
import dev.fettle.devices.DevicePresence;
import dev.fettle.devices.DeviceRoutes;
import dev.fettle.devices.DeviceSeed;
import dev.fettle.devices.Devices;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.http.Door;
import dev.fettle.identity.UserLookup;
import dev.fettle.jobs.Jobs;
import dev.fettle.updates.AgentActions;
import dev.fettle.updates.ContentStore;
import dev.fettle.updates.ExpiryJob;
import dev.fettle.updates.FreshnessJob;
import dev.fettle.updates.Operations;
import dev.fettle.updates.Releases;
import dev.fettle.updates.UpdateRoutes;
import dev.fettle.updates.UpdateSeed;
import dev.fettle.updates.UpdateSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Teams devices: the inventory, the operations, and the door of their agents. Three rooms, put
 * together here because only {@code app} may know them all.
 */
final class TeamsDevices {

  private final Devices devices;
  private final DeviceSeed deviceSeed;
  private final UpdateSeed updateSeed;
  private final List<Route> routes = new ArrayList<>();
  private final Door door;

  /** Puts the rooms together and registers their background work. */
  TeamsDevices(
      Infrastructure infrastructure,
      CapabilitySettings settings,
      Jobs jobs,
      AuditTrail audit,
      Reads reads,
      Bodies bodies,
      UserLookup users) {
    Db db = infrastructure.db();
    InstantSource clock = infrastructure.clock();
    Ids ids = infrastructure.ids();
    UpdateSettings updates = settings.updates();
    ContentStore contents = new ContentStore(infrastructure.data().resolve("files"), ids);
    deviceSeed = new DeviceSeed(db);
    updateSeed = new UpdateSeed(db, contents);

    Operations operations = new Operations(db, clock, ids, audit, updates, users);
    devices = new Devices(db, clock, ids, audit, operations);
    Releases releases =
        new Releases(
            db,
            clock,
            ids,
            audit,
            new FreshnessJob(devices, jobs),
            contents,
            updates.artifactLimit());
    routes.addAll(new DeviceRoutes(devices, reads).routes());
    routes.addAll(
        new UpdateRoutes(operations, releases, devices, contents, reads, updates).routes());
    ExpiryJob sweep = new ExpiryJob(db, contents, updates);
    jobs.every(Duration.ofSeconds(5), "updates.deadlines", sweep::deadlines);
    jobs.every(Duration.ofHours(1), "updates.retention", sweep::retention);

    DevicePresence seen = new DevicePresence(db, clock.instant(), settings.ddi().pollInterval());
    jobs.everywhere(DevicePresence.WRITTEN_EVERY, "devices.seen", now -> seen.write());
    jobs.every(Duration.ofSeconds(5), "devices.silent", seen::markDisconnected);

    door =
        new DdiRoutes(
            new AgentActions(db, clock, devices, operations, contents, updates.diagnosticsLimit()),
            devices,
            seen,
            contents,
            bodies,
            settings.ddi(),
            new DdiRoutes.ClockAndRandom(clock, System::nanoTime, RandomGenerator.getDefault()));
  }

  /** The operations of Graph. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  /** The door of the devices' agents. */
  Door door() {
    return door;
  }

  /** The inventory. */
  Devices devices() {
    return devices;
  }

  /** Puts the devices, releases and operations of a seed document into a tenant. */
  void seed(String tenantId, JsonNode document) {
    deviceSeed.apply(tenantId, document);
    updateSeed.apply(tenantId, document);
  }
}
