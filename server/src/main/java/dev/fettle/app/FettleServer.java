package dev.fettle.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.admin.ClientAdministration;
import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.Ids;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Door;
import dev.fettle.http.Router;
import dev.fettle.identity.BuiltInIssuer;
import dev.fettle.identity.IdentityEndpoints;
import dev.fettle.identity.IssuerMode;
import dev.fettle.identity.SigningKeys;
import dev.fettle.identity.Tenant;
import dev.fettle.identity.Tenants;
import dev.fettle.identity.TokenVerifier;
import dev.fettle.identity.TrustedIssuer;
import dev.fettle.jobs.Jobs;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A whole server: database, application, sockets. Opened top to bottom, closed in reverse.
 *
 * <p>In development mode the application on the sockets can be exchanged for a fresh one, which is
 * how the data are reset: whatever it remembered goes with it.
 */
final class FettleServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FettleServer.class);
  private static final int SECRET_BYTES = 32;
  private static final Duration LOOK_AT_CERTIFICATE = Duration.ofSeconds(5);

  private final Settings settings;
  private final boolean dev;
  private final Path data;
  private final JsonNode seed;
  private final Ids ids = Ids.random();
  private final DevClock clock = new DevClock(Clock.systemUTC());
  private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
  private final Db db;
  private final byte[] secret;
  private final BuiltInIssuer issuer;
  private final ErrorResponses errors = new ErrorResponses(clock, ids);
  private final Map<GraphVersion, Schema> schemas;
  private final Listeners listeners;
  private final DevEndpoints development;
  private final Monitoring monitoring;
  private volatile Instance running;
  private volatile Runnable afterReset = () -> {};

  /** The parts that a reset exchanges. */
  private record Instance(
      Application application, Tenants tenants, TokenVerifier verifier, Router router) {}

  private FettleServer(Settings settings, JsonNode seed) {
    this.settings = settings;
    this.dev = settings.mode() == Mode.DEV;
    this.data = settings.get(Setting.DATA_DIRECTORY);
    this.seed = seed;
    this.development = new DevEndpoints(settings.mode(), data, clock, errors::answer, this::reset);
    try {
      DataDirectory.prepare(data, settings.mode());
      listeners = Listeners.open(settings);
      opened.push(listeners);
      // The database's processes start while we do what needs none of them.
      CompletableFuture<Db> database = CompletableFuture.supplyAsync(this::openDatabase);
      schemas = GraphVersion.schemas();
      SigningKeys signing = SigningKeys.in(data.resolve("signing-keys.json"));
      URI address = settings.find(Setting.PUBLIC_URL);
      String publicUrl = address == null ? null : address.toString();
      issuer = new BuiltInIssuer(signing, publicUrl, clock, ids);
      db = outcome(database);
      refuseOthersDatabase();
      byte[] fresh = HexFormat.of().parseHex(ids.hex(SECRET_BYTES));
      secret = db.tx(tx -> AppStore.secret(tx, "cursors", fresh));
      monitoring =
          new Monitoring(
              db, settings.get(Setting.METRICS_REMOTE), settings.get(Setting.LOG_REQUESTS));
      monitoring.edge(listeners.server(), listeners.limits().connections());
      running = run();
      opened.push(() -> stop(running));
      opened.push(listeners);
      listeners.serve(request -> running.router().handle(request), errors::unreadable);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts everything; when this returns, requests are answered. */
  static FettleServer start(Settings settings, JsonNode seed) {
    return new FettleServer(settings, seed);
  }

  /** The server's addresses on this machine, HTTPS first. */
  List<String> urls() {
    return listeners.urls();
  }

  /** The port where devices are asked for a certificate; for servers that have one. */
  int devicesPort() {
    return listeners.devicesPort();
  }

  /** Reads anew what may change while the server runs: its certificate. */
  void reload() {
    listeners.reloadCertificate();
  }

  /** The simplest of the addresses for programs on this machine: plain HTTP if there is a port. */
  URI local() {
    return URI.create(urls().getLast());
  }

  /** The certificate to trust for {@link #local}; null if it is plain HTTP. */
  @Nullable Path trust() {
    return settings.find(Setting.HTTP_PORT) != null
        ? null
        : Objects.requireNonNullElse(
            settings.find(Setting.HTTPS_CERTIFICATE), LocalAuthority.certificate(data));
  }

  /** The document with the first data. */
  JsonNode seed() {
    return seed;
  }

  Application application() {
    return running.application();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("event=stop_failed problem=\"{}\"", e.getMessage());
      }
    }
  }

  private static void stop(Instance running) {
    running.application().close();
    running.verifier().close();
  }

  private Db openDatabase() {
    OpenDatabase database = OpenDatabase.of(settings, ids);
    opened.push(database);
    if (database.isOurs()) {
      new Jobs(database.db(), clock, ids).takeOver();
    }
    return database.db();
  }

  private static Db outcome(CompletableFuture<Db> database) {
    try {
      return database.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** A reset would empty an operator's database, and its callers would be whoever asks. */
  private void refuseOthersDatabase() {
    String mine = settings.mode().command();
    String owner =
        new String(db.tx(tx -> AppStore.secret(tx, "mode", mine.getBytes(UTF_8))), UTF_8);
    if (!owner.equals(mine)) {
      throw new StartRefused(
          ExitCode.DATABASE,
          "The database is that of a 'fettle %s', and 'fettle %s' would mix example data and whoever asks with an operator's. Name another one with database.url."
              .formatted(owner, mine));
    }
  }

  private Instance run() {
    Tenants tenants =
        new Tenants(db, clock, dev ? Tenants.Birth.AT_FIRST_USE : Tenants.Birth.BY_OPERATOR);
    Path authority = settings.find(Setting.IDENTITY_AUTHORITY);
    TokenVerifier verifier =
        new TokenVerifier(
            settings.issuers(),
            settings.get(Setting.IDENTITY_AUDIENCES),
            issuer,
            tenant -> tenants.admit(tenant).isPresent(),
            clock,
            authority == null ? null : Authorities.with(authority));
    Application application =
        new Application(
            new Infrastructure(db, schemas, verifier, clock, ids, data, secret),
            CapabilitySettings.of(settings));
    if (dev) {
      tenants.ensure(Seed.TENANT, Seed.DDI_NAME, "Fettle");
      seedOnce(application);
    }
    makeTenants(tenants, application.clientAdministration());
    IdentityEndpoints identity = identityEndpoints(tenants, application);
    List<Door> doors = new ArrayList<>();
    doors.add(monitoring);
    doors.add(identity);
    doors.add(development);
    doors.addAll(application.doors());
    List<Router.Gate> gates = dev ? List.of(HostNameCheck.of(settings), development) : List.of();
    Router router = new Router(doors, gates, ids, monitoring);
    monitoring.beforeScrape(application.vpp().meter(monitoring.registry()));
    monitoring.shows(application.jobs()::work);
    HeapTrim trim = new HeapTrim();
    application.jobs().everywhere(Duration.ofMinutes(1), "memory.trim", now -> trim.step());
    application
        .jobs()
        .everywhere(LOOK_AT_CERTIFICATE, "tls.certificate", now -> listeners.lookAtCertificate());
    application.start();
    return new Instance(application, tenants, verifier, router);
  }

  /** Puts the seed in at the first start with it, so that changes survive further starts. */
  private void seedOnce(Application application) {
    String fingerprint = Seed.fingerprint(seed);
    if (db.statement(tx -> AppStore.seeded(tx, fingerprint))) {
      return;
    }
    try {
      application.seed(Seed.TENANT, seed);
    } catch (IllegalArgumentException | DateTimeException | JacksonException | Refusal e) {
      throw new StartRefused(
          ExitCode.SETTINGS,
          "The seed cannot be put in: %s Mend the file that --seed names; what was put in already stays."
              .formatted(e.getMessage()));
    }
    db.run(tx -> AppStore.noteSeed(tx, fingerprint));
  }

  /** Makes the tenants of the settings; an operator's server also the client that makes others. */
  private void makeTenants(Tenants tenants, ClientAdministration administration) {
    Map<String, String> named = new TreeMap<>(settings.get(Setting.IDENTITY_TENANTS));
    for (TrustedIssuer trusted : settings.issuers()) {
      trusted.namedTenants().forEach(id -> named.putIfAbsent(id, id));
    }
    named.forEach(
        (id, ddiName) -> {
          try {
            Tenant tenant = tenants.ensure(id, ddiName, null);
            if (!dev) {
              Path file = administration.ensureOperator(data, tenant);
              LOG.info("event=tenant id={} ddi-name={} operator={}", id, tenant.ddiName(), file);
            }
          } catch (Refusal refusal) {
            throw new StartRefused(
                ExitCode.SETTINGS,
                "The tenant %s of the settings cannot be made: %s"
                    .formatted(id, refusal.getMessage()));
          }
        });
    if (named.isEmpty() && !dev) {
      LOG.warn(
          "event=no_tenant problem=\"nobody can call: name tenants in identity.tenants, or a"
              + " trusted issuer with its tenants\"");
    }
  }

  private IdentityEndpoints identityEndpoints(Tenants tenants, Application application) {
    return new IdentityEndpoints(
        new IdentityEndpoints.Parts(
            dev ? IssuerMode.DEVELOPMENT : IssuerMode.OPERATION,
            issuer,
            tenants,
            application.clients(),
            application.users(),
            settings.get(Setting.IDENTITY_AUDIENCES),
            application::knownPermissions,
            errors::answer,
            clock));
  }

  private synchronized void reset() {
    stop(running);
    try {
      db.run(AppStore::empty);
    } finally {
      // A database that cannot be emptied goes on as it was.
      running = run();
    }
    afterReset.run();
  }

  /** Has this run after each reset, for companions that begin anew with the data. */
  void afterReset(Runnable next) {
    afterReset = next;
  }
}
