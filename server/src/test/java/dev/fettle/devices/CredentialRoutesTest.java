package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.identity.Tenants;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The credentials that administrators give to devices, and take back. */
@WithPostgres
class CredentialRoutesTest {

  private static final String GATEWAY_TOKENS = "/fettle/v1.0/gatewayTokens";

  private final String tenant = UUID.randomUUID().toString();
  private final String reader = InProcess.appOf(tenant, "TeamworkDevice.Read.All");
  private final String writer = InProcess.appOf(tenant, "TeamworkDevice.ReadWrite.All");
  private final String stranger = InProcess.app("TeamworkDevice.ReadWrite.All");
  private final Db db;
  private final TestClock clock = new TestClock();
  private final InProcess server;

  CredentialRoutesTest(Db db, @TempDir Path data) {
    this.db = db;
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void makeTenant() {
    var _ = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(tenant, tenant, "Contoso");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void a_devices_credential_opens_its_polls_until_it_is_revoked() {
    Answer enrolled =
        server.post(
            writer,
            "/beta/teamwork/devices",
            "{\"deviceType\":\"collaborationBar\",\"hardwareDetail\":{\"manufacturer\":\"yealink\",\"model\":\"vc210\"}}");
    assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(201);
    String device = "/fettle/v1.0/devices/" + enrolled.json().path("id").stringValue();
    String credential = device + "/credential";

    assertThat(server.post(reader, credential, "{}").status()).isEqualTo(403);
    assertThat(hasCredential(device)).isFalse();
    Answer issued = server.post(writer, credential, "{}");
    assertThat(issued.status()).as(issued.body()).isEqualTo(201);
    assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
    assertThat(hasCredential(device)).isTrue();
    String path = issued.json().path("pollPath").stringValue();
    String authorization = issued.json().path("authorization").stringValue();
    assertThat(poll(path, authorization)).isEqualTo(200);
    assertThat(server.get(reader, device).body())
        .doesNotContain(issued.json().path("token").stringValue());

    assertThat(server.delete(reader, credential).status()).isEqualTo(403);
    assertThat(server.delete(stranger, credential).status()).isEqualTo(404);
    assertThat(poll(path, authorization)).isEqualTo(200);
    assertThat(server.delete(writer, credential).status()).isEqualTo(204);
    assertThat(hasCredential(device)).isFalse();
    assertThat(poll(path, authorization)).isEqualTo(401);
  }

  @Test
  void a_gateway_token_speaks_for_its_devices_until_it_is_revoked() {
    String body = "{\"displayName\":\"Berlin\"}";
    assertThat(server.post(reader, GATEWAY_TOKENS, body).status()).isEqualTo(403);
    assertThat(server.get(reader, GATEWAY_TOKENS).json().path("value")).isEmpty();
    Answer issued = server.post(writer, GATEWAY_TOKENS, body);
    assertThat(issued.status()).as(issued.body()).isEqualTo(201);
    assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
    String token = GATEWAY_TOKENS + "/" + issued.json().path("id").stringValue();
    assertThat(issued.header("Location")).isEqualTo("https://graph.example" + token);
    String secret = issued.json().path("token").stringValue();

    JsonNode read = server.get(reader, token).json();
    assertThat(read.path("displayName").stringValue()).isEqualTo("Berlin");
    assertThat(read.path("token").isNull()).isTrue();
    assertThat(read.path("revokedDateTime").isNull()).isTrue();
    assertThat(server.get(reader, GATEWAY_TOKENS).body()).contains("Berlin").doesNotContain(secret);
    assertThat(server.get(stranger, token).status()).isEqualTo(404);
    String path = "/" + tenant + "/controller/v1/lobby-1";
    assertThat(poll(path, "GatewayToken " + secret)).isEqualTo(200);

    assertThat(server.delete(reader, token).status()).isEqualTo(403);
    assertThat(server.delete(stranger, token).status()).isEqualTo(404);
    assertThat(poll(path, "GatewayToken " + secret)).isEqualTo(200);
    assertThat(server.delete(writer, token).status()).isEqualTo(204);
    assertThat(server.get(reader, token).json().path("revokedDateTime").isNull()).isFalse();
    assertThat(poll(path, "GatewayToken " + secret)).isEqualTo(401);
  }

  private boolean hasCredential(String device) {
    return server.get(reader, device).json().path("hasCredential").booleanValue();
  }

  private int poll(String path, String authorization) {
    return server
        .send("GET", path, Headers.of("Authorization", authorization), new byte[0])
        .status();
  }
}
