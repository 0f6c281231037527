package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.support.TestAuthority;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class DdiPollTest {
  private final Db db;
  private @TempDir Path folder = Path.of("");
  private DdiFixture site;

  DdiPollTest(Db db, @TempDir Path first) throws IOException {
    this.db = db;
    this.site = new DdiFixture(db, first, DdiSettings.standard());
  }

  @BeforeEach
  void quiet() {
    assertThat(site.url()).startsWith("http");
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void a_poll_with_nothing_to_do_is_one_read_and_no_write() throws Exception {
    Known device = site.device("panel-1");
    site.put(device, "/configData", "{\"data\":{\"a\":\"b\"}}");
    site.poll(device);
    long before = db.statements();

    HttpResponse<byte[]> response =
        site.get(device, site.base(device), "Accept", "application/json");

    assertThat(db.statements() - before).isOne();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValueAsLong("Content-Length").orElse(-1))
        .isEqualTo(response.body().length);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(site.json(response).has("_links")).isFalse();
  }

  @Test
  void a_poll_with_a_certificate_is_one_read_as_well() throws Exception {
    site.close();
    X509Certificate authority = new TestAuthority("Devices").certificate();
    site =
        new DdiFixture(
            db,
            folder,
            DdiSettings.standard()
                .withCertificates(
                    DeviceCertificates.of(
                        List.of(authority), DeviceCertificates.ProxyHeaders.X_SSL, Set.of())));
    Known device = site.device("panel-certified");
    String fingerprint =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(authority.getEncoded()));
    long before = db.statements();

    HttpResponse<byte[]> response =
        site.send(
            "GET",
            site.base(device),
            null,
            null,
            "X-Ssl-Client-Cn",
            "panel-certified",
            "X-Ssl-Issuer-Hash-1",
            fingerprint);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(db.statements() - before).isOne();
  }

  @Test
  void a_new_device_is_asked_for_its_attributes_by_an_absolute_link() throws Exception {
    Known device = site.device("panel ü/2");

    assertThat(site.link(device, "configData"))
        .isEqualTo(
            site.url() + "/" + site.ddiName + "/controller/v1/panel%20%C3%BC%2F2/configData");
  }

  @Test
  void the_tenant_may_be_named_by_its_id() throws Exception {
    Known device = site.device("panel-3");
    String url = site.url() + "/" + site.tenantId + "/controller/v1/panel-3";

    assertThat(site.get(device, url).statusCode()).isEqualTo(200);
  }

  @Test
  void links_follow_the_public_address_where_one_is_set() throws Exception {
    site.close();
    site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(
                Duration.ofSeconds(30),
                0,
                "https://updates.example.com",
                20,
                200,
                DeviceCertificates.none()));
    Known device = site.device("panel-4");

    assertThat(site.link(device, "configData"))
        .startsWith("https://updates.example.com/" + site.ddiName + "/controller/v1/panel-4/");
    assertThat(site.poll(device).path("config").path("polling").path("sleep").asString())
        .isEqualTo("00:00:30");
  }

  @Test
  void sleep_is_spread_by_some_percent_in_the_only_form_that_agents_read() throws Exception {
    Known device = site.device("panel-5");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      seen.add(site.poll(device).path("config").path("polling").path("sleep").asString());
    }

    assertThat(seen).hasSizeGreaterThan(5);
    assertThat(seen).allMatch(s -> s.matches("00:0[45]:[0-5][0-9]")).noneMatch("00:03"::equals);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "TargetToken wrong",
        "targettoken TOKEN",
        "TargetToken  TOKEN",
        "TOKEN",
        "Bearer TOKEN",
        "GatewayToken TOKEN",
        "TargetToken",
        "TargetToken ",
        ""
      })
  void a_missing_or_wrong_credential_is_401_without_body(@Nullable String header) throws Exception {
    Known device = site.device("panel-" + site.ids.hex(4));
    String sent = header == null ? null : header.replace("TOKEN", device.token());

    for (String path : new String[] {"", "/configData", "/deploymentBase/1"}) {
      HttpResponse<byte[]> response =
          site.send("GET", site.base(device) + path, sent == null ? null : sent, null);
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.body()).isEmpty();
      assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    }
  }

  @Test
  void a_revoked_token_and_the_token_of_another_device_are_401() throws Exception {
    Known one = site.device("panel-6");
    Known other = site.device("panel-7");
    assertThat(site.get(other, site.base(one)).statusCode()).isEqualTo(401);
    site.devices.revokeCredential(site.admin, one.id());

    assertThat(site.get(one, site.base(one)).statusCode()).isEqualTo(401);
  }

  /** A proof is believed for some seconds, but not after it was taken back. */
  @Test
  void a_revoked_token_opens_nothing_that_the_device_was_told_of_a_moment_ago() throws Exception {
    Known device = site.device("panel-8");
    site.stock();
    site.update(device, "2.0");
    String link = site.fetched(device);
    String file = site.download(device, link);
    assertThat(site.report(device, link, "proceeding", "none").statusCode()).isEqualTo(200);

    site.devices.revokeCredential(site.admin, device.id());

    assertThat(site.report(device, link, "closed", "success").statusCode()).isEqualTo(401);
    assertThat(site.get(device, link).statusCode()).isEqualTo(401);
    assertThat(site.get(device, file).statusCode()).isEqualTo(401);
  }

  @Test
  void a_gateway_token_registers_a_device_once_and_speaks_for_it() throws Exception {
    String token = "GatewayToken " + site.devices.issueGatewayToken(site.admin, "site").token();

    JsonNode first = site.json(site.send("GET", site.base("new-1"), token, null));
    site.send("GET", site.base("new-1"), token, null);

    assertThat(first.path("_links").has("configData")).isTrue();
    assertThat(count("controller_id = 'new-1'")).isOne();
  }

  @Test
  void a_gateway_token_makes_no_tenant_and_works_in_no_other() throws Exception {
    String token = "GatewayToken " + site.devices.issueGatewayToken(site.admin, "site").token();
    String foreign = site.ids.guid();
    site.addTenant(foreign, "F" + site.ids.hex(4));
    long tenants = tenants();

    for (String tenant : new String[] {"NONE", foreign}) {
      String url = site.url() + "/" + tenant + "/controller/v1/new-2";
      assertThat(site.send("GET", url, token, null).statusCode()).isEqualTo(401);
    }

    assertThat(tenants()).isEqualTo(tenants);
    assertThat(count("controller_id = 'new-2'")).isZero();
  }

  @Test
  void a_revoked_gateway_token_is_401() throws Exception {
    var issued = site.devices.issueGatewayToken(site.admin, "site");
    site.devices.revokeGatewayToken(site.admin, issued.id());

    assertThat(
            site.send("GET", site.base("new-3"), "GatewayToken " + issued.token(), null)
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void a_controller_id_longer_than_256_characters_is_not_registered() throws Exception {
    String token = "GatewayToken " + site.devices.issueGatewayToken(site.admin, "site").token();

    assertThat(site.send("GET", site.base("x".repeat(257)), token, null).statusCode())
        .isEqualTo(400);
    assertThat(site.send("GET", site.base("x".repeat(256)), token, null).statusCode())
        .isEqualTo(200);
  }

  /** The links of such a device named other places, since HTTP libraries take steps back. */
  @Test
  void a_step_in_a_path_is_no_controller_id() throws Exception {
    String token = "GatewayToken " + site.devices.issueGatewayToken(site.admin, "site").token();

    for (String step : List.of("%2E", "%2E%2E")) {
      assertThat(site.send("GET", site.base("") + step, token, null).statusCode()).isEqualTo(400);
    }
    assertThat(site.send("GET", site.base("..."), token, null).statusCode()).isEqualTo(200);
  }

  /** Zephyr's client and SWUpdate do not poll while they install, and were called offline then. */
  @Test
  void whoever_reports_is_there_though_it_does_not_poll() throws Exception {
    Known device = site.device("panel-9");
    site.poll(device);
    for (int i = 0; i < 4; i++) {
      site.clock.advance(Duration.ofMinutes(10));
      site.put(device, "/configData", "{\"data\":{\"step\":\"" + i + "\"}}");
      site.seen.write();
      site.seen.markDisconnected(site.clock.instant());
      assertThat(connection(device)).isEqualTo("connected");
    }
  }

  @Test
  void last_seen_is_written_in_batches_and_silence_makes_a_device_offline() throws Exception {
    Known device = site.device("panel-8");
    site.poll(device);
    assertThat(connection(device)).isEqualTo("unknown");
    site.seen.write();
    assertThat(connection(device)).isEqualTo("connected");

    site.clock.advance(Duration.ofMinutes(20));
    site.seen.markDisconnected(site.clock.instant());

    assertThat(connection(device)).isEqualTo("disconnected");
  }

  @Test
  void a_device_that_asks_too_often_is_told_to_wait_and_others_are_not() throws Exception {
    site.close();
    site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(Duration.ofSeconds(30), 0, null, 1, 5, DeviceCertificates.none()));
    Known busy = site.device("panel-9");
    Known calm = site.device("panel-10");
    for (int i = 0; i < 5; i++) {
      assertThat(site.get(busy, site.base(busy)).statusCode()).isEqualTo(200);
    }

    HttpResponse<byte[]> refused = site.get(busy, site.base(busy));

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(site.get(calm, site.base(calm)).statusCode()).isEqualTo(200);
    site.clock.advance(Duration.ofSeconds(2));
    assertThat(site.get(busy, site.base(busy)).statusCode()).isEqualTo(200);
  }

  // A bucket that was full again at noon by a clock that then went back to six was full for six
  // hours, and every device of the fleet was refused.
  @Test
  void a_clock_that_is_set_back_or_forward_by_hours_refuses_no_device() throws Exception {
    site.close();
    site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(Duration.ofSeconds(30), 0, null, 1, 5, DeviceCertificates.none()));
    Known device = site.device("panel-13");
    assertThat(site.get(device, site.base(device)).statusCode()).isEqualTo(200);

    site.clock.set(site.clock.instant().minus(Duration.ofHours(6)));
    assertThat(site.get(device, site.base(device)).statusCode()).isEqualTo(200);
    site.clock.set(site.clock.instant().plus(Duration.ofHours(12)));
    for (int i = 0; i < 3; i++) {
      assertThat(site.get(device, site.base(device)).statusCode()).isEqualTo(200);
    }

    assertThat(site.get(device, site.base(device)).statusCode())
        .as("nor does it fill the bucket")
        .isEqualTo(429);
  }

  /**
   * RAUC that installs while it reads asks for a file in thousands of small pieces. It was held to
   * the limit of polls and reports, and an installation of a hundred megabytes failed.
   */
  @Test
  void pieces_of_a_file_have_a_limit_of_their_own() throws Exception {
    site.close();
    site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(Duration.ofSeconds(30), 0, null, 1, 5, DeviceCertificates.none()));
    site.stock();
    Known device = site.device("panel-12");
    site.update(device, "2.0");
    String file = site.download(device, site.link(device, "deploymentBase"));
    for (int i = 0; i < 250; i++) {
      assertThat(site.get(device, file, "Range", "bytes=0-3").statusCode()).isEqualTo(206);
    }

    assertThat(site.get(device, file, "Range", "bytes=0-3").statusCode()).isEqualTo(429);
    assertThat(site.get(device, site.base(device)).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nothing,404",
    "GET,/deploymentBase,404",
    "GET,/deploymentBase/abc,404",
    "GET,/deploymentBase/99999999999,404",
    "GET,/deploymentBase/1,404",
    "POST,/deploymentBase/1,405",
    "GET,/cancelAction/1,404",
    "GET,/confirmationBase,404",
    "GET,/confirmationBase/1,404",
    "GET,/installedBase/1,404",
    "GET,/restart/1,404",
    "GET,/diagnostics/1,404",
    "GET,/softwaremodules/1/artifacts,404",
    "GET,/softwaremodules/1/artifacts/..%2F..%2Fetc%2Fpasswd,404",
    "DELETE,,405",
    "POST,,405",
    "GET,/configData,405",
    "GET,/deploymentBase/1/feedback,405"
  })
  void addresses_that_are_not_there_are_404_and_wrong_methods_405(
      String method, @Nullable String path, int status) throws Exception {
    Known device = site.device("panel-" + site.ids.hex(3));

    HttpResponse<byte[]> response =
        site.send(
            method,
            site.base(device) + (path == null ? "" : path),
            "TargetToken " + device.token(),
            null);

    assertThat(response.statusCode()).isEqualTo(status);
  }

  private long count(String condition) {
    return number(
        "select count(*) n from devices_device where tenant_id = :tenantId and " + condition,
        site.tenantId);
  }

  private long tenants() {
    return number("select count(*) n from identity_tenant where tenant_id <> :tenantId", "");
  }

  private long number(String sql, String bind) {
    return db.statement(tx -> tx.one(Sql.of(sql).with("tenantId", bind), Long.class).orElseThrow());
  }

  private String connection(Known device) {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            "select connection_status from devices_device where tenant_id ="
                                + " :tenantId and id = :id")
                        .with("tenantId", site.tenantId)
                        .with("id", device.id()),
                    String.class))
        .orElseThrow();
  }
}
