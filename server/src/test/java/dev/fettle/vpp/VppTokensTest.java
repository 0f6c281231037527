package dev.fettle.vpp;

import static dev.fettle.vpp.VppWorld.BETA_TOKENS;
import static dev.fettle.vpp.VppWorld.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.fettle.db.Db;
import dev.fettle.jobs.WorkRecord;
import dev.fettle.json.Json;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
final class VppTokensTest {

  private static final String DOCUMENTED = "9ceb2f92-2f92-9ceb-922f-eb9c922feb9c";
  private static final String PATCH_2021 =
      """
      {
        "@odata.type": "#microsoft.graph.vppToken",
        "organizationName": "Organization Name value",
        "vppTokenAccountType": "education",
        "appleId": "Apple Id value",
        "expirationDateTime": "2016-12-31T23:57:57.2481234-08:00",
        "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
        "token": "Token value",
        "state": "valid",
        "lastSyncStatus": "inProgress",
        "automaticallyUpdateApps": true,
        "countryOrRegion": "Country Or Region value"
      }\
      """;
  private static final String ANSWER_2021 =
      """
      {
        "@odata.type": "#microsoft.graph.vppToken",
        "id": "9ceb2f92-2f92-9ceb-922f-eb9c922feb9c",
        "organizationName": "Organization Name value",
        "vppTokenAccountType": "education",
        "appleId": "Apple Id value",
        "expirationDateTime": "2016-12-31T23:57:57.2481234-08:00",
        "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
        "token": "Token value",
        "lastModifiedDateTime": "2017-01-01T00:00:35.1329464-08:00",
        "state": "valid",
        "lastSyncStatus": "inProgress",
        "automaticallyUpdateApps": true,
        "countryOrRegion": "Country Or Region value"
      }\
      """;

  private VppWorld world;

  @BeforeEach
  void begin(Db db, @TempDir Path data) {
    world = new VppWorld(db, data);
  }

  @AfterEach
  void end() throws Exception {
    world.close();
  }

  // Apple is told in the background that a vppToken is gone. That ran on a thread of nobody's,
  // which
  // a server that stopped left behind at work.
  @Test
  void a_server_that_stops_breaks_off_what_it_tells_apple_of_a_deleted_token() throws IOException {
    VppWorld.Library library = world.library(1);
    InProcess server = world.notified();
    String id = world.created(library.token());
    world.admin.addFault(Fault.on("clientConfig", new Fault.Delay(Duration.ofMinutes(5))));

    assertThat(server.delete(world.caller, TOKENS + "/" + id).status()).isEqualTo(204);
    Awaitility.await().until(() -> threads().contains("Ownership.endNotifications"));
    server.close();

    assertThat(threads()).doesNotContain("Ownership.endNotifications");
    assertThat(server.application().jobs().work())
        .filteredOn(work -> work.name().equals("vpp.silence"))
        .extracting(WorkRecord::runs)
        .containsExactly(1L);
  }

