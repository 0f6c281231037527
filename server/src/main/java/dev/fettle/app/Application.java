package dev.fettle.app;

import dev.fettle.admin.AdminRoutes;
import dev.fettle.admin.ClientAdministration;
import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.ddi.DdiHandler;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.ddi.ReportCheck;
import dev.fettle.devices.DeviceRoutes;
import dev.fettle.devices.DeviceSeed;
import dev.fettle.devices.Devices;
import dev.fettle.devices.SeenDevices;
import dev.fettle.directory.Directory;
import dev.fettle.directory.DirectoryRoutes;
import dev.fettle.directory.DirectorySeed;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.Coverage;
import dev.fettle.graph.ErrorAnswers;
import dev.fettle.graph.Graph;
import dev.fettle.graph.GraphVersion;
import dev.fettle.graph.Metadata;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.ReadEngine;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Handler;
import dev.fettle.http.Mounts;
import dev.fettle.identity.Authenticator;
import dev.fettle.identity.Clients;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.UserLookup;
import dev.fettle.jobs.Jobs;
import dev.fettle.teams.Teams;
import dev.fettle.teams.TeamsSeed;
import dev.fettle.updates.AgentWork;
import dev.fettle.updates.ContentStore;
import dev.fettle.updates.DirectoryContentStore;
import dev.fettle.updates.Operations;
import dev.fettle.updates.PublishedVersions;
import dev.fettle.updates.Releases;
import dev.fettle.updates.UpdateRoutes;
import dev.fettle.updates.UpdateSeed;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.updates.UpdateSweep;
import dev.fettle.vpp.Vpp;
import dev.fettle.vpp.VppSettings;
import dev.fettle.vpp.apple.AppleSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The whole server but for its sockets: every room is constructed here, top to bottom, with plain
 * constructors, and closed in reverse.
 */
public final class Application implements AutoCloseable {

