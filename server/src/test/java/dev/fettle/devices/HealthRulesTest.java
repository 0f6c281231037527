package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.devices.HealthRules.Condition;
import dev.fettle.devices.HealthRules.Freshness;
import dev.fettle.devices.HealthRules.Peripheral;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthRulesTest {

  private static final Peripheral THERE = new Peripheral(false, false);
  private static final Peripheral REQUIRED_MISSING = new Peripheral(false, true);
  private static final Peripheral OPTIONAL_MISSING = new Peripheral(true, true);

  @Test
  void something_required_that_is_missing_is_critical_whatever_else_there_is() {
    assertThat(HealthRules.condition(true, List.of(THERE, REQUIRED_MISSING), true))
        .isEqualTo(Condition.CRITICAL);
  }

  @Test
  void something_optional_that_is_missing_or_an_update_is_not_urgent() {
    assertThat(HealthRules.condition(true, List.of(THERE, OPTIONAL_MISSING), false))
        .isEqualTo(Condition.NON_URGENT);
    assertThat(HealthRules.condition(true, List.of(THERE), true)).isEqualTo(Condition.NON_URGENT);
  }

  @Test
  void a_device_that_misses_nothing_is_healthy_and_one_that_never_reported_is_unknown() {
    assertThat(HealthRules.condition(true, List.of(THERE), false)).isEqualTo(Condition.HEALTHY);
    assertThat(HealthRules.condition(false, List.of(), false)).isEqualTo(Condition.UNKNOWN);
  }

  @Test
  void freshness_compares_what_runs_with_what_there_is() {
    assertThat(HealthRules.freshness("1.0.9", "1.0.10")).isEqualTo(Freshness.UPDATE_AVAILABLE);
    assertThat(HealthRules.freshness("1.0.10", "1.0.10.0")).isEqualTo(Freshness.LATEST);
    assertThat(HealthRules.freshness("2.0", "1.9")).isEqualTo(Freshness.LATEST);
    assertThat(HealthRules.freshness("2.0", null)).isEqualTo(Freshness.LATEST);
    assertThat(HealthRules.freshness(null, "1.9")).isEqualTo(Freshness.UNKNOWN);
  }

  @Test
  void a_peripheral_is_optional_if_its_health_says_so_and_else_if_the_configuration_does() {
    var health =
        Json.readTrusted(
            """
            {"peripheralsHealth": {
               "microphoneHealth": {"connection": {"connectionStatus": "disconnected"}},
               "speakerHealth": {"isOptional": false,
                 "connection": {"connectionStatus": "disconnected"}},
               "displayHealthCollection": [
                 {"connection": {"connectionStatus": "disconnected"}},
                 {"connection": {"connectionStatus": "connected"}}]},
             "hardwareHealth": {"computeHealth": null}}
            """);
    var configuration =
        Json.readTrusted(
            """
            {"microphoneConfiguration": {"isMicrophoneOptional": true},
             "speakerConfiguration": {"isSpeakerOptional": true},
             "displayConfiguration": {"configuredDisplays": [{"isOptional": true}]}}
            """);
    assertThat(DeviceJson.peripherals(health, configuration))
        .containsExactlyInAnyOrder(
            OPTIONAL_MISSING, REQUIRED_MISSING, OPTIONAL_MISSING, new Peripheral(false, false));
    assertThat(DeviceJson.peripherals(health, null))
        .filteredOn(REQUIRED_MISSING::equals)
        .hasSize(3);
  }

  @Test
  void software_without_any_version_has_no_status() {
    var current = Json.object().put("firmware", "1.0");
    var health =
        DeviceJson.softwareUpdateHealth(
            current, Map.of(SoftwareType.FIRMWARE, "1.1", SoftwareType.TEAMS_CLIENT, "5"));
    assertThat(health.get("firmwareSoftwareUpdateStatus"))
        .isEqualTo(
            Json.readTrusted(
                """
                {"availableVersion": "1.1", "currentVersion": "1.0",
                 "softwareFreshness": "updateAvailable"}
                """));
    assertThat(health.get("teamsClientSoftwareUpdateStatus").get("softwareFreshness").asString())
        .isEqualTo("unknown");
    assertThat(health.get("companyPortalSoftwareUpdateStatus").isNull()).isTrue();
    assertThat(DeviceJson.updateAvailable(health)).isTrue();
  }

  @Test
  void what_can_only_be_written_is_not_stored() {
    var reported =
        (tools.jackson.databind.node.ObjectNode)
            Json.readTrusted(
                """
                {"id": "x", "systemConfiguration":
                  {"defaultPassword": "secret", "lockPin": "1234", "language": "en"}}
                """);
    assertThat(
            Json.text(
                DeviceJson.stored(new DeviceReport(null, null, reported, null)).configuration()))
        .isEqualTo("{\"systemConfiguration\":{\"language\":\"en\"}}");
  }
}