  /** The stacks of all threads, virtual ones too. */
  private static String threads() throws IOException {
    Path folder = Files.createTempDirectory("threads");
    Path file = folder.resolve("threads.json");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
      return Files.readString(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  @Test
  void the_documented_patch_of_2021_answers_the_documented_object() {
    seed();

    InProcess.Answer answer =
        world.server.patch(world.caller, TOKENS + "/" + DOCUMENTED, PATCH_2021);

    assertThat(answer.status()).isEqualTo(200);
    assertDocumented(answer.json(), ANSWER_2021);
    assertThat(answer.json().has("lastAppCount")).isFalse();
  }

  @Test
  void the_documented_patch_of_2026_answers_with_the_count_as_well() {
    seed();

    InProcess.Answer answer =
        world.server.patch(
            world.caller,
            TOKENS + "/" + DOCUMENTED,
            PATCH_2021.replace("value\"\n}", "value\", \"lastAppCount\": 12}"));

    assertThat(answer.status()).isEqualTo(200);
    assertDocumented(answer.json(), ANSWER_2021);
    assertThat(answer.json().path("lastAppCount").asInt()).isEqualTo(12);
    assertThat(world.token(DOCUMENTED).has("lastAppCount")).isFalse();
  }

  @Test
  void the_documented_patch_brings_a_changed_vpp_token_back_to_the_documented_values() {
    seed();
    world.patch(
        DOCUMENTED, "{\"appleId\":\"another\",\"expirationDateTime\":\"2030-01-01T00:00Z\"}");

    InProcess.Answer answer =
        world.server.patch(world.caller, TOKENS + "/" + DOCUMENTED, PATCH_2021);

    assertThat(answer.json().path("appleId").asString()).isEqualTo("Apple Id value");
    assertThat(answer.json().path("expirationDateTime").asString())
        .isEqualTo("2017-01-01T07:57:57.2481234Z");
    assertThat(answer.json().path("lastModifiedDateTime").asString())
        .isEqualTo("2026-06-15T12:00:00Z");
  }

  @Test
  void the_documented_beta_patch_answers_the_members_of_beta() {
    seed();

    InProcess.Answer answer =
        world.patch(
            DOCUMENTED,
            PATCH_2021.replace(
                "\"lastSyncStatus\"",
                """
                "tokenActionResults": [{"@odata.type": "microsoft.graph.vppTokenActionResult",
                  "actionName": "Action Name value", "actionState": "pending",
                  "startDateTime": "2016-12-31T23:58:46.7156189-08:00",
                  "lastUpdatedDateTime": "2017-01-01T00:00:56.8321556-08:00"}],
                "dataSharingConsentGranted": true, "displayName": "Display Name value",
                "locationName": "Location Name value",
                "claimTokenManagementFromExternalMdm": true,
                "roleScopeTagIds": ["Role Scope Tag Ids value"],
                "lastSyncStatus\"\
                """));

    JsonNode token = answer.json();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(token.path("displayName").asString()).isEqualTo("Display Name value");
    assertThat(token.path("locationName").asString()).isEqualTo("Location Name value");
    assertThat(token.path("roleScopeTagIds").get(0).asString())
        .isEqualTo("Role Scope Tag Ids value");
    JsonNode result = token.path("tokenActionResults").get(0);
    assertThat(result.path("actionState").asString()).isEqualTo("pending");
    assertThat(OffsetDateTime.parse(result.path("startDateTime").asString()).toInstant())
        .isEqualTo(OffsetDateTime.parse("2016-12-31T23:58:46.7156189-08:00").toInstant());
  }

  /**
   * An update reads the row without a lock and writes it if it is still the same. Without that
   * condition each of these would now and then put back what the others had changed.
   */
  @Test
  void updates_of_different_properties_at_the_same_time_all_stay_and_are_audited_once_each()
      throws Exception {
    seed();
    List<String> properties = List.of("appleId", "displayName", "countryOrRegion", "locationName");
    int times = 25;

    try (ExecutorService threads = Executors.newFixedThreadPool(properties.size())) {
      for (Future<?> done :
          threads.invokeAll(
              properties.stream()
                  .map(property -> (Callable<Boolean>) () -> patchInTurn(property, times))
                  .toList())) {
        assertThat(done.get()).isEqualTo(true);
      }
    }

    JsonNode token = world.betaToken(DOCUMENTED);
    assertThat(properties)
        .allSatisfy(name -> assertThat(token.path(name).asString()).isEqualTo(name + " " + times));
    assertThat(world.audited("update")).hasSize(properties.size() * times);
  }

  private boolean patchInTurn(String property, int times) {
    for (int i = 1; i <= times; i++) {
      InProcess.Answer answer =
          world.patch(DOCUMENTED, "{\"%s\":\"%s %d\"}".formatted(property, property, i));
      if (!answer.json().path(property).asString().equals(property + " " + i)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void the_documented_create_answers_201_with_the_object() {
    InProcess.Answer answer = world.server.post(world.caller, TOKENS, PATCH_2021);

    assertThat(answer.status()).isEqualTo(201);
    String id = answer.json().path("id").asString();
    assertThat(id).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(answer.header("Location")).endsWith("/vppTokens/" + id);
    assertThat(answer.json().path("state").asString()).isEqualTo("valid");
    assertThat(answer.json().path("token").isNull()).isTrue();
  }

  @Test
  void a_text_that_is_no_content_token_fails_at_the_next_sync_and_says_invalid() {
    seed();
    world.server.patch(world.caller, TOKENS + "/" + DOCUMENTED, PATCH_2021);

    world.sync(DOCUMENTED);

    JsonNode token = world.token(DOCUMENTED);
    assertThat(token.path("state").asString()).isEqualTo("invalid");
    assertThat(token.path("lastSyncStatus").asString()).isEqualTo("failed");
    assertThat(token.path("lastSyncDateTime").asString()).isEqualTo("2017-01-01T08:02:49.3205976Z");
  }

  @Test
  void strict_servers_refuse_a_text_that_is_no_content_token() {
    InProcess strict =
        world.another(
            new VppSettings(
                world.settings().apple(), null, world.data.resolve("k"), true, null, null));

    InProcess.Answer answer = strict.post(world.caller, TOKENS, PATCH_2021);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains(".vpptoken").doesNotContain("Token value");
    assertThat(strict.post(world.caller, TOKENS, "{\"appleId\":\"x\"}").status()).isEqualTo(400);
  }

  @Test
  void a_content_token_says_organisation_and_expiry_and_apple_the_rest() {
    VppWorld.Library library = world.library(3);
    InProcess.Answer created =
        world.server.post(
            world.caller,
            BETA_TOKENS,
            """
            {"token":"%s","organizationName":"Said","expirationDateTime":"2099-01-01T00:00:00Z",
             "state":"valid","lastSyncStatus":"completed"}\
            """
                .formatted(library.token()));
    assertThat(created.json().path("organizationName").asString()).isEqualTo("Example Ltd");
    assertThat(created.json().path("state").asString()).isEqualTo("unknown");
    assertThat(created.json().path("lastSyncStatus").asString()).isEqualTo("none");
    assertThat(created.json().path("lastSyncDateTime").asString())
        .isEqualTo("0001-01-01T00:00:00Z");
    String id = created.json().path("id").asString();

    world.work();

    JsonNode token = world.betaToken(id);
    assertThat(token.path("state").asString()).isEqualTo("valid");
    assertThat(token.path("lastSyncStatus").asString()).isEqualTo("completed");
    assertThat(token.path("lastSyncDateTime").asString()).isEqualTo("2026-06-15T12:00:00Z");
    assertThat(token.path("expirationDateTime").asString()).startsWith("2027-06-15");
    assertThat(token.path("locationName").asString()).isEqualTo("Head Office");
    assertThat(token.path("countryOrRegion").asString()).isEqualTo("us");
    assertThat(token.path("vppTokenAccountType").asString()).isEqualTo("business");
    assertThat(world.admin.owner(library.uId())).isNotNull();
    assertThat(
            world
                .patch(id, "{\"state\":\"expired\",\"organizationName\":\"x\",\"appleId\":\"a\"}")
                .json()
                .path("state")
                .asString())
        .isEqualTo("valid");
    assertThat(world.token(id).path("organizationName").asString()).isEqualTo("Example Ltd");
    assertThat(world.token(id).path("appleId").asString()).isEqualTo("a");
  }

  @Test
  void a_list_looks_as_recorded_from_a_real_tenant() {
    world.created(world.library(0).token());

    InProcess.Answer answer = world.server.get(world.caller, TOKENS);

    assertThat(answer.json().path("@odata.context").asString())
        .isEqualTo("https://graph.example/v1.0/$metadata#deviceAppManagement/vppTokens");
    assertThat(answer.json().path("value").get(0).propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "organizationName",
            "vppTokenAccountType",
            "appleId",
            "expirationDateTime",
            "lastSyncDateTime",
            "token",
            "lastModifiedDateTime",
            "state",
            "lastSyncStatus",
            "automaticallyUpdateApps",
            "countryOrRegion");
    assertThat(answer.body()).contains("\"token\":null");
    assertThat(world.server.get(world.caller, TOKENS + "/$count").body()).isEqualTo("1");
    assertThat(
            world
                .server
                .get(
                    world.caller,
                    TOKENS
                        + "?$filter=state%20eq%20'valid'%20and%20expirationDateTime%20lt%202030-01-01T00:00:00Z&$select=id,state&$top=5")
                .json()
                .path("value")
                .size())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {TOKENS, BETA_TOKENS})
  void a_vpp_token_is_deleted_by_who_may_write_alone(String tokens) {
    String token = tokens + "/" + world.created(world.library(1).token());
    String reader = InProcess.appOf(world.tenant, "DeviceManagementApps.Read.All");

    assertThat(world.server.delete(reader, token).status()).isEqualTo(403);
    assertThat(world.server.get(reader, token).status()).isEqualTo(200);
    assertThat(world.count("vpp_app")).isOne();
    assertThat(world.server.delete(world.caller, token).status()).isEqualTo(204);
    assertThat(world.server.get(reader, token).status()).isEqualTo(404);
    assertThat(world.count("vpp_app")).isZero();
  }

  @Test
  void all_vpp_tokens_of_the_tenant_are_synced_at_once_by_who_may_write() {
    List<String> ids =
        List.of(world.created(world.library(1).token()), world.created(world.library(1).token()));
    List<String> before = ids.stream().map(this::lastSync).toList();
    world.clock.advance(Duration.ofHours(1));
    String sync = BETA_TOKENS + "/syncLicenseCounts";
    String reader = InProcess.appOf(world.tenant, "DeviceManagementApps.Read.All");

    assertThat(world.server.post(reader, sync, null).status()).isEqualTo(403);
    world.work();
    assertThat(ids).extracting(this::lastSync).isEqualTo(before);
    assertThat(world.server.post(world.caller, sync, null).status()).isEqualTo(204);
    world.work();
    assertThat(ids).extracting(this::lastSync).doesNotContainAnyElementsOf(before);
    assertThat(world.audited("syncLicenseCounts")).hasSize(1);
  }

  private String lastSync(String id) {
    return world.token(id).path("lastSyncDateTime").asString();
  }

  @Test
  void another_tenants_vpp_token_does_not_exist() {
    String id = world.create(world.library(0).token());
    String stranger = InProcess.appOf("another", VppWorld.ALL);

    assertThat(world.server.get(stranger, TOKENS + "/" + id).status()).isEqualTo(404);
    assertThat(world.server.patch(stranger, TOKENS + "/" + id, "{\"appleId\":\"x\"}").status())
        .isEqualTo(404);
    assertThat(world.server.delete(stranger, TOKENS + "/" + id).status()).isEqualTo(404);
    assertThat(world.server.post(stranger, TOKENS + "/" + id + "/syncLicenses", null).status())
        .isEqualTo(404);
  }

  @Test
  void refusals_have_intunes_document_inside_with_our_own_address() {
    InProcess.Answer missing = world.server.get(world.caller, TOKENS + "/nobody");
    JsonNode error = missing.json().path("error");
    JsonNode inner = Json.readTrusted(error.path("message").asString());
    assertThat(missing.status()).isEqualTo(404);
    assertThat(error.path("code").asString()).isEqualTo("ResourceNotFound");
    assertThat(inner.path("_version").asInt()).isEqualTo(3);
    assertThat(inner.path("Message").asString())
        .startsWith("There is no vppToken with the id 'nobody'. - Operation ID")
        .contains("Url: https://graph.example/v1.0/deviceAppManagement/vppTokens/nobody");

    InProcess.Answer forbidden =
        world.server.get(InProcess.appOf(world.tenant, "User.Read"), TOKENS);
    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(forbidden.json().path("error").path("message").asString())
        .contains(
            "Application must have one of the following scopes: DeviceManagementApps.Read.All,");

    assertThat(world.patch("x", "{\"state\":\"wrong\"}").status()).isEqualTo(400);
    assertThat(world.patch("x", "{\"nonsense\":1}").body()).contains("nonsense");
  }

  @Test
  void more_than_anybody_needs_is_refused_by_name() {
    String id = world.create(world.library(0).token());
    String many = String.join(",", Collections.nCopies(201, "\"0\""));
    String results = String.join(",", Collections.nCopies(201, "{}"));
    String tooLong = "x".repeat(1_025);

    for (String body :
        List.of(
            "{\"roleScopeTagIds\":[" + many + "]}",
            "{\"roleScopeTagIds\":[\"" + tooLong + "\"]}",
            "{\"tokenActionResults\":[" + results + "]}",
            "{\"displayName\":\"" + tooLong + "\"}")) {
      InProcess.Answer answer = world.patch(id, body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().path("error").path("message").asString())
          .contains(body.substring(2, body.indexOf('"', 2)));
    }
    assertThat(world.betaToken(id).path("roleScopeTagIds").toString()).isEqualTo("[\"0\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoked", "expired", "byClock"})
  void a_token_that_apple_or_the_clock_ends_says_so_and_a_renewal_brings_it_back(String how) {
    VppWorld.Library library = world.library(2);
    String id = world.created(library.token());
    String appId = firstApp();
    switch (how) {
      case "revoked" -> world.admin.revokeToken(library.token());
      case "expired" -> world.admin.expireToken(library.token());
      default -> world.clock.advance(Duration.ofDays(400));
    }
    if (!how.equals("byClock")) {
      world.sync(id);
    } else {
      world.work();
    }
    assertThat(world.token(id).path("state").asString())
        .isEqualTo(how.equals("revoked") ? "invalid" : "expired");

    String fresh = world.admin.issueToken(library.uId());
    InProcess.Answer renewed = world.patch(id, "{\"token\":\"%s\"}".formatted(fresh));

    assertThat(renewed.status()).isEqualTo(200);
    assertThat(renewed.json().path("state").asString()).isEqualTo("valid");
    world.work();
    assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("completed");
    assertThat(firstApp()).isEqualTo(appId);
    assertThat(renewed.body()).doesNotContain(fresh);
  }

  @Test
  void a_content_token_of_another_library_is_refused_and_nothing_changes() {
    VppWorld.Library library = world.library(1);
    String id = world.created(library.token());
    JsonNode before = world.betaToken(id);

    InProcess.Answer answer =
        world.patch(id, "{\"token\":\"%s\",\"appleId\":\"x\"}".formatted(world.library(1).token()));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("opens another location");
    assertThat(world.betaToken(id)).isEqualTo(before);
  }

  @Test
  void a_renewal_that_apple_refuses_or_cannot_judge_leaves_everything_as_it_was() {
    VppWorld.Library library = world.library(1);
    String id = world.created(library.token());
    String bad = world.admin.issueToken(library.uId());
    world.admin.revokeToken(bad);
    JsonNode before = world.betaToken(id);

    InProcess.Answer refused = world.patch(id, "{\"token\":\"%s\"}".formatted(bad));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains("9625");
    world.apple.suspend();
    InProcess.Answer down =
        world.patch(id, "{\"token\":\"%s\"}".formatted(world.admin.issueToken(library.uId())));
    assertThat(down.status()).isEqualTo(503);
    assertThat(down.header("Retry-After")).isNotNull();
    assertThat(world.betaToken(id)).isEqualTo(before);
  }

  @Test
  void a_patch_without_a_token_never_asks_apple() {
    String id = world.created(world.library(1).token());
    world.apple.suspend();
    world.admin.clearRequests();

    long before = world.db.statements();
    InProcess.Answer answer = world.patch(id, "{\"token\":null,\"automaticallyUpdateApps\":true}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("automaticallyUpdateApps").asBoolean()).isTrue();
    assertThat(world.db.statements() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void a_library_of_another_service_is_left_to_it_unless_taking_over_is_wished() {
    VppWorld.Library library = world.library(1);
    MdmInfo other = new MdmInfo("other-id", "Other MDM", "1.0");
    world.admin.takeOver(library.uId(), other);
    String id = world.created(library.token());
    assertThat(world.token(id).path("state").asString()).isEqualTo("assignedToExternalMDM");
    assertThat(world.admin.owner(library.uId())).isEqualTo(other);

    world.patch(id, "{\"claimTokenManagementFromExternalMdm\":true}");
    world.work();

    assertThat(world.token(id).path("state").asString()).isEqualTo("valid");
    assertThat(world.admin.owner(library.uId())).isNotEqualTo(other);
    assertThat(world.audited("claimTokenManagementFromExternalMdm"))
        .containsExactly("succeeded {\"from\": \"Other MDM\"}");
  }

  @Test
  void a_library_that_is_taken_while_it_is_read_is_noticed() {
    VppWorld.Library library = world.library(5);
    String id = world.created(library.token());

    world.admin.takeOver(library.uId(), new MdmInfo("other-id", "Other MDM", "1.0"));
    world.sync(id);

    assertThat(world.token(id).path("state").asString()).isEqualTo("assignedToExternalMDM");
    assertThat(attention()).contains("heldByAnotherService").contains("Other MDM");
  }

  @Test
  void two_vpp_tokens_of_one_library_are_duplicates_in_beta_and_valid_in_v1() {
    VppWorld.Library library = world.library(1);
    String one = world.created(library.token());
    String two = world.created(world.admin.issueToken(library.uId()));

    assertThat(world.betaToken(one).path("state").asString()).isEqualTo("duplicateLocationId");
    assertThat(world.token(one).path("state").asString()).isEqualTo("valid");
    assertThat(attention()).contains("duplicateLocation");
    assertThat(
            world
                .server
                .get(world.caller, BETA_TOKENS + "?$filter=state%20eq%20'duplicateLocationId'")
                .json()
                .path("value")
                .size())
        .isEqualTo(2);

    assertThat(world.server.delete(world.caller, TOKENS + "/" + two).status()).isEqualTo(204);
    assertThat(world.betaToken(one).path("state").asString()).isEqualTo("valid");
    assertThat(world.server.get(world.caller, TOKENS + "/" + two).status()).isEqualTo(404);
  }

  @Test
  void sync_licenses_answers_in_progress_and_a_second_call_starts_nothing() {
    String id = world.created(world.library(1).token());

    InProcess.Answer first =
        world.server.post(world.caller, TOKENS + "/" + id + "/syncLicenses", null);
    world.clock.advance(Duration.ofSeconds(3));
    InProcess.Answer second =
        world.server.post(world.caller, TOKENS + "/" + id + "/microsoft.graph.syncLicenses", "{}");

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("lastSyncStatus").asString()).isEqualTo("inProgress");
    assertThat(second.json()).isEqualTo(first.json());
    world.work();
    assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("completed");
    assertThat(world.audited("syncLicenses")).hasSize(3);
  }

  @Test
  void a_new_token_ends_the_sync_of_the_old_one_and_leaves_nothing_in_progress() {
    VppWorld.Library library = world.library(1);
    String id = world.created(library.token());
    world.server.post(world.caller, TOKENS + "/" + id + "/syncLicenses", null);

    InProcess.Answer answer = world.patch(id, "{\"token\":\"Token value\"}");
    assertThat(answer.json().path("lastSyncStatus").asString()).isEqualTo("none");
    world.work();
    assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("failed");

    world.server.post(world.caller, TOKENS + "/" + id + "/syncLicenses", null);
    String fresh = world.admin.issueToken(library.uId());
    answer = world.patch(id, "{\"token\":\"" + fresh + "\"}");
    assertThat(answer.json().path("lastSyncStatus").asString()).isEqualTo("none");
    assertThat(answer.json().path("state").asString()).isEqualTo("valid");
    world.work();
    assertThat(world.token(id).path("lastSyncStatus").asString()).isEqualTo("completed");
  }

  @Test
  void each_library_is_synced_again_within_two_days_and_then_daily() {
    String id = world.created(world.library(1).token());
    world.clock.advance(Duration.ofHours(36));
    world.work();
    String first = world.token(id).path("lastSyncDateTime").asString();
    world.clock.advance(Duration.ofHours(37));
    world.work();

    assertThat(first).isEqualTo("2026-06-17T00:00:00Z");
    assertThat(world.token(id).path("lastSyncDateTime").asString())
        .isEqualTo("2026-06-18T13:00:00Z");
  }

  @Test
  void warnings_come_once_each_at_thirty_fourteen_seven_and_one_days_and_at_the_end() {
    VppWorld.Library library = world.library(0);
    String token =
        world.admin.issueToken(library.uId(), world.now().plus(Duration.ofDays(40)), false);
    world.created(token);
    assertThat(attention()).doesNotContain("expiring");

    for (int day = 0; day < 42; day++) {
      world.clock.advance(Duration.ofDays(1));
      world.work();
      world.work();
    }

    assertThat(world.audited("vppTokenExpiring"))
        .extracting(entry -> entry.replaceAll(".*\"days\": (\\d+).*", "$1"))
        .containsExactly("30", "14", "7", "1");
    assertThat(world.audited("vppTokenExpired")).hasSize(1);
    assertThat(attention()).contains("expired").contains("syncFailing");
  }

  @Test
  void expiring_vpp_tokens_are_counted() {
    world.created(world.library(0).token());
    String path =
        "/beta/deviceManagement/depOnboardingSettings/getExpiringVppTokenCount(expiringBeforeDateTime='%s')";

    assertThat(
            world
                .server
                .get(world.caller, path.formatted("2028-01-01T00:00:00Z"))
                .json()
                .path("value")
                .asInt())
        .isEqualTo(1);
    assertThat(
            world
                .server
                .get(world.caller, path.formatted("2026-07-01T00:00:00Z"))
                .json()
                .path("value")
                .asInt())
        .isZero();
    assertThat(world.server.get(world.caller, path.formatted("soon")).status()).isEqualTo(400);
  }

  /**
   * A vppToken whose end nobody has said has the year 1, which looked like an end long past: counts
   * of what expires soon were too high for ever.
   */
  @Test
  void a_vpp_token_without_a_known_end_does_not_count_as_expiring() {
    world.server.post(world.caller, TOKENS, "{\"appleId\":\"x\"}");

    assertThat(
            world
                .server
                .get(
                    world.caller,
                    "/beta/deviceManagement/depOnboardingSettings/getExpiringVppTokenCount(expiringBeforeDateTime='2028-01-01T00:00:00Z')")
                .json()
                .path("value")
                .asInt())
        .isZero();
  }

  private void seed() {
    assertThat(world.server.application().vpp().seed(world.tenant, VppWorld.documented()))
        .isEqualTo(1);
    assertThat(world.server.application().vpp().seed(world.tenant, VppWorld.documented())).isZero();
  }

  private String attention() {
    return world.server.get(world.caller, "/fettle/v1.0/vppTokens/attention").body();
  }

  private String firstApp() {
    return world
        .server
        .get(world.caller, VppWorld.APPS + "?$orderby=displayName&$top=1")
        .json()
        .path("value")
        .get(0)
        .path("id")
        .asString();
  }

  /** Member by member, times by their instants, and the token kept secret. */
  private static void assertDocumented(JsonNode answer, String documented) {
    ObjectNode expected = (ObjectNode) Json.readTrusted(documented);
    expected.remove("@odata.type");
    assertThat(answer.path("token").isNull()).isTrue();
    expected.remove("token");
    expected.forEachEntry(
        (name, value) -> {
          if (name.endsWith("DateTime")) {
            assertThat(OffsetDateTime.parse(answer.path(name).asString()).toInstant())
                .as(name)
                .isEqualTo(OffsetDateTime.parse(value.asString()).toInstant());
          } else {
            assertThat(answer.path(name)).as(name).isEqualTo(value);
          }
        });
  }
}
