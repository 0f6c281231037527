package dev.fettle.simulator.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fettle.agent.support.ScriptedServer;
import dev.fettle.agent.support.ScriptedServer.Device;
import dev.fettle.agent.support.ScriptedServer.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class DeviceFleetTest {
  private static final File FILE = new File("a.bin", new byte[10_000]);
  private final ScriptedServer server = new ScriptedServer();

  DeviceFleetTest() throws IOException {}

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_fleet_registers_itself_updates_itself_and_reports_the_new_version() throws Exception {
    try (DeviceFleet fleet = DeviceFleet.start(settings("normal=100", 50))) {
      await().until(() -> fleet.counts().online() == 50);
      await().until(() -> attributes("simulated-00050").containsKey("version.firmware"));
      server.devices().keySet().forEach(id -> server.offer(id, "firmware", "9.9", FILE));

      await().atMost(Duration.ofSeconds(30)).until(() -> fleet.counts().succeeded() == 50);
      await()
          .until(
              () ->
                  server.devices().values().stream()
                      .allMatch(d -> "9.9".equals(d.attributes.get("version.firmware"))));
      assertThat(fleet.counts().bytes()).isEqualTo(500_000);
      assertThat(fleet.counts().errors()).isZero();
      assertThat(server.devices().values())
          .allSatisfy(
              d -> {
                assertThat(d.attributes)
                    .containsKeys("manufacturer", "model", "serialNumber", "macAddresses")
                    .containsEntry("capability.restart", "true");
                assertThat(String.valueOf(d.report)).contains("activePeripherals");
              });
    }
  }

  @Test
  void a_failing_device_says_why() throws Exception {
    Device device = story("fails=100", "deploymentBase closed/failure");

    assertThat(device.last().details()).last().asString().startsWith("ERROR");
  }

  @Test
  void a_device_of_the_wrong_version_claims_success_and_keeps_the_old_one() throws Exception {
    Device device = story("wrong-version=100", "deploymentBase closed/success");

    assertThat(device.attributes.get("version.firmware")).isNotEqualTo("9.9");
  }

  @Test
  void a_silent_device_fetches_its_work_and_is_gone() throws Exception {
    try (DeviceFleet fleet = DeviceFleet.start(settings("silent=100", 1))) {
      await().until(() -> fleet.counts().online() == 1);
      server.offer("simulated-00001", "firmware", "9.9", FILE);
      await().until(() -> fleet.counts().silent() == 1);
    }
    assertThat(server.device("simulated-00001").notes).isEmpty();
  }

  @Test
  void a_rejecting_device_rejects_the_update_once_and_its_cancellation() throws Exception {
    try (DeviceFleet fleet = DeviceFleet.start(settings("rejects=100", 1))) {
      await().until(() -> fleet.counts().online() == 1);
      Device device = server.device("simulated-00001");
      server.offer("simulated-00001", "firmware", "9.9", FILE);
      await().until(() -> fleet.counts().refused() == 1);
      Objects.requireNonNull(device.action).cancelling = true;
      await().until(() -> device.story().contains("cancelAction rejected/none"));
      int polls = device.polls.get();
      await().until(() -> device.polls.get() > polls);
      assertThat(device.story().stream().filter(n -> n.startsWith("deploymentBase")))
          .containsExactly("deploymentBase rejected/none");
    }
  }

  @Test
  void a_cancelling_device_asks_to_be_cancelled_and_acknowledges_it() throws Exception {
    try (DeviceFleet fleet = DeviceFleet.start(settings("cancels=100", 1))) {
      await().until(() -> fleet.counts().online() == 1);
      Device device = server.device("simulated-00001");
      server.offer("simulated-00001", "firmware", "9.9", FILE);
      await().until(() -> device.story().contains("deploymentBase canceled/none"));
      Objects.requireNonNull(device.action).cancelling = true;
      await().until(() -> fleet.counts().cancelled() == 1);
    }
  }

  @Test
  void devices_restart_and_upload_diagnostics() throws Exception {
    try (DeviceFleet fleet = DeviceFleet.start(settings("normal=100", 1))) {
      Device device = server.device("simulated-00001");
      device.restart = "2001";
      device.diagnosticsAction = "2002";
      await().until(() -> fleet.counts().restarts() == 1 && fleet.counts().diagnostics() == 1);
      assertThat(new String(Objects.requireNonNull(device.diagnostics), StandardCharsets.UTF_8))
          .contains("simulated-00001");
    }
  }

  @Test
  void a_given_device_uses_its_own_token_and_says_no_more_than_it_was_given() throws Exception {
    server.registersDevices = false;
    GivenDevice given =
        new GivenDevice("panel-17", "own", Map.of("version.teamsClient", "1.0.95.1"));
    try (DeviceFleet fleet =
        DeviceFleet.start(FleetSettings.of(server.url(), "DEFAULT", null, List.of(given), 0))) {
      await().until(() -> attributes("panel-17").containsKey("version.teamsClient"));
      assertThat(fleet.size()).isOne();
      assertThat(server.requests.getFirst().header("Authorization")).isEqualTo("TargetToken own");
      assertThat(attributes("panel-17")).doesNotContainKeys("manufacturer", "model");
    }
  }

  @Test
  void new_devices_need_a_gateway_token() {
    assertThatThrownBy(() -> FleetSettings.of(server.url(), "DEFAULT", null, List.of(), 1))
        .hasMessageContaining("gateway token");
  }

  /** Some of these came out as a fault of the program, with its stack trace. */
  @ParameterizedTest
  @CsvSource({
    "--url=nonsense, the server has to be an http or https address",
    "--url=ftp://host, the server has to be an http or https address",
    "--tenant=, the tenant is empty",
    "--gateway-token=a b, a token is printable ASCII without blanks",
    "--count=-1, 'a fleet has 0 to 100000 devices, not -1'",
    "--count=2000000000, 'a fleet has 0 to 100000 devices, not 2000000000'",
    "--seconds=0, --seconds is at least 1",
    "--ca-file=/nowhere/ca.pem, there is no file /nowhere/ca.pem",
    "--install-seconds=5-1, the longest installation is shorter than the shortest"
  })
  void a_fleet_that_cannot_be_is_refused_in_words(String option, String words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("simulate"));
    for (String usual : List.of("--count=1", "--gateway-token=x", "--seconds=1")) {
      if (!usual.startsWith(option.substring(0, option.indexOf('=') + 1))) {
        arguments.add(usual);
      }
    }
    arguments.add(option);

    int code =
        new CommandLine(new DevicesCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(new String[0]));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).startsWith("The fleet cannot be made: ").contains(words);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void the_command_ends_with_a_summary() {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new DevicesCommand()).setOut(new PrintWriter(out));

    int code =
        line.execute(
            "simulate",
            "--count",
            "3",
            "--url",
            server.url().toString(),
            "--gateway-token",
            "gateway",
            "--seconds",
            "2");

    assertThat(code).isZero();
    assertThat(out.toString()).contains("Summary of 3 devices").contains("online       3");
  }

  private Device story(String mix, String end) throws IOException {
    try (DeviceFleet fleet = DeviceFleet.start(settings(mix, 1))) {
      await().until(() -> fleet.counts().online() == 1);
      server.offer("simulated-00001", "firmware", "9.9", FILE);
      Device device = server.device("simulated-00001");
      await().until(() -> device.story().contains(end));
      return device;
    }
  }

  private Map<String, String> attributes(String id) {
    return server.device(id).attributes;
  }

  private FleetSettings settings(String mix, int count) {
    return new FleetSettings(
        server.url(),
        "DEFAULT",
        "gateway",
        List.of(),
        count,
        BehaviourMix.parse(mix),
        Duration.ZERO,
        Duration.ofMillis(50),
        1,
        null);
  }
}
