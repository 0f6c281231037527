package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.directory.Directory;
import dev.fettle.http.Headers;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.teams.packages.Manifests;
import dev.fettle.teams.packages.PackageWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The seeded tenant behind the whole application, and short words for what tests do with it. */
final class TeamsWorld implements AutoCloseable {

  static final String MEGAN = "5b649834-7412-4cce-9e69-176e95a394f5";
  static final String CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";
  static final String TEAM = "20988f0f-a647-42f6-be30-79e04de3c2ed";
  static final String SELF = "00000000-0000-4000-8000-0000000000aa";
  static final String ADMIN = InProcess.user(MEGAN, "AppCatalog.ReadWrite.All");

  final InProcess server;
  final TestClock clock = new TestClock();

  TeamsWorld(Db db) {
    Ids ids = Ids.random();
    server = new InProcess(db, clock, ids, Path.of("target"));
    var _ =
        new Tenants(db, clock, Tenants.Birth.BY_OPERATOR)
            .ensure(InProcess.TENANT, "DEFAULT", "Contoso");
    fill(db, InProcess.TENANT, seed("teams"));
  }

  /** Puts the seeded users, chats and teams and these apps into a tenant. */
  static void fill(Db db, String tenant, JsonNode apps) {
    TestClock clock = new TestClock();
    var _ = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(tenant, null, null);
    fillDirectory(db, clock, tenant);
    new TeamsSeed(db, clock, Ids.random()).apply(tenant, apps);
  }

  /** Puts the seeded users, chats and teams into a tenant. */
  static void fillDirectory(Db db, TestClock clock, String tenant) {
    Ids ids = Ids.random();
    AuditTrail audit = new AuditTrail(db, clock, ids, Duration.ofDays(1));
    new Directory(db, audit, clock, ids, (tx, tenantId, kind, id) -> {})
        .seed(tenant, seed("directory"));
  }

  static JsonNode seed(String name) {
    try (InputStream in = TeamsWorld.class.getResourceAsStream("/seed/" + name + ".json")) {
      return Json.read(Objects.requireNonNull(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Publishes a new app and answers its id. */
  String publish(ObjectNode manifest) {
    InProcess.Answer answer =
        zip("/v1.0/appCatalogs/teamsApps", ADMIN, PackageWriter.write(manifest));
    if (answer.status() != 201) {
      throw new AssertionError(answer.body());
    }
    return answer.json().path("id").stringValue();
  }

  /** Publishes a new app without permissions. */
  String publish(String version) {
    return publish(Manifests.plain(UUID.randomUUID().toString(), version));
  }

  /** Publishes a version of an app. */
  void update(String appId, ObjectNode manifest) {
    InProcess.Answer answer =
        zip(
            "/v1.0/appCatalogs/teamsApps/" + appId + "/appDefinitions",
            ADMIN,
            PackageWriter.write(manifest));
    if (answer.status() != 204) {
      throw new AssertionError(answer.body());
    }
  }

  InProcess.Answer zip(String target, String caller, byte[] bytes) {
    return server.send(
        "POST",
        target,
        Headers.of("Authorization", caller, "Content-Type", "application/zip"),
        bytes);
  }

  /** Adds an app and answers the installation's address below the owner's collection. */
  String install(String caller, String collection, String appId, String consent) {
    InProcess.Answer answer = server.post(caller, collection, body(appId, consent));
    if (answer.status() != 201) {
      throw new AssertionError(answer.status() + " " + answer.body());
    }
    return Objects.requireNonNull(answer.header("Location"))
        .substring("https://graph.example".length());
  }

  static String body(String appId, String consent) {
    return "{\"teamsApp@odata.bind\":\"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/%s\"%s}"
        .formatted(appId, consent.isEmpty() ? "" : "," + consent);
  }

  /** The member consentedPermissionSet, of names and types in turn. */
  static String consent(String... namesAndTypes) {
    ObjectNode body = Json.object();
    var list = body.putObject("consentedPermissionSet").putArray("resourceSpecificPermissions");
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      list.addObject()
          .put("permissionValue", namesAndTypes[i])
          .put("permissionType", namesAndTypes[i + 1]);
    }
    String text = Json.text(body);
    return text.substring(1, text.length() - 1);
  }

  @Override
  public void close() {
    server.close();
  }
}
