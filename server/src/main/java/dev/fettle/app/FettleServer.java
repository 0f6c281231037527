package dev.fettle.app;

import dev.fettle.admin.ClientAdministration;
import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import dev.fettle.app.tls.Authorities;
import dev.fettle.app.tls.LocalAuthority;
import dev.fettle.app.tls.ServerIdentity;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.ddi.DdiSettings;
import dev.fettle.graph.ErrorAnswers;
import dev.fettle.graph.Route;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Mounts;
import dev.fettle.http.Response;
import dev.fettle.identity.BuiltInIssuer;
import dev.fettle.identity.IdentityEndpoints;
import dev.fettle.identity.IssuerMode;
import dev.fettle.identity.SigningKeys;
import dev.fettle.identity.Tenant;
import dev.fettle.identity.Tenants;
import dev.fettle.identity.TokenVerifier;
import dev.fettle.identity.TrustedIssuer;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.VppSettings;
import dev.fettle.vpp.apple.AppleSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A whole server: database, application, sockets. Opened top to bottom, closed in reverse.
 *
 * <p>In development mode the application on the sockets can be exchanged for a fresh one, which is
 * how the data are reset: whatever it remembered goes with it.
 */
final class FettleServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FettleServer.class);
  private static final String HTTP = "http";
  private static final String HTTPS = "https";
  private static final int SECRET_BYTES = 32;

  private final Settings settings;
  private final JsonNode seed;
  private final Ids ids = Ids.random();
  private final DevClock clock = new DevClock(Clock.systemUTC());
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Db db;
  private final byte[] secret;
  private final BuiltInIssuer issuer;
  private final HttpServer http;
  private volatile Running running;
  private volatile Runnable afterReset = () -> {};

  /** What a reset exchanges. */
  private record Running(
      Application application, Tenants tenants, TokenVerifier verifier, Handler handler) {}

  private FettleServer(Settings settings, JsonNode seed) {
    this.settings = settings;
    this.seed = seed;
    try {
      refuseTakenPorts();
      DataDirectory.prepare(settings.data());
      // The database's processes start while we make or read the certificate.
      CompletableFuture<Db> database = CompletableFuture.supplyAsync(this::openDatabase);
      @Nullable ServerIdentity identity =
          settings.sockets().httpsPort() == null ? null : serverIdentity();
      SigningKeys signing = SigningKeys.in(settings.data().resolve("signing-keys.json"));
      String publicUrl =
          settings.sockets().publicUrl() == null ? null : settings.sockets().publicUrl().toString();
      issuer = new BuiltInIssuer(signing, publicUrl, clock, ids);
      db = outcome(database);
      secret = secret();
      running = run();
      http = HttpServer.start(listeners(identity), front());
      opened.push(http);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Starts everything; when this returns, requests are answered. */
  static FettleServer start(Settings settings, JsonNode seed) {
    return new FettleServer(settings, seed);
  }

  /** Where the server is reached, HTTPS first. */
  List<String> urls() {
    List<String> urls = new ArrayList<>();
    if (settings.sockets().httpsPort() != null) {
      urls.add("https://localhost:" + http.port(HTTPS));
    }
    if (settings.sockets().httpPort() != null) {
      urls.add("http://localhost:" + http.port(HTTP));
    }
    return urls;
  }

  /** Where programs on this machine reach the server most simply. */
  URI local() {
    return URI.create(urls().getLast());
  }

  /** The certificate to trust for {@link #local}; null if it is plain HTTP. */
  @Nullable Path trust() {
    return settings.sockets().httpPort() != null
        ? null
        : settings.sockets().certificate() != null
            ? settings.sockets().certificate()
            : LocalAuthority.certificate(settings.data());
  }

  /** What it was seeded with. */
  JsonNode seed() {
    return seed;
  }

  Application application() {
    return running.application();
  }

  @Override
  public void close() {
    Running last = running;
    if (last != null) {
      stop(last);
    }
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("event=stop_failed problem=\"{}\"", e.getMessage());
      }
    }
  }

  private static void stop(Running running) {
    running.application().close();
    running.verifier().close();
  }

  private Db openDatabase() {
    OpenDatabase database = OpenDatabase.of(settings, ids);
    opened.push(database);
    return database.db();
  }

  /** Where the keys lie that content tokens are encrypted with. */
  static Path vaultFile(Settings settings) {
    Path given = settings.vpp().keyFile();
    return given == null ? settings.data().resolve("keys/vpp.json") : given;
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

  private byte[] secret() {
    return new AppStore(db)
        .secret("cursors", java.util.HexFormat.of().parseHex(ids.hex(SECRET_BYTES)));
  }

  private ServerIdentity serverIdentity() {
    Settings.Sockets sockets = settings.sockets();
    return sockets.certificate() == null || sockets.key() == null
        ? ServerIdentity.ofLocalAuthority(settings.data(), sockets.names(), Instant.now())
        : ServerIdentity.ofFiles(sockets.certificate(), sockets.key());
  }

  private Running run() {
    boolean dev = settings.mode() == Mode.DEV;
    Tenants tenants =
        new Tenants(db, clock, dev ? Tenants.Birth.AT_FIRST_USE : Tenants.Birth.BY_OPERATOR);
    TokenVerifier verifier =
        new TokenVerifier(
            settings.identity().issuers(),
            settings.identity().audiences(),
            issuer,
            tenant -> tenants.admit(tenant).isPresent(),
            clock);
    Application application =
        new Application(
            new Application.Ground(db, verifier, clock, ids, settings.data(), secret, vpp()),
            choices());
    if (dev) {
      tenants.ensure(Seed.TENANT, Seed.DDI_NAME, "Fettle");
      application.seed(Seed.TENANT, seed);
    }
    makeTenants(tenants, application.clientAdministration());
    IdentityEndpoints identity = identityEndpoints(tenants, application);
    Handler handler =
        new Mounts(
            List.of(new Mounts.Mount(IdentityEndpoints::claims, identity)), application.handler());
    application.start();
    return new Running(application, tenants, verifier, handler);
  }

  private VppSettings vpp() {
    URI url = settings.vpp().appleUrl();
    Path authority = settings.vpp().appleAuthority();
    try {
      return new VppSettings(
          url.equals(AppleSettings.APPLE)
              ? AppleSettings.apple()
              : AppleSettings.at(url, url.resolve(AppleSettings.APPLE_LOOKUP.getPath())),
          authority == null ? null : Authorities.with(authority),
          vaultFile(settings),
          settings.vpp().strictTokens(),
          notificationBase(url));
    } catch (IllegalArgumentException e) {
      throw new StartRefused(
          StartRefused.Because.SETTINGS, "vpp.apple-url=" + url + ": " + e.getMessage());
    }
  }

  /** Apple reaches us by our public URL; a stand-in on this machine by localhost too. */
  private @Nullable URI notificationBase(URI apple) {
    Settings.Sockets sockets = settings.sockets();
    if (sockets.publicUrl() != null) {
      return sockets.publicUrl();
    }
    Integer port = sockets.httpsPort();
    boolean here = List.of("127.0.0.1", "localhost").contains(apple.getHost());
    return here && port != null && port != 0 ? URI.create("https://localhost:" + port) : null;
  }

  private Application.Choices choices() {
    Settings.Devices devices = settings.devices();
    UpdateSettings updates =
        UpdateSettings.standard()
            .with(
                devices.operationDeadline(),
                devices.successful()
                    ? UpdateSettings.StatusSpelling.RESOURCE_PAGE
                    : UpdateSettings.StatusSpelling.ACTION_PAGES);
    URI address = settings.sockets().publicUrl();
    return new Application.Choices(
        updates,
        DdiSettings.standard()
            .every(devices.pollInterval())
            .reachedAt(address == null ? null : address.toString()));
  }

  /** Makes the tenants of the settings; an operator's server also the client that makes others. */
  private void makeTenants(Tenants tenants, ClientAdministration administration) {
    Map<String, String> named = new TreeMap<>(settings.identity().tenants());
    for (TrustedIssuer trusted : settings.identity().issuers()) {
      trusted.namedTenants().forEach(id -> named.putIfAbsent(id, id));
    }
    named.forEach(
        (id, ddiName) -> {
          try {
            Tenant tenant = tenants.ensure(id, ddiName, null);
            if (settings.mode() == Mode.SERVE) {
              Path file = administration.ensureOperator(settings.data(), tenant);
              LOG.info("event=tenant id={} ddi-name={} operator={}", id, tenant.ddiName(), file);
            }
          } catch (Refusal refusal) {
            throw new StartRefused(
                StartRefused.Because.SETTINGS,
                "The tenant %s of the settings cannot be made: %s"
                    .formatted(id, refusal.getMessage()));
          }
        });
    if (named.isEmpty() && settings.mode() == Mode.SERVE) {
      LOG.warn(
          "event=no_tenant problem=\"nobody can call: name tenants in identity.tenants, or a"
              + " trusted issuer with its tenants\"");
    }
  }

  private IdentityEndpoints identityEndpoints(Tenants tenants, Application application) {
    ErrorAnswers errors =
        new ErrorAnswers("https://login.microsoftonline.com/common/oauth2/authorize");
    return new IdentityEndpoints(
        new IdentityEndpoints.Parts(
            settings.mode() == Mode.DEV ? IssuerMode.DEVELOPMENT : IssuerMode.OPERATION,
            issuer,
            tenants,
            application.clients(),
            application.users(),
            settings.identity().audiences(),
            application::knownPermissions,
            reason -> refusal(errors, reason),
            clock,
            ids));
  }

  private Response refusal(ErrorAnswers errors, Reason reason) {
    String id = ids.guid();
    return errors
        .answer(
            reason,
            Route.ErrorShape.GRAPH,
            clock.instant(),
            new ErrorAnswers.Correlation(id, id),
            "")
        .with("request-id", id);
  }

  private Handler front() {
    DevEndpoints dev =
        new DevEndpoints(
            new DevEndpoints.Driven(
                settings.mode(),
                settings.data(),
                clock,
                new Faults(),
                this::refusalOf,
                this::reset),
            request -> running.handler().handle(request));
    Settings.Watching watching = settings.watching();
    Watching front = new Watching(dev, db, watching.metricsRemote(), watching.logRequests());
    front.beforeScrape(running.application().vpp().meter(front.registry()));
    return front;
  }

  private Response refusalOf(Reason reason) {
    return refusal(
        new ErrorAnswers("https://login.microsoftonline.com/common/oauth2/authorize"), reason);
  }

  private synchronized void reset() {
    stop(running);
    new AppStore(db).empty();
    running = run();
    afterReset.run();
  }

  /** What lives beside the server, and has to begin anew when its data are thrown away. */
  void afterReset(Runnable next) {
    afterReset = next;
  }

  private List<HttpServer.Listener> listeners(@Nullable ServerIdentity identity) {
    List<HttpServer.Listener> listeners = new ArrayList<>();
    Settings.Sockets sockets = settings.sockets();
    if (sockets.httpPort() != null) {
      listeners.add(new HttpServer.Listener(HTTP, loopback(), sockets.httpPort(), null));
    }
    if (sockets.httpsPort() != null && identity != null) {
      listeners.add(
          new HttpServer.Listener(
              HTTPS, address(sockets.httpsAddress()), sockets.httpsPort(), identity.context()));
    }
    return listeners;
  }

  private void refuseTakenPorts() {
    Settings.Sockets sockets = settings.sockets();
    if (sockets.httpPort() != null) {
      refuseIfTaken(loopback(), sockets.httpPort(), "http.port");
    }
    if (sockets.httpsPort() != null) {
      refuseIfTaken(address(sockets.httpsAddress()), sockets.httpsPort(), "https.port");
    }
  }

  private static void refuseIfTaken(InetAddress address, int port, String setting) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new StartRefused(
          StartRefused.Because.PORT,
          "Port %d on %s cannot be opened (%s): another program has it, or only root may. Stop that one, or set %s (--%s) to another port, or to 'none'."
              .formatted(
                  port,
                  address.getHostAddress(),
                  e.getMessage(),
                  setting,
                  setting.replace('.', '-')));
    }
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new StartRefused(
          StartRefused.Because.SETTINGS, "https.address=" + literal + " is no address of a host.");
    }
  }
}
