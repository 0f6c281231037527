package dev.fettle.app;

import dev.fettle.admin.AdminRoutes;
import dev.fettle.admin.ClientAdministration;
import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.devices.Devices;
import dev.fettle.directory.Directory;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.Coverage;
import dev.fettle.graph.Graph;
import dev.fettle.graph.Metadata;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.ReadEngine;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Door;
import dev.fettle.http.Handler;
import dev.fettle.http.Router;
import dev.fettle.identity.Clients;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.UserLookup;
import dev.fettle.jobs.Jobs;
import dev.fettle.teams.Teams;
import dev.fettle.vpp.Vpp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The whole server but for its sockets: every room is constructed here, top to bottom, with plain
 * constructors, and closed in reverse.
 */
public final class Application implements AutoCloseable {

  private final Jobs jobs;
  private final Clients clients;
  private final ClientAdministration clientAdministration;
  private final List<Route> routes = new ArrayList<>();
  private final TeamsDevices teamsDevices;
  private final Vpp vpp;
  private final Directory directory;
  private final Teams teams;
  private final List<Door> doors;
  private final Handler handler;

  /** Everything but the sockets, on this infrastructure; no background work runs yet. */
  public Application(Infrastructure infrastructure, CapabilitySettings settings) {
    Db db = infrastructure.db();
    InstantSource clock = infrastructure.clock();
    Ids ids = infrastructure.ids();
    Map<GraphVersion, Schema> schemas = infrastructure.schemas();
    Bodies bodies = new Bodies(schemas);
    Reads reads = new Reads(new ReadEngine(db, infrastructure.secret()), schemas);
    jobs = new Jobs(db, clock, ids);

    AuditTrail audit = new AuditTrail(db, clock, ids, Duration.ofDays(400));
    jobs.inPortions(Duration.ofHours(1), "audit.retention", now -> audit.forgetOld());
    jobs.everywhere(AuditTrail.COUNTED_EVERY, "audit.refusals", now -> audit.writeCounts());

    clients = new Clients(db, clock, ids);
    clientAdministration = new ClientAdministration(db, clients, audit, this::knownPermissions);
    routes.addAll(new AdminRoutes(clientAdministration, reads).routes());

    vpp = new Vpp(db, jobs, audit, clock, ids, settings.vpp(), reads);
    routes.addAll(vpp.routes());

    teams = new Teams(db, audit, clock, ids, reads);
    directory = new Directory(db, audit, clock, ids, teams::ownerDeleted);
    routes.addAll(directory.routes(reads, teams.chats()));
    routes.addAll(teams.routes());
    jobs.inPortions(Duration.ofHours(1), "teams.notifications", teams::forgetNotifications);
    jobs.inPortions(Duration.ofHours(1), "teams.manifests", now -> teams.readEarlier());

    teamsDevices =
        new TeamsDevices(infrastructure, settings, jobs, audit, reads, bodies, directory.users());
    routes.addAll(teamsDevices.routes());

    Graph graph =
        new Graph(
            routes,
            infrastructure.authenticator(),
            teams.grants(),
            bodies,
            new Metadata(schemas),
            new Graph.Environment(
                clock,
                ids,
                (caller, action, target, reason) ->
                    audit.refused(caller, action, "address", target, reason)));
    doors = List.of(teamsDevices.door(), vpp.door(), graph);
    handler = new Router(doors, ids);
  }

  /** The handler of requests to these doors alone. */
  public Handler handler() {
    return handler;
  }

  /** The doors; the last one, Graph's, takes the requests that no other claims. */
  public List<Door> doors() {
    return doors;
  }

  /** The coverage of the contract by the rows. */
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

  /** The users for whom development mode makes tokens. */
  public UserLookup users() {
    return directory.users();
  }

  /** The inventory. */
  Devices devices() {
    return teamsDevices.devices();
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
    teamsDevices.seed(tenantId, document);
    directory.seed(tenantId, document);
    teams.seed(tenantId, document);
    vpp.seed(tenantId, document);
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
