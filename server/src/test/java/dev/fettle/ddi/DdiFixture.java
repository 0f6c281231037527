package dev.fettle.ddi;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.DeviceFixture;
import dev.fettle.devices.DevicePresence;
import dev.fettle.devices.DeviceType;
import dev.fettle.devices.Devices;
import dev.fettle.devices.IssuedCredential;
import dev.fettle.devices.SoftwareType;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Request;
import dev.fettle.http.Router;
import dev.fettle.identity.Caller;
import dev.fettle.identity.UserLookup;
import dev.fettle.jobs.Jobs;
import dev.fettle.json.Json;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.TestClock;
import dev.fettle.updates.AgentActions;
import dev.fettle.updates.ContentStore;
import dev.fettle.updates.FreshnessJob;
import dev.fettle.updates.Operations;
import dev.fettle.updates.Releases;
import dev.fettle.updates.UpdateFixture;
import dev.fettle.updates.UpdateSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A tenant with its catalogue and its devices, and the device protocol on a real socket. */
final class DdiFixture implements AutoCloseable {
  /** The one file of the release that {@link #stock} publishes. */
  static final byte[] FILE = "firmware of version two".getBytes(StandardCharsets.UTF_8);

  final Db db;
  final TestClock clock = new TestClock();
  final Ids ids = Ids.random();
  final String tenantId = ids.guid();
  final String ddiName = "T" + ids.hex(4);
  final Devices devices;
  final Operations operations;
  final Releases releases;
  final DevicePresence seen;
  final Caller admin;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A device with the token that it was issued. */
  record Known(String id, String controllerId, String token) {}

  DdiFixture(Db db, Path folder, DdiSettings settings) throws IOException {
    this.db = db;
    UpdateSettings updates = UpdateSettings.standard();
    AuditTrail audit = new AuditTrail(db, clock, ids, Duration.ofDays(1));
    ContentStore contents = new ContentStore(folder.resolve("content"), ids);
    operations = new Operations(db, clock, ids, audit, updates, UserLookup.NONE);
    devices = new Devices(db, clock, ids, audit, operations);
    releases =
        new Releases(
            db,
            clock,
            ids,
            audit,
            new FreshnessJob(devices, new Jobs(db, clock, ids)),
            contents,
            updates.artifactLimit());
    seen = new DevicePresence(db, clock.instant(), settings.pollInterval());
    admin = new Caller(tenantId, Caller.Kind.APPLICATION, "app", "Tests", null, null, Set.of());
    addTenant(tenantId, ddiName);
    AgentActions actions =
        new AgentActions(db, clock, devices, operations, contents, updates.diagnosticsLimit());
    DdiRoutes door =
        new DdiRoutes(
            actions,
            devices,
            seen,
            contents,
            new Bodies(Map.of(GraphVersion.BETA, Schema.load("beta"))),
            settings,
            new DdiRoutes.ClockAndRandom(clock, clock::nanos, new Random(1)));
    server =
        HttpServer.start(
            List.of(new HttpServer.Listener("ddi", InetAddress.getLoopbackAddress(), 0, null)),
            new Router(List.of(door), List.of(), ids, AnsweredRows::note));
  }

  void addTenant(String id, String name) {
    int added =
        db.tx(
            tx ->
                tx.update(
                    Sql.of(
                            """
                            insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
                            values (:tenantId, :name, 'Test', :now)
                            """)
                        .with("tenantId", id)
                        .with("name", name)
                        .with("now", clock.instant())));
    assert added == 1;
  }

  Known device(String controllerId) {
    return device(admin, controllerId);
  }

  Known device(Caller caller, String controllerId) {
    String id = DeviceFixture.enrol(devices, caller, DeviceType.COLLABORATION_BAR, "vc210", "0189");
    IssuedCredential issued = devices.issueCredential(caller, id, controllerId);
    return new Known(id, issued.controllerId(), issued.token());
  }

