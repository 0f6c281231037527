package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.HttpServer;
import dev.fettle.json.Json;
import dev.fettle.simulator.apple.AppleStandIn;
import dev.fettle.simulator.apple.AppleStandInSettings;
import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.vpp.apple.AppleSettings;
import dev.fettle.vpp.apple.LicenceHolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server, a stand-in for Apple and a tenant of its own, with a clock that both go by. */
public final class VppWorld implements AutoCloseable {

  public static final String ALL =
      "DeviceManagementApps.ReadWrite.All,DeviceManagementServiceConfig.ReadWrite.All,"
          + "DeviceManagementManagedDevices.PrivilegedOperations.All";
  public static final String TOKENS = "/v1.0/deviceAppManagement/vppTokens";
  public static final String BETA_TOKENS = "/beta/deviceAppManagement/vppTokens";
  public static final String APPS = "/v1.0/deviceAppManagement/mobileApps";
  public static final String BETA_APPS = "/beta/deviceAppManagement/mobileApps";

  private static final Sql AUDITED =
      Sql.of(
          """
          select outcome || ' ' || coalesce(detail::text, '') from audit_entry
          where tenant_id = :tenant and action = :action order by created_date_time, id
          """);
  private static final Sql END_LEASES =
      Sql.of(
          """
          update jobs_job set lease_owner = null, due_at = '-infinity'
          where tenant_id = :tenant and lease_owner is not null
          """);

  public final String tenant = UUID.randomUUID().toString();
  public final String caller = InProcess.appOf(tenant, ALL);
  public final TestClock clock = new TestClock();
  public final AppleStandIn apple;
  public final Administration admin;
  public final Db db;
  public final Path data;
  private final List<AutoCloseable> open = new ArrayList<>();
  public InProcess server;

  public VppWorld(Db db, Path data) {
    this.db = db;
    this.data = data;
    apple =
        AppleStandIn.start(
            AppleStandInSettings.builder()
                .clock(clock)
                .limits(Limits.documented().withMaxRequestPerSecond(100_000))
                .eventPace(new EventPace.After(Duration.ZERO))
                .plainNotifications(true)
                .notificationRetry(Duration.ofMillis(50))
                .build());
    admin = apple.administration();
    server = another(settings());
  }

  /** The settings of this world's servers; repeats come quickly. */
  public VppSettings settings() {
    URI url = URI.create(apple.url());
    return VppSettings.lenient(
        new AppleSettings(
            url,
            url.resolve("/WebObjects/MZStorePlatform.woa/wa/lookup"),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            3,
            Duration.ofMillis(10)),
        data.resolve("keys.json"));
  }

  private VppSettings notifiedAt(URI base) {
    VppSettings settings = settings();
    return new VppSettings(settings.apple(), null, settings.keyFile(), false, null, base);
  }

  /** One more server on the same database. */
  public InProcess another(VppSettings settings) {
    InProcess more = new InProcess(db, clock, Ids.random(), data, settings);
    open.add(more);
    return more;
  }

  /** A server that can be reached, and to which Apple's side sends what it has to tell. */
  public InProcess notified() {
    AtomicReference<InProcess> heard = new AtomicReference<>();
    HttpServer socket =
        HttpServer.start(
            List.of(
                new HttpServer.Listener(
                    "default", java.net.InetAddress.getLoopbackAddress(), 0, null)),
            request -> heard.get().handler().handle(request));
    open.add(socket);
    heard.set(another(notifiedAt(URI.create("http://127.0.0.1:" + socket.port("default")))));
    server = heard.get();
    return server;
  }

  /** A library with some apps, and a content token for it. */
  public Library library(int apps) {
    String uId =
        admin.createLibrary(Administration.NewLibrary.business("Example Ltd", "Head Office"));
    if (apps > 0) {
      admin.addGenerated(uId, apps);
    }
    return new Library(uId, admin.issueToken(uId));
  }

  public record Library(String uId, String token) {}

  /** Gives licences to users and devices as a device management service would, and waits. */
  public void give(Library library, String adamId, LicenceHolder... holders) {
    ObjectNode body = Json.object();
    body.putArray("assets").addObject().put("adamId", adamId).put("pricingParam", "STDQ");
    ObjectNode created = Json.object();
    for (LicenceHolder holder : holders) {
      switch (holder.kind()) {
        case USER -> {
          body.withArray("clientUserIds").add(holder.id());
          created
              .withArray("users")
              .addObject()
              .put("clientUserId", holder.id())
              .put("email", holder.id() + "@example.org");
        }
        case DEVICE -> body.withArray("serialNumbers").add(holder.id());
      }
    }
    if (!created.isEmpty()) {
      done(library, apple(library, "/users/create", created));
    }
    done(library, apple(library, "/assets/associate", body));
  }

  private void done(Library library, JsonNode event) {
    String path = "/status?eventId=" + event.path("eventId").asString();
    Awaitility.await()
        .until(() -> !apple(library, path, null).path("eventStatus").asString().equals("PENDING"));
  }

  private JsonNode apple(Library library, String path, @Nullable JsonNode body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(apple.url() + path))
            .header("Authorization", "Bearer " + library.token());
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      JsonNode answer =
          Json.read(http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body());
      if (answer.has("errorNumber")) {
        throw new AssertionError(answer.toString());
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Creates a vppToken with a content token; nothing is checked yet. */
  public String create(String contentToken) {
    InProcess.Answer answer =
        server.post(
            caller,
            BETA_TOKENS,
            """
            {"token":"%s","appleId":"vpp@example.org","displayName":"Head Office"}\
            """
                .formatted(contentToken));
    if (answer.status() != 201) {
      throw new AssertionError(answer.body());
    }
    return answer.json().path("id").asString();
  }

  /** Creates a vppToken and lets the background work come to rest. */
  public String created(String contentToken) {
    String id = create(contentToken);
    work();
    return id;
  }

  /** Runs the background work that is due. */
  public int work() {
    return server.application().jobs().runDue();
  }

  public JsonNode token(String id) {
    return server.get(caller, TOKENS + "/" + id).json();
  }

  public JsonNode betaToken(String id) {
    return server.get(caller, BETA_TOKENS + "/" + id).json();
  }

  public InProcess.Answer patch(String id, String json) {
    return server.patch(caller, BETA_TOKENS + "/" + id, json);
  }

  /** Asks for a sync and lets it come to rest. */
  public void sync(String id) {
    InProcess.Answer answer = server.post(caller, TOKENS + "/" + id + "/syncLicenses", null);
    if (answer.status() != 200) {
      throw new AssertionError(answer.body());
    }
    work();
  }

  public List<String> audited(String action) {
    return db.statement(
        tx -> tx.list(AUDITED.with("tenant", tenant).with("action", action), String.class));
  }

  public long count(String table) {
    Sql count = Sql.of("select count(*) from " + table + " where tenant_id = :tenant");
    return db.statement(tx -> tx.one(count.with("tenant", tenant), Long.class)).orElseThrow();
  }

  public Instant now() {
    return clock.instant();
  }

  /** Makes a lease run out that its server will not give back. */
  public void endLeases() {
    int ended = db.statement(tx -> tx.update(END_LEASES.with("tenant", tenant)));
    assert ended >= 0;
  }

  /** The vppToken of the public documentation. */
  public static JsonNode documented() {
    try (InputStream in = VppWorld.class.getResourceAsStream("/seed/vpp.json")) {
      return Json.read(Objects.requireNonNull(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode json(String text) {
    return Json.readTrusted(text);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    apple.close();
  }
}
