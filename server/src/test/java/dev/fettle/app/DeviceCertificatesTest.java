package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fettle.app.settings.Mode;
import dev.fettle.db.DbSettings;
import dev.fettle.support.TestAuthority;
import dev.fettle.support.TestAuthority.Issued;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that prove themselves by a certificate, to the server itself and through a proxy. */
@WithPostgres
class DeviceCertificatesTest {
  private static final String BASE = "/" + Seed.DDI_NAME + "/controller/v1/";

  private final TestAuthority authority = new TestAuthority("Devices");
  private final Path data;
  private final DbSettings db;
  private TestServer fettle;
  private String token = "";
  private String device = "";
  private String panel = "";

  DeviceCertificatesTest(DbSettings db, @TempDir Path data) throws IOException {
    this.db = db;
    this.data = data;
    TestAuthority.write(data.resolve("devices.pem"), authority.certificate());
    this.fettle = start(Map.of());
  }

  private TestServer start(Map<String, String> more) {
    Map<String, String> settings = new java.util.HashMap<>();
    settings.put("https.port", "0");
    settings.put("devices.https-port", "0");
    settings.put("devices.client-authority", data.resolve("devices.pem").toString());
    settings.putAll(more);
    return TestServer.start(Mode.DEV, db, data.resolve("server"), settings);
  }

  @BeforeEach
  void enrol() {
    token = fettle.anyone();
    device =
        fettle
            .post(token, "/beta/teamwork/devices", "{\"deviceType\":\"teamsPanel\"}")
            .json()
            .path("id")
            .asString();
    panel = "panel-" + device.substring(0, 8);
    fettle.post(
        token,
        "/fettle/v1.0/devices/" + device + "/credential",
        "{\"controllerId\":\"%s\"}".formatted(panel));
  }

  @AfterEach
  void stop() {
    fettle.close();
  }

  private SSLContext client(@Nullable Issued own) throws IOException {
    return TestAuthority.client(
        TestAuthority.read(LocalAuthority.certificate(data.resolve("server"))), own);
  }