  /** Publishes a release of the client software with files of these names and this content. */
  String release(String version, byte[] content, String... names) {
    return UpdateFixture.publish(
        releases, admin, SoftwareType.TEAMS_CLIENT, version, content, names);
  }

  /** Publishes the release 2.0 with {@link #FILE}. */
  void stock() {
    release("2.0", FILE, "app 2.0.swu");
  }

  String update(Known device, String version) {
    return operations.updateSoftware(admin, device.id(), SoftwareType.TEAMS_CLIENT, version);
  }

  /** Status, error code and error message of an operation, separated by bars. */
  String operation(String id) {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            """
                            select status, error_code, error_message from updates_operation
                            where tenant_id = :tenantId and id = :id
                            """)
                        .with("tenantId", tenantId)
                        .with("id", id),
                    row ->
                        row.text("status")
                            + "|"
                            + row.textOrNull("error_code")
                            + "|"
                            + row.textOrNull("error_message")))
        .orElseThrow();
  }

  String base(Known device) {
    return base(device.controllerId());
  }

  String base(String controllerId) {
    return url() + "/" + ddiName + "/controller/v1/" + Request.encode(controllerId);
  }

  String url() {
    return "http://localhost:" + server.port("ddi");
  }

  HttpResponse<byte[]> send(
      String method,
      String url,
      @Nullable String authorization,
      @Nullable String body,
      String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(Known device, String url, String... headers)
      throws IOException, InterruptedException {
    return send("GET", url, "TargetToken " + device.token(), null, headers);
  }

  HttpResponse<byte[]> post(Known device, String url, String body)
      throws IOException, InterruptedException {
    return send(
        "POST", url, "TargetToken " + device.token(), body, "Content-Type", "application/json");
  }

  HttpResponse<byte[]> put(Known device, String path, String body)
      throws IOException, InterruptedException {
    return send(
        "PUT",
        base(device) + path,
        "TargetToken " + device.token(),
        body,
        "Content-Type",
        "application/json");
  }

  JsonNode poll(Known device) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(device, base(device));
    if (response.statusCode() != 200) {
      throw new IllegalStateException("the poll was answered with " + response.statusCode());
    }
    return Json.read(response.body());
  }

  /** The address of a link in a poll, without its cache number; empty if it is not there. */
  String link(Known device, String name) throws IOException, InterruptedException {
    String href = poll(device).path("_links").path(name).path("href").asString("");
    int query = href.indexOf('?');
    return query < 0 ? href : href.substring(0, query);
  }

  /** The link of the deployment that is artifactCache, which the device has read. */
  String fetched(Known device) throws IOException, InterruptedException {
    String link = link(device, "deploymentBase");
    HttpResponse<byte[]> response = get(device, link);
    if (response.statusCode() != 200) {
      throw new IllegalStateException("the deployment was answered with " + response.statusCode());
    }
    return link;
  }

  /** The first file of a deployment; reading it is the device's reading of the deployment. */
  JsonNode artifact(Known device, String link) throws IOException, InterruptedException {
    return json(get(device, link))
        .path("deployment")
        .path("chunks")
        .get(0)
        .path("artifacts")
        .get(0);
  }

  /** From where that file is downloaded. */
  String download(Known device, String link) throws IOException, InterruptedException {
    return artifact(device, link).path("_links").path("download").path("href").asString();
  }

  HttpResponse<byte[]> report(
      Known device, String link, String execution, String finished, String... details)
      throws IOException, InterruptedException {
    return post(device, link + "/feedback", feedback(execution, finished, details));
  }

  JsonNode json(HttpResponse<byte[]> response) {
    return Json.read(response.body());
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static String feedback(String execution, String finished, String... details) {
    var body = Json.object();
    body.put("id", "1");
    var status = body.putObject("status");
    status.put("execution", execution);
    status.putObject("result").put("finished", finished);
    var list = status.putArray("details");
    for (String detail : details) {
      list.add(detail);
    }
    return Json.text(body);
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
