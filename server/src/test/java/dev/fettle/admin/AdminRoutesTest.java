package dev.fettle.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.identity.Tenant;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithPostgres
class AdminRoutesTest {

  private static final String CLIENTS = "/fettle/v1.0/clients";
  private static final String BODY =
      "{\"displayName\":\"Night job\",\"permissions\":[\"AuditLog.Read.All\"]}";

  private final Db db;
  private final TestClock clock = new TestClock();
  private final InProcess server;
  private final Path data;
  private final String tenant = UUID.randomUUID().toString();
  private final String operator = InProcess.appOf(tenant, "Application.ReadWrite.All");
  private final String auditor = InProcess.appOf(tenant, "AuditLog.Read.All");

  AdminRoutesTest(Db db, @TempDir Path data) {
    this.db = db;
    this.data = data;
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void makeTenant() {
    assertThat(tenant(tenant).tenantId()).isEqualTo(tenant);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_secret_is_shown_once() {
    InProcess.Answer made = server.post(operator, CLIENTS, BODY);

    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.json().path("secret").asString()).hasSize(64);
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    String address = made.header("Location");
    assertThat(address).isNotNull().startsWith("https://graph.example" + CLIENTS + "/");
    InProcess.Answer read =
        server.get(operator, address.substring("https://graph.example".length()));
    assertThat(read.status()).as(read.body()).isEqualTo(200);
    assertThat(read.json().path("displayName").asString()).isEqualTo("Night job");
    assertThat(read.json().path("permissions").get(0).asString()).isEqualTo("AuditLog.Read.All");
    assertThat(read.json().path("secret").isNull()).isTrue();
    assertThat(server.get(operator, CLIENTS).body())
        .contains("Night job")
        .doesNotContain(made.json().path("secret").asString());
  }

  @Test
  void a_client_is_renewed_and_deleted_and_each_step_is_in_the_audit_trail() {
    JsonNode made = server.post(operator, CLIENTS, BODY).json();
    String client = CLIENTS + "/" + made.path("id").asString();

    InProcess.Answer renewed = server.post(operator, client + "/renewSecret", null);
    assertThat(renewed.status()).as(renewed.body()).isEqualTo(200);
    assertThat(renewed.json().path("secret").asString())
        .hasSize(64)
        .isNotEqualTo(made.path("secret").asString());
    assertThat(server.delete(operator, client).status()).isEqualTo(204);
    assertThat(server.delete(operator, client).status()).isEqualTo(404);
    assertThat(server.get(operator, client).status()).isEqualTo(404);

    InProcess.Answer trail = server.get(auditor, "/fettle/v1.0/auditEntries");
    assertThat(trail.status()).as(trail.body()).isEqualTo(200);
    assertThat(trail.json().path("value"))
        .extracting(entry -> entry.path("action").asString())
        .containsExactlyInAnyOrder("createClient", "renewSecret", "deleteClient");
    assertThat(trail.body()).doesNotContain(made.path("secret").asString());
  }

  @Test
  void what_is_wrong_with_a_client_is_named() {
    for (String body :
        new String[] {
          "{}",
          "{\"displayName\":\"x\"}",
          "{\"displayName\":\" \",\"permissions\":[]}",
          "{\"displayName\":null,\"permissions\":[]}",
          "{\"displayName\":\"x\",\"permissions\":[null]}",
          "{\"displayName\":\"x\",\"permissions\":[\"Nothing.Here\"]}",
          "{\"displayName\":\"x\",\"permissions\":[],\"secret\":\"mine\"}",
          "{\"displayName\":\"x\",\"permissions\":[],\"id\":\"mine\"}",
          "{\"displayName\":\"x\",\"permissions\":[],\"unknown\":1}",
          "{\"displayName\":\"" + "x".repeat(300) + "\",\"permissions\":[]}"
        }) {
      InProcess.Answer answer = server.post(operator, CLIENTS, body);
      assertThat(answer.status()).as(body + " " + answer.body()).isEqualTo(400);
      assertThat(answer.json().path("error").path("message").asString()).isNotEmpty();
    }
  }

  @Test
  void a_change_that_is_refused_again_and_again_is_one_entry_that_says_how_often() {
    for (int i = 0; i < 7; i++) {
      assertThat(server.post(auditor, CLIENTS, BODY).status()).isEqualTo(403);
    }
    server.application().jobs().runDue();

    JsonNode entries =
        server
            .get(
                auditor,
                "/fettle/v1.0/auditEntries?$filter=outcome%20eq%20'refused'&$select=occurrenceCount")
            .json()
            .path("value");
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).path("occurrenceCount").asInt()).isEqualTo(7);
  }

  @Test
  void a_refused_change_is_kept_and_a_refused_read_is_not() {
    assertThat(server.post(auditor, CLIENTS, BODY).status()).isEqualTo(403);
    assertThat(server.get(auditor, CLIENTS).status()).isEqualTo(403);

    JsonNode entries =
        server
            .get(auditor, "/fettle/v1.0/auditEntries?$filter=outcome%20eq%20'refused'")
            .json()
            .path("value");
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).path("action").asString()).isEqualTo("POST /clients");
    assertThat(entries.get(0).path("occurrenceCount").asInt()).isEqualTo(1);
    assertThat(entries.get(0).path("detail").asString())
        .contains("API requires one of 'Application.ReadWrite.All'");
  }

  @Test
  void one_tenant_never_sees_the_clients_and_entries_of_another() {
    String id = server.post(operator, CLIENTS, BODY).json().path("id").asString();
    String other = UUID.randomUUID().toString();
    String stranger = InProcess.appOf(other, "Application.ReadWrite.All", "AuditLog.Read.All");

    assertThat(server.get(stranger, CLIENTS).json().path("value")).isEmpty();
    assertThat(server.get(stranger, CLIENTS + "/" + id).status()).isEqualTo(404);
    assertThat(server.delete(stranger, CLIENTS + "/" + id).status()).isEqualTo(404);
    assertThat(server.post(stranger, CLIENTS + "/" + id + "/renewSecret", null).status())
        .isEqualTo(404);
    assertThat(server.get(stranger, "/fettle/v1.0/auditEntries").json().path("value")).isEmpty();
    assertThat(server.get(stranger, "/fettle/v1.0/auditEntries/$count").body()).isEqualTo("0");
  }

  @Test
  void an_audit_entry_is_read_by_its_id_by_auditors_of_its_tenant() {
    String id = server.post(operator, CLIENTS, BODY).json().path("id").asString();
    JsonNode listed = server.get(auditor, "/fettle/v1.0/auditEntries").json().at("/value/0");
    String entry = "/fettle/v1.0/auditEntries/" + listed.path("id").asString();

    JsonNode read = server.get(auditor, entry).json();
    assertThat(read.path("action").asString()).isEqualTo("createClient");
    assertThat(read.path("targetId").asString()).isEqualTo(id);
    assertThat(read.path("outcome")).isEqualTo(listed.path("outcome"));
    assertThat(server.get(operator, entry).status()).isEqualTo(403);
    String stranger = InProcess.appOf(UUID.randomUUID().toString(), "AuditLog.Read.All");
    assertThat(server.get(stranger, entry).status()).isEqualTo(404);
  }

  @Test
  void the_operators_client_is_made_once_and_its_file_is_for_the_owner_only() throws Exception {
    ClientAdministration administration = server.application().clientAdministration();

    Path file = administration.ensureOperator(data.resolve("operator"), tenant(tenant));
    String content = Files.readString(file);

    assertThat(administration.ensureOperator(data.resolve("operator"), tenant(tenant)))
        .isEqualTo(file);
    assertThat(Files.readString(file)).isEqualTo(content);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    JsonNode client = Json.readTrusted(content);
    assertThat(client.path("client_secret").asString()).hasSize(64);
    assertThat(server.get(operator, CLIENTS).json().path("value")).hasSize(1);
  }

  private Tenant tenant(String id) {
    return new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(id, null, null);
  }
}