  private int get(SSLContext client, String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().sslContext(client).build()) {
      return http.send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + fettle.server().devicesPort() + path))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private int passedOn(String path, String... headers) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(fettle.url().resolve(path)).headers(headers).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private String fingerprint() throws GeneralSecurityException {
    return HexFormat.ofDelimiter(":")
        .withUpperCase()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(authority.certificate().getEncoded()));
  }

  @Test
  void a_certificate_opens_the_device_that_it_names_and_no_other() throws Exception {
    SSLContext client = client(authority.issue("CN=" + panel + ",O=Example", null));
    assertThat(get(client, BASE + panel)).isEqualTo(200);
    // The second connection takes the session up again, without showing the certificate anew.
    assertThat(get(client, BASE + panel)).isEqualTo(200);
    assertThat(get(client, BASE + panel + "/deploymentBase/1")).isEqualTo(404);
    assertThat(get(client, BASE + "panel-18")).isEqualTo(401);

    String urn = "urn:example:" + panel;
    GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, urn);
    assertThat(get(client(authority.issue("CN=else", uri)), BASE + urn)).isEqualTo(200);
    GeneralName host = new GeneralName(GeneralName.dNSName, panel);
    assertThat(get(client(authority.issue("CN=else", host)), BASE + panel)).isEqualTo(401);
    // The outer parts of the name are those of the issuer.
    assertThat(get(client(authority.issue("CN=" + panel + ",CN=else", null)), BASE + panel))
        .isEqualTo(401);
    assertThat(get(client(null), BASE + panel)).isEqualTo(401);
    assertThat(get(client, "/nobody/controller/v1/" + panel)).isEqualTo(401);
  }

  @Test
  void a_certificate_of_another_authority_does_not_come_in() throws Exception {
    SSLContext stranger = client(new TestAuthority("Devices").issue("CN=" + panel, null));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(stranger, BASE + panel));
  }

  @Test
  void nobody_is_asked_for_a_certificate_on_the_port_of_graph() throws Exception {
    SSLContext client = client(authority.issue("CN=" + panel, null));
    for (int port :
        new int[] {
          URI.create(fettle.server().urls().getFirst()).getPort(), fettle.server().devicesPort()
        }) {
      try (SSLSocket socket =
          (SSLSocket)
              client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
        socket.startHandshake();
        assertThat(socket.getSession().getLocalCertificates() != null)
            .isEqualTo(port == fettle.server().devicesPort());
      }
    }
  }

  @Test
  void a_device_that_is_not_known_registers_itself_as_with_a_gateway_token() throws Exception {
    SSLContext client = client(authority.issue("CN=panel-new", null));
    assertThat(get(client, BASE + "panel-new/configData")).isEqualTo(401);
    assertThat(get(client, BASE + "panel-new")).isEqualTo(200);
    assertThat(
            fettle
                .get(token, "/fettle/v1.0/devices?$filter=controllerId%20eq%20'panel-new'")
                .json()
                .path("value")
                .size())
        .isOne();
    assertThat(get(client, "/nobody/controller/v1/panel-new")).isEqualTo(401);
  }

  @Test
  void a_blocked_certificate_is_refused_at_once_until_it_is_allowed_again() throws Exception {
    SSLContext client = client(authority.issue("CN=" + panel, null));
    String path = "/fettle/v1.0/devices/" + device;
    assertThat(get(client, BASE + panel + "/deploymentBase/1")).isEqualTo(404);

    assertThat(fettle.send("DELETE", path + "/certificate", token, null).status()).isEqualTo(204);
    assertThat(get(client, BASE + panel + "/deploymentBase/1")).isEqualTo(401);
    assertThat(get(client, BASE + panel)).isEqualTo(401);
    String since = fettle.get(token, path).json().path("certificateBlockedDateTime").asString("");
    assertThat(since).isNotEmpty();
    assertThat(fettle.send("DELETE", path + "/certificate", token, null).status()).isEqualTo(204);
    assertThat(fettle.get(token, path).json().path("certificateBlockedDateTime").asString(""))
        .isEqualTo(since);

    assertThat(fettle.send("POST", path + "/certificate", token, null).status()).isEqualTo(204);
    assertThat(get(client, BASE + panel)).isEqualTo(200);
    assertThat(fettle.get(token, path).json().path("certificateBlockedDateTime").isNull()).isTrue();
    assertThat(
            fettle
                .get(token, "/fettle/v1.0/auditEntries?$filter=targetId%20eq%20'" + device + "'")
                .json()
                .path("value")
                .findValuesAsString("action"))
        .startsWith("allowCertificate", "blockCertificate", "blockCertificate");
    assertThat(fettle.send("DELETE", "/fettle/v1.0/devices/none/certificate", token, null).status())
        .isEqualTo(404);
  }

  @Test
  void a_trusted_proxy_passes_a_certificate_on_in_hawkbits_headers() throws Exception {
    String name = "X-Ssl-Client-Cn";
    String hash = "X-Ssl-Issuer-Hash-";
    String path = BASE + panel;
    assertThat(passedOn(path, name, panel, hash + "1", fingerprint())).isEqualTo(200);
    assertThat(passedOn(path, name, panel, hash + "1", "else", hash + "2", fingerprint()))
        .isEqualTo(200);
    assertThat(passedOn(path, name, "panel-18", hash + "1", fingerprint())).isEqualTo(401);
    assertThat(passedOn(path, name, panel, hash + "1", "else")).isEqualTo(401);
    assertThat(passedOn(path, name, panel)).isEqualTo(401);
    // The client's own line beside the proxy's.
    assertThat(passedOn(path, name, "panel-18", name, panel, hash + "1", fingerprint()))
        .isEqualTo(401);
    assertThat(passedOn(path, "X-Controller-Id", panel, "X-Authority", fingerprint()))
        .isEqualTo(401);
  }

  @Test
  void the_headers_of_hawkbits_later_versions_are_a_choice() throws Exception {
    fettle.close();
    fettle = start(Map.of("devices.client-headers", "x-controller-id"));
    assertThat(
            passedOn(
                BASE + panel, "X-Controller-Id", panel, "X-Authority", "else;" + fingerprint()))
        .isEqualTo(200);
    assertThat(passedOn(BASE + panel, "X-Controller-Id", panel, "X-Authority-0", fingerprint()))
        .isEqualTo(200);
    assertThat(
            passedOn(BASE + panel, "X-Ssl-Client-Cn", panel, "X-Ssl-Issuer-Hash-1", fingerprint()))
        .isEqualTo(401);
  }

  @Test
  void headers_from_elsewhere_are_passed_over_and_other_tenants_do_not_take_certificates()
      throws Exception {
    fettle.close();
    fettle = start(Map.of("http.trusted-proxies", "192.0.2.0/24"));
    assertThat(
            passedOn(BASE + panel, "X-Ssl-Client-Cn", panel, "X-Ssl-Issuer-Hash-1", fingerprint()))
        .isEqualTo(401);
    fettle.close();
    fettle = start(Map.of("devices.client-tenants", "another"));
    assertThat(get(client(authority.issue("CN=" + panel, null)), BASE + panel)).isEqualTo(401);
  }
}
