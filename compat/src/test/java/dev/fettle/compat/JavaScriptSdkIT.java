package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** {@code @microsoft/microsoft-graph-client} from npm does what the Java SDKs do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JavaScriptSdkIT {
  private static final String BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";

  private final ClientProject node = ClientProject.javaScript();
  private final PackagedServer server = PackagedServer.start("javascript", "--devices", "4");

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void a_script_lists_updates_waits_and_meets_refusals() {
    JsonNode seen = node.run("teams-devices.cjs", server);
    assertThat(seen.path("ids").valueStream().map(JsonNode::stringValue))
        .contains(BAR)
        .doesNotHaveDuplicates();
    assertThat(seen.path("updateStatus").intValue()).isEqualTo(202);
    assertThat(seen.path("location").stringValue())
        .startsWith("/teamwork/devices/" + BAR + "/operations/");
    assertThat(seen.path("operation").path("status").stringValue()).isEqualTo("succeeded");
    assertThat(seen.path("conflict").path("statusCode").intValue()).isEqualTo(409);
    assertThat(seen.path("conflict").path("code").stringValue()).isEqualTo("Conflict");
    assertThat(seen.path("missing").path("statusCode").intValue()).isEqualTo(404);
    assertThat(seen.path("withoutHost").path("statusCode").intValue()).isEqualTo(401);
    assertThat(
            seen.path("batch")
                .valueStream()
                .map(answer -> answer.path("id").stringValue() + answer.path("status").intValue()))
        .containsExactlyInAnyOrder("1200", "2404");
  }

  @Test
  void a_script_patches_a_vpp_token_with_the_printed_json() {
    JsonNode seen = node.run("vpp-tokens.cjs", server);
    JsonNode patched = seen.path("patched");
    assertThat(patched.path("id").stringValue()).isEqualTo("9ceb2f92-2f92-9ceb-922f-eb9c922feb9c");
    assertThat(patched.path("organizationName").stringValue()).isEqualTo("Organization Name value");
    assertThat(patched.path("expirationDateTime").stringValue())
        .isEqualTo("2017-01-01T07:57:57.2481234Z");
    assertThat(patched.path("lastSyncDateTime").stringValue())
        .isEqualTo("2017-01-01T08:02:49.3205976Z");
    assertThat(patched.path("token").isNull()).isTrue();
    assertThat(seen.path("count").intValue()).isPositive();
  }

  @Test
  void a_script_upgrades_apps_in_all_scopes_and_installs_one() {
    JsonNode seen = node.run("teams-apps.cjs", server);
    assertThat(seen.path("installed").intValue()).isEqualTo(3);
    assertThat(seen.path("version").stringValue()).isEqualTo("1.0.0");
    assertThat(seen.path("wrong").path("statusCode").intValue()).isEqualTo(400);
    assertThat(seen.path("wrong").path("message").stringValue())
        .isEqualTo("Invalid id '0d820ecd-def2-4297-adad-78056cde7c78' provided.");
    assertThat(seen.path("chats").valueStream().map(JsonNode::stringValue))
        .containsExactly("19:ea28e88c00e94c7786b065394a61f296@thread.v2");
  }

  @Test
  void an_app_made_by_the_official_manifest_type_is_published_installed_and_upgraded() {
    JsonNode seen = node.run("teams-manifest.cjs", server);
    assertThat(seen.path("app").path("distributionMethod").stringValue()).isEqualTo("organization");
    assertThat(seen.path("without").path("statusCode").intValue()).isEqualTo(400);
    assertThat(seen.path("without").path("message").stringValue())
        .contains("ChatMember.Read.Chat (application), MeetingStage.Write.Chat (delegated)");
    assertThat(seen.path("version").stringValue()).isEqualTo("1.10.0");
    assertThat(seen.path("bot").stringValue()).isEqualTo("9a58a3ec-6b68-4818-ac11-844f1c326784");
    assertThat(seen.path("schemaErrors").intValue()).isEqualTo(4);
    assertThat(seen.path("refused").path("message").stringValue())
        .contains(
            "surprise | ",
            "name.short | ",
            "accentColor | ",
            "authorization.permissions.resourceSpecific[0].type | ");
    assertThat(seen.path("versions").size()).isEqualTo(31);
  }
}
