package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * The official Python SDKs, of v1.0 and of beta, do what the Java SDKs do, with tokens that the
 * Azure identity library of Python fetches.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PythonSdkIT {
  private static final String BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";

  private final ClientProject python = ClientProject.python();
  private final PackagedServer server = PackagedServer.start("python", "--devices", "4");

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void a_script_pages_reads_updates_waits_and_meets_typed_errors() {
    JsonNode seen = python.run("teams_devices.py", server);
    assertThat(seen.path("ids").valueStream().map(JsonNode::stringValue))
        .contains(BAR)
        .doesNotHaveDuplicates()
        .hasSize(9);
    assertThat(seen.path("bars").path("count").intValue())
        .isEqualTo(seen.path("bars").path("notes").size())
        .isGreaterThanOrEqualTo(2);
    assertThat(seen.path("bars").path("notes").valueStream()).allMatch(JsonNode::isNull);
    assertThat(seen.path("device").path("type").stringValue()).isEqualTo("collaborationBar");
    assertThat(seen.path("device").path("created").stringValue())
        .isEqualTo("2021-06-19T19:01:04.185000+00:00");
    assertThat(seen.path("device").path("maker").stringValue()).isEqualTo("yealink");
    assertThat(seen.path("freshness").stringValue()).isEqualTo("updateAvailable");
    assertThat(seen.path("activity").stringValue()).isEqualTo(BAR);
    assertThat(seen.path("firmware").stringValue()).isEqualTo("1.2.2.0");
    assertThat(seen.path("operation").path("location").stringValue())
        .startsWith("/teamwork/devices/" + BAR + "/operations/");
    assertThat(seen.path("operation").path("status").stringValue()).isEqualTo("succeeded");
    assertThat(seen.path("operation").path("type").stringValue()).isEqualTo("softwareUpdate");
    assertThat(seen.path("operations").valueStream().map(JsonNode::stringValue))
        .contains("deviceRestart", "softwareUpdate");
    assertThat(seen.path("patched").path("notes").stringValue()).isEqualTo("Snow ☃");
    assertThat(seen.path("patched").path("tag").stringValue()).isEqualTo("Tag 9");
    refused(seen.path("conflict"), 409, "Conflict");
    refused(seen.path("missing"), 404, "NotFound");
    refused(seen.path("unknown"), 400, "BadRequest");
    assertThat(seen.path("unknown").path("message").stringValue()).contains("softwareVersion");
    refused(seen.path("forbidden"), 403, "Forbidden");
    refused(seen.path("withoutHost"), 401, "InvalidAuthenticationToken");
  }

  @Test
  void a_script_installs_upgrades_and_removes_apps_in_all_scopes() {
    JsonNode seen = python.run("teams_apps.py", server);
    assertThat(seen.path("version").stringValue()).isEqualTo("1.0.0");
    assertThat(seen.path("left").intValue()).isEqualTo(1);
    assertThat(seen.path("chat").stringValue()).isEqualTo("OneNote");
    assertThat(seen.path("team").stringValue()).isEqualTo("Channel helper");
    assertThat(seen.path("topic").stringValue()).isEqualTo("Room upgrades");
    assertThat(seen.path("members").valueStream().map(JsonNode::stringValue))
        .containsExactlyInAnyOrder("Megan Bowen", "Alex Wilber");
    assertThat(seen.path("name").stringValue()).isEqualTo("Megan Bowen");
    assertThat(seen.path("teams").valueStream().map(JsonNode::stringValue))
        .contains("Field service");
    assertThat(seen.path("catalogue").valueStream().map(JsonNode::stringValue))
        .contains("Power Apps");
    refused(seen.path("again"), 409, "Conflict");
    refused(seen.path("wrong"), 400, "BadRequest");
    refused(seen.path("misfit"), 400, "BadRequest");
    assertThat(seen.path("consented").isNull()).isTrue();
  }

  @Test
  void a_script_finds_teams_among_groups_with_their_owners_members_and_channels() {
    JsonNode seen = python.run("groups.py", server);
    assertThat(seen.path("groups")).isEqualTo(seen.path("teams"));
    assertThat(seen.path("name").stringValue()).isNotBlank();
    assertThat(seen.path("owners").size()).isPositive();
    assertThat(seen.path("members").size()).isGreaterThanOrEqualTo(seen.path("owners").size());
    assertThat(seen.path("channels").valueStream().map(JsonNode::stringValue)).contains("General");
  }

  @Test
  void a_script_creates_changes_syncs_and_deletes_vpp_tokens_in_both_versions() {
    JsonNode both = python.run("vpp_tokens.py", server);
    for (String version : new String[] {"v1", "beta"}) {
      JsonNode seen = both.path(version);
      assertThat(seen.path("created").stringValue()).isEqualTo("Made by the Python SDK");
      assertThat(seen.path("type").stringValue()).isEqualTo("education");
      assertThat(seen.path("expires").stringValue()).isEqualTo("2030-01-01T00:00:00+00:00");
      assertThat(seen.path("token").isNull()).isTrue();
      assertThat(seen.path("changed").stringValue()).isEqualTo("Changed");
      assertThat(seen.path("state").stringValue()).isEqualTo("invalid");
      assertThat(seen.path("listed").booleanValue()).isTrue();
      refused(seen.path("gone"), 404, "ResourceNotFound");
    }
  }

  /** An ODataError of the SDK, with all that there is to report a refusal by. */
  private static void refused(JsonNode refusal, int status, String code) {
    assertThat(refusal.path("type").stringValue()).isEqualTo("ODataError");
    assertThat(refusal.path("statusCode").intValue()).isEqualTo(status);
    assertThat(refusal.path("code").stringValue()).isEqualTo(code);
    assertThat(refusal.path("message").stringValue()).isNotBlank();
    assertThat(refusal.path("requestId").stringValue()).hasSize(36);
  }
}
