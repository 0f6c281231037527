package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.simulator.apple.Caller.Reply;
import dev.fettle.simulator.apple.library.MdmInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sections 1 to 4.2 of the contract: tokens, request rules, service and client configuration. */
final class ConfigurationContractTest {
  private final Instant start = Instant.parse("2026-11-21T10:00:00Z");
  private AppleStandIn standIn =
      AppleStandIn.start(AppleStandInSettings.builder().clock(() -> start).build());
  private String token = "";
  private Caller caller = Caller.of("", null);

  @BeforeEach
  void open() {
    token = standIn.seeded().getFirst().contentToken();
    caller = Caller.of(standIn.url(), token);
  }

  @AfterEach
  void close() {
    standIn.close();
  }

  private void restart(AppleStandInSettings settings) {
    standIn.close();
    standIn = AppleStandIn.start(settings);
    open();
  }

  @Test
  void a_content_token_is_base64_of_a_json_object_with_apples_date_format() {
    JsonNode inner =
        new JsonMapper()
            .readTree(new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8));
    assertThat(inner.propertyNames()).containsExactly("token", "expDate", "orgName");
    assertThat(inner.path("expDate").stringValue()).isEqualTo("2027-11-21T10:00:00+0000");
    assertThat(inner.path("orgName").stringValue()).isEqualTo("Fettle Example Ltd");
  }

  @Test
  void the_seeded_content_tokens_survive_a_restart() {
    String before = token;
    restart(AppleStandInSettings.builder().clock(() -> start).build());
    assertThat(token).isEqualTo(before);
    restart(AppleStandInSettings.builder().clock(() -> start.plusSeconds(86_400)).build());
    assertThat(caller.bearer(before).get("/client/config").status()).isEqualTo(200);
  }

  @Test
  void service_config_answers_without_a_token_and_names_urls_on_its_own_host() {
    Reply reply = Caller.of(standIn.url(), null).get("/service/config");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.contentType()).startsWith("application/json");
    JsonNode urls = reply.body().path("urls");
    assertThat(urls.propertyNames())
        .contains(
            "clientConfig",
            "getAssets",
            "getAssignments",
            "getUsers",
            "associateAssets",
            "disassociateAssets",
            "revokeAssets",
            "createUsers",
            "updateUsers",
            "retireUsers",
            "eventStatus",
            "contentMetadataLookup",
            "invitationEmail");
    assertThat(urls.path("getAssets").stringValue()).isEqualTo(standIn.url() + "/assets");
    assertThat(urls.path("invitationEmail").stringValue()).contains("%25inviteCode%25");
    assertThat(reply.body().path("limits").path("maxAssets").intValue()).isEqualTo(25);
    assertThat(reply.body().path("limits").path("maxRequestPerSecond").intValue()).isEqualTo(15);
    assertThat(reply.body().path("errorCodes").get(0).path("errorNumber").intValue())
        .isEqualTo(9601);
    assertThat(reply.body().path("notificationTypes").size()).isPositive();
  }

  @Test
  void client_config_tells_location_country_and_platform() {
    Reply reply = caller.get("/client/config");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("uId")).isEqualTo("2049025000431439");
    assertThat(reply.text("tokenExpirationDate")).isEqualTo("2027-11-21T10:00:00+0000");
    assertThat(reply.text("locationName")).isEqualTo("Head Office");
    assertThat(reply.text("countryISO2ACode")).isEqualTo("US");
    assertThat(reply.text("defaultPlatform")).isEqualTo("enterprisestore");
    assertThat(reply.text("websiteURL")).isEqualTo("https://business.apple.com");
    assertThat(reply.body().has("mdmInfo")).isFalse();
    Reply school = caller.bearer(standIn.seeded().get(1).contentToken()).get("/client/config");
    assertThat(school.text("defaultPlatform")).isEqualTo("volumestore");
    assertThat(school.text("websiteURL")).isEqualTo("https://school.apple.com");
  }

  @Test
  void a_missing_or_malformed_authorization_header_is_9722() {
    assertError(Caller.of(standIn.url(), null).get("/client/config"), 401, 9722);
    Reply basic =
        caller.send(
            Caller.of(standIn.url(), null)
                .request("/client/config")
                .header("Authorization", "Basic abc")
                .build());
    assertError(basic, 401, 9722);
  }

  @Test
  void a_token_that_apple_does_not_know_is_9622_with_status_200() {
    assertError(caller.bearer("garbage").get("/client/config"), 200, 9622);
    String inner =
        new JsonMapper().readTree(Base64.getDecoder().decode(token)).path("token").stringValue();
    assertError(caller.bearer(inner).get("/client/config"), 200, 9622);
    standIn.administration().garbageTokenStatus(401);
    assertError(caller.bearer("garbage").get("/client/config"), 401, 9622);
  }

  @Test
  void a_revoked_token_is_9625_and_an_expired_one_9621() {
    String second = standIn.administration().issueToken("2049025000431439");
    standIn.administration().revokeToken(second);
    assertError(caller.bearer(second).get("/client/config"), 401, 9625);
    assertThat(caller.get("/client/config").status()).isEqualTo(200);
    standIn.administration().advanceClock(Duration.ofDays(364));
    assertThat(caller.get("/client/config").status()).isEqualTo(200);
    standIn.administration().advanceClock(Duration.ofDays(1));
    assertError(caller.get("/client/config"), 401, 9621);
  }

  @Test
  void a_renewed_token_opens_the_same_library() {
    standIn.administration().expireToken(token);
    assertError(caller.get("/client/config"), 401, 9621);
    String renewed = standIn.administration().issueToken("2049025000431439");
    assertThat(caller.bearer(renewed).get("/client/config").text("uId"))
        .isEqualTo("2049025000431439");
  }

  @Test
  void a_read_only_manager_may_read_and_not_write() {
    String readOnly =
        standIn.administration().issueToken("2049025000431439", start.plusSeconds(600), true);
    assertThat(caller.bearer(readOnly).get("/assets").status()).isEqualTo(200);
    assertError(caller.bearer(readOnly).post("/client/config", "{}"), 403, 9637);
  }

  @Test
  void wrong_methods_and_content_types_have_their_own_numbers() {
    assertError(caller.method("DELETE", "/assets", ""), 405, 9726);
    Reply text =
        caller.send(
            caller
                .request("/client/config")
                .header("Content-Type", "text/plain")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    assertError(text, 415, 9727);
    assertError(caller.post("/client/config", "{"), 400, 9602);
    assertError(caller.post("/client/config", "[]"), 400, 9602);
  }

  @Test
  void mdm_info_is_kept_and_comes_with_every_later_answer() {
    Reply set =
        caller.post(
            "/client/config",
            "{\"mdmInfo\":{\"id\":\"522d5c43\",\"name\":\"Fettle\",\"metadata\":\"1\"}}");
    assertThat(set.body().path("mdmInfo").path("id").stringValue()).isEqualTo("522d5c43");
    assertThat(caller.get("/assets").body().path("mdmInfo").path("name").stringValue())
        .isEqualTo("Fettle");
    standIn
        .administration()
        .takeOver("2049025000431439", new MdmInfo("other", "Another service", "9"));
    assertThat(caller.get("/assets").body().path("mdmInfo").path("id").stringValue())
        .isEqualTo("other");
  }

  @Test
  void mdm_info_needs_all_its_members_within_their_lengths() {
    assertError(setMdm("", "n", "m"), 400, 9723);
    assertError(setMdm("i", "", "m"), 400, 9723);
    assertError(setMdm("i", "n", ""), 400, 9723);
    assertError(setMdm("i".repeat(101), "n", "m"), 400, 9724);
    assertError(setMdm("i", "n".repeat(101), "m"), 400, 9725);
    assertError(setMdm("i", "n", "m".repeat(256)), 400, 9713);
    assertThat(setMdm("i".repeat(100), "n".repeat(100), "m".repeat(255)).status()).isEqualTo(200);
  }

  private Reply setMdm(String id, String name, String metadata) {
    return caller.post(
        "/client/config",
        "{\"mdmInfo\":{\"id\":\"%s\",\"name\":\"%s\",\"metadata\":\"%s\"}}"
            .formatted(id, name, metadata));
  }

  private static void assertError(Reply reply, int status, int number) {
    assertThat(reply.error()).isEqualTo(number);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text("errorMessage")).isNotBlank();
  }
}
