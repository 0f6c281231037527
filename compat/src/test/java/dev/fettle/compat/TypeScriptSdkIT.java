package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * The TypeScript SDKs from npm do what the Java SDKs do, with tokens that the Azure identity
 * library of Node.js fetches.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TypeScriptSdkIT {
  private static final String BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";

  private final ClientProject node = ClientProject.typeScript();
  private final PackagedServer server = PackagedServer.start("typescript", "--devices", "4");

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void a_script_pages_updates_waits_zips_retries_and_meets_refusals() {
    JsonNode seen = node.run("teams-devices.mjs", server);
    assertThat(seen.path("ids").valueStream().map(JsonNode::stringValue))
        .contains(BAR)
        .doesNotHaveDuplicates()
        .hasSize(9);
    assertThat(seen.path("filtered").intValue()).isEqualTo(9);
    assertThat(seen.path("device").path("type").stringValue()).isEqualTo("collaborationBar");
    assertThat(seen.path("device").path("created").stringValue())
        .isEqualTo("2021-06-19T19:01:04.185Z");
    assertThat(seen.path("device").path("user").path("userIdentityType").stringValue())
        .isEqualTo("aadUser");
    assertThat(seen.path("freshness").stringValue()).isEqualTo("updateAvailable");
    assertThat(seen.path("location").stringValue())
        .startsWith("/teamwork/devices/" + BAR + "/operations/");
    assertThat(seen.path("operation").path("status").stringValue()).isEqualTo("succeeded");
    refused(seen.path("conflict"), 409, "Conflict");
    refused(seen.path("missing"), 404, "NotFound");
    refused(seen.path("forbidden"), 403, "Forbidden");
    refused(seen.path("withoutHost"), 401, "InvalidAuthenticationToken");
    assertThat(seen.path("batch").valueStream().map(JsonNode::stringValue))
        .containsExactlyInAnyOrder("1200", "2404");
    assertThat(seen.path("zips").booleanValue()).isTrue();
    assertThat(seen.path("patched").path("notes").stringValue()).isEqualTo("Snow ☃");
    assertThat(seen.path("patched").path("tag").isNull()).isTrue();
    assertThat(seen.path("whole").stringValue()).isEqualTo("Whole");
    assertThat(seen.path("retried").intValue()).isEqualTo(9);
    assertThat(seen.path("faultsLeft").intValue()).isZero();
  }

  @Test
  void a_script_creates_changes_and_deletes_a_vpp_token_and_sends_back_what_it_read() {
    JsonNode seen = node.run("vpp-tokens.mjs", server);
    assertThat(seen.path("created").path("name").stringValue())
        .isEqualTo("Made by the TypeScript SDK");
    assertThat(seen.path("created").path("type").stringValue()).isEqualTo("education");
    assertThat(seen.path("created").path("expires").stringValue())
        .isEqualTo("2030-01-01T00:00:00.123Z");
    assertThat(seen.path("back").path("name").stringValue()).isEqualTo("Changed");
    assertThat(seen.path("back").path("synced").stringValue())
        .isEqualTo("2017-01-01T08:02:49.320Z");
    assertThat(seen.path("token").isNull()).isTrue();
    assertThat(seen.path("sync").booleanValue()).isTrue();
    assertThat(seen.path("state").stringValue()).isEqualTo("invalid");
    assertThat(seen.path("listed").booleanValue()).isTrue();
    refused(seen.path("gone"), 404, "ResourceNotFound");
  }

  @Test
  void a_script_installs_upgrades_and_removes_apps_in_all_scopes() {
    JsonNode seen = node.run("teams-apps.mjs", server);
    assertThat(seen.path("version").stringValue()).isEqualTo("1.0.0");
    refused(seen.path("again"), 409, "Conflict");
    assertThat(seen.path("before").intValue()).isEqualTo(3);
    assertThat(seen.path("left").intValue()).isEqualTo(2);
    assertThat(seen.path("chat").stringValue()).isEqualTo("OneNote");
    assertThat(seen.path("team").stringValue()).isEqualTo("Channel helper");
    refused(seen.path("wrong"), 400, "BadRequest");
    assertThat(seen.path("wrong").path("message").stringValue())
        .isEqualTo("Invalid id '0d820ecd-def2-4297-adad-78056cde7c78' provided.");
  }

  /** An ODataError of the SDK, with all that there is to report a refusal by. */
  private static void refused(JsonNode refusal, int status, String code) {
    assertThat(refusal.path("statusCode").intValue()).isEqualTo(status);
    assertThat(refusal.path("code").stringValue()).isEqualTo(code);
    assertThat(refusal.path("message").stringValue()).isNotBlank();
    assertThat(refusal.path("requestId").stringValue()).hasSize(36);
  }
}
