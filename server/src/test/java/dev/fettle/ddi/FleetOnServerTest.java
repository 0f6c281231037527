package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.SoftwareType;
import dev.fettle.simulator.devices.BehaviourMix;
import dev.fettle.simulator.devices.DeviceFleet;
import dev.fettle.simulator.devices.FleetSettings;
import dev.fettle.simulator.devices.GivenDevice;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pretend devices and this side of the protocol, with nothing between them but a socket. */
@WithPostgres
final class FleetOnServerTest {
  private static final byte[] FILE = new byte[10_240];

  private final Db db;
  private final DdiFixture site;

  FleetOnServerTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.site =
        new DdiFixture(
            db,
            folder,
            new DdiSettings(Duration.ofSeconds(1), 0, null, 1000, 1000, DeviceCertificates.none()));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void a_fleet_registers_updates_restarts_and_sends_diagnostics() throws Exception {
    site.release("9.9.9.9", FILE, "client.bin");
    try (DeviceFleet fleet = fleet(60, "normal=100", List.of())) {
      await().atMost(Duration.ofSeconds(30)).until(() -> count("health is not null") == 60);
      assertThat(count("device_type = 'unknown' or manufacturer is null or serial_number is null"))
          .isZero();
      assertThat(count("agent = 'fettle' and can_restart and can_run_diagnostics")).isEqualTo(60);
      List<String> operations = new ArrayList<>();
      for (String device : devices()) {
        operations.add(
            site.operations.updateSoftware(site.admin, device, SoftwareType.TEAMS_CLIENT, null));
        operations.add(site.operations.restart(site.admin, device));
        operations.add(site.operations.runDiagnostics(site.admin, device));
      }

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> operations.stream().allMatch(o -> site.operation(o).startsWith("succ")));

      assertThat(count("current_versions ->> 'teamsClient' = '9.9.9.9'")).isEqualTo(60);
      assertThat(fleet.counts().succeeded()).isEqualTo(60);
      assertThat(fleet.counts().errors()).isZero();
    }
  }

  @Test
  void a_failure_on_the_device_comes_with_its_words() throws Exception {
    site.release("9.9.9.9", FILE, "client.bin");
    try (DeviceFleet fleet = fleet(1, "fails=100", List.of())) {
      String operation = updateTheOne();
      await().until(() -> site.operation(operation).startsWith("failed|"));
      assertThat(site.operation(operation)).contains("signature of the image is not trusted");
      assertThat(fleet.counts().failed()).isOne();
    }
  }

  @Test
  void a_success_that_the_reported_version_contradicts_does_not_stand() throws Exception {
    site.release("9.9.9.9", FILE, "client.bin");
    try (DeviceFleet fleet = fleet(1, "wrong-version=100", List.of())) {
      String operation = updateTheOne();
      await().until(() -> fleet.counts().succeeded() == 1);
      await().until(() -> count("current_versions ->> 'teamsClient' <> '9.9.9.9'") == 1);
      await().until(() -> site.operation(operation).contains("|versionContradicted|"));
    }
  }

  @Test
  void a_cancellation_reaches_the_device_and_comes_back() throws Exception {
    site.release("9.9.9.9", FILE, "client.bin");
    try (DeviceFleet fleet = fleet(1, "cancels=100", List.of())) {
      String operation = updateTheOne();
      await().until(() -> site.operation(operation).startsWith("inProgress"));
      site.operations.cancel(site.admin, devices().getFirst(), operation);
      await().until(() -> site.operation(operation).startsWith("cancelled|"));
      assertThat(fleet.counts().cancelled()).isOne();
    }
  }

  @Test
  void a_given_device_lives_by_the_gateway_token_and_keeps_what_was_said_about_it()
      throws Exception {
    DdiFixture.Known known = site.device("lobby");
    try (DeviceFleet fleet =
        fleet(0, "normal=100", List.of(new GivenDevice("lobby", null, Map.of())))) {
      await().until(() -> count("controller_id = 'lobby' and can_restart") == 1);
      assertThat(fleet.size()).isOne();
      assertThat(count("controller_id = 'lobby' and model = 'vc210' and health is null")).isOne();
    }
    assertThat(known.controllerId()).isEqualTo("lobby");
  }

  private String updateTheOne() {
    await().until(() -> count("health is not null") == 1);
    return site.operations.updateSoftware(
        site.admin, devices().getFirst(), SoftwareType.TEAMS_CLIENT, null);
  }

  private DeviceFleet fleet(int count, String mix, List<GivenDevice> given) throws IOException {
    return DeviceFleet.start(
        new FleetSettings(
            URI.create(site.url()),
            site.ddiName,
            site.devices.issueGatewayToken(site.admin, "fleet").token(),
            given,
            count,
            BehaviourMix.parse(mix),
            Duration.ZERO,
            Duration.ofMillis(20),
            1,
            null));
  }

  private List<String> devices() {
    return db.statement(
        tx ->
            tx.list(
                Sql.of("select id from devices_device where tenant_id = :tenantId")
                    .with("tenantId", site.tenantId),
                String.class));
  }

  private long count(String condition) {
    return db.statement(
        tx ->
            tx.one(
                    Sql.of(
                            "select count(*) n from devices_device where tenant_id = :tenantId and"
                                + " ("
                                + condition
                                + ")")
                        .with("tenantId", site.tenantId),
                    Long.class)
                .orElseThrow());
  }
}
