package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The official Go SDK, by the packages of it that this server answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GoSdkIT {
  private final ClientProject go = ClientProject.go();
  private final PackagedServer server = PackagedServer.start("go");

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void a_program_upgrades_apps_keeps_a_vpp_token_and_meets_typed_errors() {
    JsonNode seen = go.run("apps_and_tokens.go", server);
    assertThat(seen.path("chat").stringValue()).isEqualTo("OneNote");
    assertThat(seen.path("topic").stringValue()).isEqualTo("Room upgrades");
    assertThat(seen.path("team").stringValue()).isEqualTo("Channel helper");
    assertThat(seen.path("ids").valueStream().map(JsonNode::stringValue))
        .contains("19:ea28e88c00e94c7786b065394a61f296@thread.v2")
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(2);
    refused(seen.path("wrong"), 400, "BadRequest");
    refused(seen.path("misfit"), 400, "BadRequest");
    refused(seen.path("withoutHost"), 401, "InvalidAuthenticationToken");
    JsonNode token = seen.path("token");
    assertThat(token.path("name").stringValue()).isEqualTo("Made by the Go SDK");
    assertThat(token.path("type").stringValue()).isEqualTo("education");
    assertThat(token.path("expires").stringValue()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(seen.path("changed").stringValue()).isEqualTo("Changed");
    assertThat(token.path("state").stringValue()).isEqualTo("invalid");
    assertThat(token.path("listed").intValue()).isEqualTo(2);
    refused(token.path("gone"), 404, "ResourceNotFound");
  }

  /** An ODataError of the SDK, with all that there is to report a refusal by. */
  private static void refused(JsonNode refusal, int status, String code) {
    assertThat(refusal.path("statusCode").intValue()).isEqualTo(status);
    assertThat(refusal.path("code").stringValue()).isEqualTo(code);
    assertThat(refusal.path("message").stringValue()).isNotBlank();
    assertThat(refusal.path("requestId").stringValue()).hasSize(36);
  }
}
