package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.graph.beta.models.TeamworkDeviceOperation;
import com.microsoft.graph.beta.models.TeamworkSoftwareFreshness;
import com.microsoft.graph.beta.models.TeamworkSoftwareType;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.graph.beta.teamwork.devices.item.updatesoftware.UpdateSoftwarePostRequestBody;
import com.microsoft.kiota.http.middleware.options.HeadersInspectionOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Debian's swupdate installs what an official SDK asks for: an agent and a client that none of us
 * wrote, with Fettle between them.
 *
 * <p>In order, since it is one device that lives through them.
 */
@NullUnmarked // the SDK calls every answer nullable; a null here fails the test, as it should
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SwupdateIT {
  private static final Pattern DEVICES_PORT =
      Pattern.compile("event=devices_listening port=(\\d+)");

  private Path certificates;
  private PackagedServer server;
  private PlainClient plain;
  private GraphServiceClient client;
  private SwupdateDevice device;
  private String deviceId;

  @BeforeAll
  void start() throws IOException {
    Programs.require("swupdate", "openssl", "cpio");
    certificates = Files.createDirectories(Path.of("target", "device-certificates"));
    Programs.succeed(certificates, "sh", "-ec", SwupdateDevice.block("device.crt"));
    server =
        PackagedServer.start(
            "swupdate",
            "--set",
            "devices.https-port=0",
            "--set",
            "devices.client-authority=" + certificates.resolve("devices-ca.pem").toAbsolutePath());
    plain = new PlainClient(server);
    client = new GraphClients(server).beta();
    deviceId =
        plain
            .post(
                "/beta/teamwork/devices",
                """
                {"deviceType":"teamsPanel","hardwareDetail":
                 {"manufacturer":"example","model":"panel","serialNumber":"SN0001"}}
                """)
            .path("id")
            .stringValue();
    JsonNode credential = plain.post("/fettle/v1.0/devices/" + deviceId + "/credential", "{}");
    device =
        new SwupdateDevice(
            server,
            credential.path("controllerId").stringValue(),
            "targettoken = \"%s\";".formatted(credential.path("token").stringValue()));
  }

  @AfterAll
  void stop() {
    if (device != null) {
      device.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  @Order(1)
  void a_signed_image_is_installed_and_shows_in_health() throws IOException {
    publish("2.0", device.image("2.0", "1.0"));
    String operation = update("2.0");
    assertThat(operation(operation).getStatus()).isEqualTo("queued");
    device.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() -> assertThat(device.isRebooting()).as(device::output).isTrue());
    assertThat(device.installed()).hasContent("firmware 2.0");
    assertThat(operation(operation).getStatus()).isEqualTo("inProgress");

    TeamworkDeviceOperation done = awaitStatus(operation, "succeeded");
    assertThat(done.getCompletedDateTime()).isNotNull();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var firmware =
                  client
                      .teamwork()
                      .devices()
                      .byTeamworkDeviceId(deviceId)
                      .health()
                      .get()
                      .getSoftwareUpdateHealth()
                      .getFirmwareSoftwareUpdateStatus();
              assertThat(firmware.getCurrentVersion()).isEqualTo("2.0");
              assertThat(firmware.getSoftwareFreshness())
                  .isEqualTo(TeamworkSoftwareFreshness.Latest);
            });
  }

  @Test
  @Order(2)
  void an_image_for_other_hardware_fails_with_the_agents_own_words() throws IOException {
    publish("3.0", device.image("3.0", "9.9"));
    String operation = update("3.0");
    TeamworkDeviceOperation failed = awaitStatus(operation, "failed");
    assertThat(failed.getError().getMessage()).contains("No suitable .swu image found");
    assertThat(device.installed()).hasContent("firmware 2.0");
  }

  @Test
  @Order(3)
  void an_update_that_was_fetched_is_cancelled_when_the_agent_agrees() throws IOException {
    publish("4.0", device.image("4.0", "1.0"));
    device.stop();
    String operation = update("4.0");
    awaitStatus(operation, "inProgress");
    // It has fetched the deployment and would install at its next poll.
    device.stop();
    plain.post("/fettle/v1.0/devices/" + deviceId + "/operations/" + operation + "/cancel", "{}");
    assertThat(operation(operation).getStatus()).isEqualTo("inProgress");
    awaitStatus(operation, "cancelled");
    assertThat(device.installed()).hasContent("firmware 2.0");
  }

  @Test
  @Order(4)
  void a_device_of_a_site_registers_and_describes_itself() throws IOException {
    device.stop();
    String token =
        plain
            .post("/fettle/v1.0/gatewayTokens", "{\"displayName\":\"Berlin\"}")
            .path("token")
            .stringValue();
    try (SwupdateDevice other =
        new SwupdateDevice(server, "panel-18", "gatewaytoken = \"%s\";".formatted(token))) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                other.liveOn();
                JsonNode newest = plain.get("/beta/teamwork/devices?$top=1").at("/value/0");
                assertThat(newest.path("id").stringValue()).isNotEqualTo(deviceId);
                assertThat(newest.path("deviceType").stringValue()).isEqualTo("teamsPanel");
                assertThat(newest.at("/hardwareDetail/serialNumber").stringValue())
                    .isEqualTo("SN0001");
                assertThat(
                        plain
                            .get(
                                "/beta/teamwork/devices/"
                                    + newest.path("id").stringValue()
                                    + "/health")
                            .at("/softwareUpdateHealth/firmwareSoftwareUpdateStatus/currentVersion")
                            .stringValue())
                    .isEqualTo("1.0");
              });
    }
  }

  @Test
  @Order(5)
  void a_device_with_a_certificate_registers_and_installs_without_any_token() throws IOException {
    Matcher port = DEVICES_PORT.matcher(server.output());
    assertThat(port.find()).as(server.output()).isTrue();
    // The one that the page's commands make the certificate for.
    device =
        new SwupdateDevice(
            server,
            "https://localhost:" + port.group(1),
            "panel-17",
            "sslkey = \"%s\"; sslcert = \"%s\";"
                .formatted(
                    certificates.resolve("device.key").toAbsolutePath(),
                    certificates.resolve("device.crt").toAbsolutePath()));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              device.liveOn();
              JsonNode found =
                  plain
                      .get("/fettle/v1.0/devices?$filter=controllerId%20eq%20'panel-17'")
                      .at("/value/0");
              assertThat(found.at("/attributes/model").asString("")).isEqualTo("panel");
              assertThat(found.path("hasCredential").asBoolean(true)).isFalse();
              deviceId = found.path("id").stringValue();
            });
    publish("5.0", device.image("5.0", "1.0"));
    awaitStatus(update("5.0"), "succeeded");
    assertThat(device.installed()).hasContent("firmware 5.0");
  }

  private void publish(String version, Path image) {
    String release =
        plain
            .post(
                "/fettle/v1.0/releases",
                """
                {"softwareType":"firmware","version":"%s","deviceTypes":["teamsPanel"],
                 "models":["panel"]}
                """
                    .formatted(version))
            .path("id")
            .stringValue();
    String path = "/fettle/v1.0/releases/" + release;
    plain.upload(path + "/artifacts/" + image.getFileName(), image);
    plain.post(path + "/publish", "{}");
  }

  private String update(String version) {
    HeadersInspectionOption headers = new HeadersInspectionOption(false, true);
    UpdateSoftwarePostRequestBody body = new UpdateSoftwarePostRequestBody();
    body.setSoftwareType(TeamworkSoftwareType.Firmware);
    body.setSoftwareVersion(version);
    client
        .teamwork()
        .devices()
        .byTeamworkDeviceId(deviceId)
        .updateSoftware()
        .post(body, request -> request.options.add(headers));
    String location = headers.getResponseHeaders().get("Location").iterator().next();
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private TeamworkDeviceOperation operation(String id) {
    return client
        .teamwork()
        .devices()
        .byTeamworkDeviceId(deviceId)
        .operations()
        .byTeamworkDeviceOperationId(id)
        .get();
  }

  /** Waits while the device lives on. */
  private TeamworkDeviceOperation awaitStatus(String operation, String status) {
    return Awaitility.await("status " + status)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              device.liveOn();
              return operation(operation);
            },
            seen -> seen.getStatus().equals(status));
  }
}