  /**
   * What the application stands on.
   *
   * @param db open, with the schema of this version; closed by whoever opened it
   * @param data the folder for files
   * @param secret signs cursors; the same on every server of an installation
   * @param vpp how volume purchasing is set up
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Ground(
      Db db,
      Authenticator authenticator,
      InstantSource clock,
      Ids ids,
      Path data,
      byte[] secret,
      VppSettings vpp) {

    /** With Apple itself, and lenient about content tokens. */
    public Ground(
        Db db,
        Authenticator authenticator,
        InstantSource clock,
        Ids ids,
        Path data,
        byte[] secret) {
      this(
          db,
          authenticator,
          clock,
          ids,
          data,
          secret,
          VppSettings.lenient(AppleSettings.apple(), data.resolve("keys/vpp.json")));
    }
  }

  /** What operators may choose about the capabilities. */
  public record Choices(UpdateSettings updates, DdiSettings ddi) {

    /** What holds if nothing is chosen. */
    public static Choices standard() {
      return new Choices(UpdateSettings.standard(), DdiSettings.standard());
    }
  }

  private final Jobs jobs;
  private final Clients clients;
  private final ClientAdministration clientAdministration;
  private final List<Mounts.Mount> mounts = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private final Devices devices;
  private final DeviceSeed deviceSeed;
  private final UpdateSeed updateSeed;
  private final Directory directory;
  private final DirectorySeed directorySeed;
  private final TeamsSeed teamsSeed;
  private final Vpp vpp;
  private final Handler handler;

  /** With what holds if nothing is chosen. */
  public Application(Ground ground) {
    this(ground, Choices.standard());
  }

  public Application(Ground ground, Choices choices) {
    Db db = ground.db();
    jobs = new Jobs(db, ground.clock(), ground.ids());
    AuditTrail audit = new AuditTrail(db, ground.clock(), ground.ids(), Duration.ofDays(400));

    Map<GraphVersion, Schema> schemas =
        Map.of(
            GraphVersion.V1, Schema.load("v1.0"),
            GraphVersion.BETA, Schema.load("beta"),
            GraphVersion.FETTLE, Schema.load("fettle"));
    Reads reads = new Reads(new ReadEngine(db, ground.secret()), schemas);

    clients = new Clients(db, ground.clock(), ground.ids());
    clientAdministration = new ClientAdministration(db, clients, audit, this::knownPermissions);
    routes.addAll(new AdminRoutes(clientAdministration, reads).routes());
    jobs.every(Duration.ofHours(1), "audit.retention", now -> audit.forgetOld());

    // Capabilities: each adds its rows to routes, and its other doors to mounts.

    UpdateSettings updateSettings = choices.updates();
    ContentStore contents = new DirectoryContentStore(ground.data().resolve("files"), ground.ids());
    Operations operations = new Operations(db, ground.clock(), ground.ids(), audit, updateSettings);
    devices =
        new Devices(db, ground.clock(), ground.ids(), audit, new PublishedVersions(), operations);
    Releases releases =
        new Releases(db, ground.clock(), ground.ids(), audit, devices, contents, updateSettings);
    SeenDevices seen = new SeenDevices(db, ground.clock().instant(), choices.ddi().pollInterval());
    UpdateSweep updateSweep = new UpdateSweep(db, contents, updateSettings);
    routes.addAll(new DeviceRoutes(devices, reads).routes());
    routes.addAll(
        new UpdateRoutes(operations, releases, devices, contents, reads, updateSettings).routes());
    deviceSeed = new DeviceSeed(db);
    updateSeed = new UpdateSeed(db);
    DdiHandler ddi =
        new DdiHandler(
            new AgentWork(db, ground.clock(), devices, contents, updateSettings),
            devices,
            seen,
            contents,
            new ReportCheck(new Bodies(schemas)),
            choices.ddi(),
            new DdiHandler.Chance(ground.clock(), RandomGenerator.getDefault()));
    mounts.add(new Mounts.Mount(DdiHandler::claims, ddi));
    jobs.every(Duration.ofSeconds(5), "devices.seen", seen::step);
    jobs.every(Duration.ofSeconds(5), "updates.deadlines", updateSweep::deadlines);
    jobs.every(Duration.ofHours(1), "updates.retention", updateSweep::retention);

    vpp = new Vpp(db, jobs, audit, ground.clock(), ground.ids(), ground.vpp(), reads);
    routes.addAll(vpp.routes());
    mounts.add(vpp.mount());

    Teams teams = new Teams(db, audit, ground.clock(), ground.ids(), reads);
    directory = new Directory(db, audit, ground.clock(), ground.ids(), teams.removals());
    routes.addAll(new DirectoryRoutes(directory, reads, teams.chats()).routes());
    routes.addAll(teams.routes());
    directorySeed = new DirectorySeed(db, ground.clock());
    teamsSeed = new TeamsSeed(db, ground.clock(), ground.ids());
    jobs.every(Duration.ofHours(1), "teams.retention", teams::retention);

    Graph graph =
        new Graph(
            routes,
            ground.authenticator(),
            teams.grants(),
            new Bodies(schemas),
            new Metadata(schemas),
            new ErrorAnswers("https://login.microsoftonline.com/common/oauth2/authorize"),
            new Graph.Environment(
                ground.clock(),
                ground.ids(),
                (caller, action, target, reason) ->
                    audit.refused(caller, action, "address", target, reason)));
    handler = new Mounts(mounts, graph);
  }

  /** Answers every request that comes in on a socket. */
  public Handler handler() {
    return handler;
  }

  /** What the rows cover. */
  public Coverage coverage() {
    return new Coverage(routes);
  }

  /** The permissions that open something here: what tokens of the built-in issuer can carry. */
  public KnownPermissions knownPermissions() {
    Coverage coverage = coverage();
    return new KnownPermissions(coverage.applicationPermissions(), coverage.delegatedPermissions());
  }

  /** The clients of the built-in issuer. */
  public Clients clients() {
    return clients;
  }

  /** Makes the clients of the built-in issuer, the operator's first. */
  public ClientAdministration clientAdministration() {
    return clientAdministration;
  }

  /** The inventory. */
  Devices devices() {
    return devices;
  }

  /** The background work; nothing of it happens by itself before {@link #start}. */
  public Jobs jobs() {
    return jobs;
  }

  /** Volume purchasing, for its metrics. */
  public Vpp vpp() {
    return vpp;
  }

  /** Puts a seed document into a tenant; what is there already stays as it is. */
  public void seed(String tenantId, JsonNode document) {
    deviceSeed.apply(tenantId, document);
    updateSeed.apply(tenantId, document);
    directorySeed.apply(tenantId, document);
    teamsSeed.apply(tenantId, document);
    vpp.seed().apply(tenantId, document);
  }

  /** Finds the users for whom development mode makes tokens. */
  public UserLookup users() {
    return directory.users();
  }

  /** Starts the background work. */
  public void start() {
    jobs.start();
  }

  @Override
  public void close() {
    jobs.close();
    vpp.close();
  }
}
