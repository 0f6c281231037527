package dev.fettle.vpp;

import static dev.fettle.vpp.VppWorld.APPS;
import static dev.fettle.vpp.VppWorld.BETA_APPS;
import static dev.fettle.vpp.VppWorld.BETA_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class VppAppsTest {

  private static final String FIELD_NOTES = "408709785";
  private static final String SITE_SURVEY = "640199958";

  private VppWorld world;
  private VppWorld.Library library;
  private String tokenId;

  @BeforeEach
  void begin(Db db, @TempDir Path data) {
    world = new VppWorld(db, data);
    library = world.library(0);
    world.admin.addShelf(library.uId());
    tokenId = world.created(library.token());
  }

  @AfterEach
  void end() throws Exception {
    world.close();
  }

  @Test
  void apps_of_a_library_have_names_counts_and_the_tokens_particulars() {
    JsonNode app = app("Field Notes");

    assertThat(app.path("@odata.type").asString()).isEqualTo("#microsoft.graph.iosVppApp");
    assertThat(app.path("bundleId").asString()).isEqualTo("com.example.fieldnotes");
    assertThat(app.path("appStoreUrl").asString())
        .isEqualTo("https://apps.apple.com/us/app/id408709785");
    assertThat(app.path("totalLicenseCount").asInt()).isEqualTo(15_000);
    assertThat(app.path("usedLicenseCount").asInt()).isZero();
    assertThat(app.path("publishingState").asString()).isEqualTo("published");
    assertThat(app.path("licensingType").path("supportsDeviceLicensing").asBoolean()).isTrue();
    assertThat(app.path("applicableDeviceType").path("iPad").asBoolean()).isTrue();
    assertThat(app.path("vppTokenAppleId").asString()).isEqualTo("vpp@example.org");
    assertThat(app.path("vppTokenOrganizationName").asString()).isEqualTo("Example Ltd");
    assertThat(app.path("vppTokenId").asString()).isEqualTo(tokenId);
    assertThat(app("Slide Rule").path("totalLicenseCount").asInt()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void mac_apps_are_beta_only_and_an_app_for_both_is_two() {
    List<String> v1 = names(APPS);
    List<String> beta = names(BETA_APPS);

    assertThat(v1).contains("Typesetter").doesNotContain("Ledger for Mac", "Lobby Screen");
    assertThat(beta)
        .contains("Ledger for Mac", "Workbench")
        .doesNotContain("Lobby Screen", "Handbook of Care");
    assertThat(beta.stream().filter("Typesetter"::equals)).hasSize(2);
    assertThat(names(BETA_APPS + "/graph.macOsVppApp"))
        .containsExactlyInAnyOrder("Ledger for Mac", "Workbench", "Typesetter");
    assertThat(
            names(
                APPS
                    + "/microsoft.graph.iosVppApp?$filter=bundleId%20eq%20'com.example.sliderule'"))
        .containsExactly("Slide Rule");
    assertThat(names(BETA_APPS + "?$filter=isof('microsoft.graph.macOsVppApp')")).hasSize(3);
    assertThat(get(BETA_APPS + "/graph.macOsVppApp/$count").body()).isEqualTo("3");
  }

  @Test
  void an_app_in_two_libraries_appears_twice_once_for_each_token() {
    VppWorld.Library other = world.library(0);
    world.admin.addShelf(other.uId());
    String otherToken = world.created(other.token());

    JsonNode value =
        get(BETA_APPS + "?$filter=displayName%20eq%20'Field%20Notes'").json().path("value");

    assertThat(List.of(value.get(0).path("vppTokenId"), value.get(1).path("vppTokenId")))
        .extracting(JsonNode::asString)
        .containsExactlyInAnyOrder(tokenId, otherToken);
    JsonNode summaries =
        get(BETA_TOKENS + "/getLicensesForApp(bundleId='com.example.fieldnotes')")
            .json()
            .path("value");
    assertThat(summaries.size()).isEqualTo(2);
    assertThat(summaries.get(0).path("availableLicenseCount").asInt()).isEqualTo(15_000);
    assertThat(summaries.get(0).path("usedLicenseCount").asInt()).isZero();
  }

  @Test
  void an_app_that_is_gone_at_apples_goes_at_the_next_sync_and_others_keep_their_ids() {
    String kept = app("Field Notes").path("id").asString();
    world.admin.removeAsset(library.uId(), SITE_SURVEY);

    world.sync(tokenId);

    assertThat(names(APPS)).doesNotContain("Site Survey");
    assertThat(app("Field Notes").path("id").asString()).isEqualTo(kept);
  }

  @Test
  void an_assignment_replaces_the_whole_set_and_survives_a_sync() {
    String id = app("Field Notes").path("id").asString();
    String body =
        """
        {"mobileAppAssignments":[{"@odata.type":"#microsoft.graph.mobileAppAssignment",
          "intent":"required",
          "target":{"@odata.type":"#microsoft.graph.allLicensedUsersAssignmentTarget"},
          "settings":{"@odata.type":"#microsoft.graph.iosVppAppAssignmentSettings",
            "useDeviceLicensing":true,"vpnConfigurationId":null}}]}\
        """;
    assertThat(world.server.post(world.caller, APPS + "/" + id + "/assign", body).status())
        .isEqualTo(204);
    assertThat(
            world
                .server
                .post(
                    world.caller,
                    APPS + "/" + id + "/assign",
                    body.replace("required", "available"))
                .status())
        .isEqualTo(204);
    world.sync(tokenId);

    JsonNode assignments = get(APPS + "/" + id + "/assignments").json().path("value");
    assertThat(assignments.size()).isEqualTo(1);
    assertThat(assignments.get(0).path("intent").asString()).isEqualTo("available");
    assertThat(assignments.get(0).path("target").path("@odata.type").asString())
        .isEqualTo("#microsoft.graph.allLicensedUsersAssignmentTarget");
    assertThat(assignments.get(0).path("settings").path("useDeviceLicensing").asBoolean()).isTrue();
    assertThat(app("Field Notes").path("isAssigned").asBoolean()).isTrue();
    assertThat(
            world
                .server
                .post(
                    world.caller,
                    APPS + "/" + id + "/assign",
                    body.replace("allLicensedUsers", "allDevices").replace("required", "available"))
                .status())
        .isEqualTo(400);
    assertThat(world.server.post(world.caller, APPS + "/none/assign", body).status())
        .isEqualTo(404);
  }

  /**
   * An assignment takes the place of the whole set, and a body without the list, as a misspelt hash
   * gives, used to take every assignment away. Targets that name nobody were stored.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"mobileAppAssignments\":null}",
        "{\"mobileAppAssignments\":[{\"intent\":\"required\",\"target\":{}}]}",
        """
        {"mobileAppAssignments":[{"intent":"required",
          "target":{"@odata.type":"#microsoft.graph.groupAssignmentTarget"}}]}\
        """,
        """
        {"mobileAppAssignments":[{"intent":"required",
          "target":{"@odata.type":"#microsoft.graph.exclusionGroupAssignmentTarget",
            "groupId":""}}]}\
        """
      })
  void an_assignment_that_names_nobody_is_refused_and_the_set_stays(String body) {
    String id = app("Field Notes").path("id").asString();
    String target = "{\"@odata.type\":\"#microsoft.graph.allDevicesAssignmentTarget\"}";
    String good =
        "{\"mobileAppAssignments\":[{\"intent\":\"required\",\"target\":" + target + "}]}";
    assertThat(world.server.post(world.caller, APPS + "/" + id + "/assign", good).status())
        .isEqualTo(204);

    InProcess.Answer answer = world.server.post(world.caller, APPS + "/" + id + "/assign", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(app("Field Notes").path("isAssigned").asBoolean()).isTrue();
    assertThat(
            world
                .server
                .post(world.caller, APPS + "/" + id + "/assign", "{\"mobileAppAssignments\":[]}")
                .status())
        .isEqualTo(204);
    assertThat(app("Field Notes").path("isAssigned").asBoolean()).isFalse();
  }

  @Test
  void an_app_is_not_found_under_the_type_of_another_platform() {
    String mac = BETA_APPS + "/" + app("Field Notes").path("id").asString() + "/graph.macOsVppApp";

    assertThat(
            world
                .server
                .post(world.caller, mac + "/revokeAllLicenses", "{\"notifyManagedDevices\":false}")
                .status())
        .isEqualTo(404);
    assertThat(get(mac + "/assignedLicenses").status()).isEqualTo(404);
  }

  @Test
  void licences_in_peoples_hands_are_shown_by_user_and_device() {
    world.give(library, FIELD_NOTES, new Target.User("anna"), new Target.Device("SERIAL1"));
    world.sync(tokenId);
    String id = app("Field Notes").path("id").asString();

    JsonNode licences =
        get(BETA_APPS + "/" + id + "/graph.iosVppApp/assignedLicenses").json().path("value");

    assertThat(app("Field Notes").path("usedLicenseCount").asInt()).isEqualTo(2);
    assertThat(licences.size()).isEqualTo(2);
    JsonNode device = licences.get(0);
    assertThat(device.path("@odata.type").asString())
        .isEqualTo("#microsoft.graph.iosVppAppAssignedDeviceLicense");
    assertThat(device.path("managedDeviceId").asString()).isEqualTo("SERIAL1");
    assertThat(licences.get(1).path("userId").asString()).isEqualTo("anna");
    assertThat(licences.get(1).path("userEmailAddress").asString()).isEqualTo("anna@example.org");
  }

  @Test
  void one_devices_licence_is_taken_back_and_the_outcome_is_shown() {
    world.give(library, FIELD_NOTES, new Target.Device("SERIAL1"), new Target.Device("SERIAL2"));
    world.sync(tokenId);
    String id = app("Field Notes").path("id").asString();

    assertThat(
            world
                .server
                .post(
                    world.caller,
                    BETA_APPS + "/" + id + "/microsoft.graph.iosVppApp/revokeDeviceLicense",
                    "{\"managedDeviceId\":\"SERIAL1\",\"notifyManagedDevices\":true}")
                .status())
        .isEqualTo(204);
    assertThat(result(id).path("actionState").asString()).isEqualTo("pending");
    workOn();

    assertThat(app("Field Notes").path("usedLicenseCount").asInt()).isEqualTo(1);
    JsonNode result = result(id);
    assertThat(result.path("actionState").asString()).isEqualTo("done");
    assertThat(result.path("totalLicensesCount").asInt()).isEqualTo(1);
    assertThat(result.path("managedDeviceId").asString()).isEqualTo("SERIAL1");
  }

  /**
   * Apple says in each answer who holds the library. A revocation did not look, and took away the
   * licences that the service had given out that holds it now.
   */
  @Test
  void licences_of_a_library_that_another_service_has_taken_over_are_left_alone() {
    world.give(library, FIELD_NOTES, new Target.Device("SERIAL1"));
    world.sync(tokenId);
    world.admin.takeOver(library.uId(), new MdmInfo("other-id", "Other MDM", "1.0"));

    assertThat(
            world
                .server
                .post(
                    world.caller,
                    BETA_TOKENS + "/" + tokenId + "/revokeLicenses",
                    "{\"notifyManagedDevices\":false,\"revokeUntrackedLicenses\":true}")
                .status())
        .isEqualTo(204);
    world.admin.clearRequests();
    workOn();

    JsonNode token = world.betaToken(tokenId);
    JsonNode result = token.path("tokenActionResults").get(0);
    assertThat(result.path("actionState").asString()).isEqualTo("failed");
    assertThat(token.path("state").asString()).isEqualTo("assignedToExternalMDM");
    assertThat(world.admin.requests().of("disassociateAssets")).isZero();
  }

  @Test
  void all_licences_of_a_token_are_taken_back_in_portions_that_apple_takes() {
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      targets.add(new Target.Device("SERIAL" + i));
    }
    world.give(library, FIELD_NOTES, targets.toArray(Target[]::new));
    world.give(library, SITE_SURVEY, new Target.Device("SERIAL1"));
    world.sync(tokenId);
    world.admin.limits(new Limits(25, 100, 512, 100, 2, 3, 100, 100_000));
    world.admin.clearRequests();
    world.server = world.another(world.settings());

    assertThat(
            world
                .server
                .post(
                    world.caller,
                    BETA_TOKENS + "/" + tokenId + "/revokeLicenses",
                    "{\"notifyManagedDevices\": true, \"revokeUntrackedLicenses\": false}")
                .status())
        .isEqualTo(204);
    workOn();

    JsonNode result = world.betaToken(tokenId).path("tokenActionResults").get(0);
    assertThat(result.path("@odata.type").asString())
        .isEqualTo("#microsoft.graph.vppTokenRevokeLicensesActionResult");
    assertThat(result.path("actionName").asString()).isEqualTo("revokeLicenses");
    assertThat(result.path("actionState").asString()).isEqualTo("done");
    assertThat(result.path("totalLicensesCount").asInt()).isEqualTo(8);
    assertThat(result.path("failedLicensesCount").asInt()).isZero();
    assertThat(world.admin.requests().of("disassociateAssets")).isEqualTo(4);
    assertThat(app("Field Notes").path("usedLicenseCount").asInt()).isZero();
    assertThat(world.count("vpp_licence")).isZero();
  }

  @Test
  void an_event_that_fails_in_part_shows_how_many_failed() {
    world.give(library, FIELD_NOTES, new Target.Device("SERIAL1"), new Target.Device("SERIAL2"));
    world.sync(tokenId);
    world.admin.failTasks(library.uId(), FIELD_NOTES, null, "SERIAL2", 9603, 5);
    world.admin.pace(new EventPace.Polls(1));
    String id = app("Field Notes").path("id").asString();

    world.server.post(
        world.caller,
        BETA_APPS + "/" + id + "/revokeAllLicenses",
        "{\"notifyManagedDevices\":false}");
    for (int i = 0; i < 3; i++) {
      workOn();
    }

    JsonNode result = result(id);
    assertThat(result.path("actionState").asString()).isEqualTo("failed");
    assertThat(result.path("actionFailureReason").asString()).isEqualTo("appleFailure");
    assertThat(result.path("totalLicensesCount").asInt()).isEqualTo(2);
    assertThat(result.path("failedLicensesCount").asInt()).isEqualTo(1);
    assertThat(app("Field Notes").path("usedLicenseCount").asInt()).isEqualTo(1);
  }

  @Test
  void an_event_that_apple_is_slow_with_is_asked_about_again_and_not_repeated() {
    world.give(library, FIELD_NOTES, new Target.Device("SERIAL1"));
    world.sync(tokenId);
    world.admin.pace(new EventPace.Polls(3));
    String id = app("Field Notes").path("id").asString();
    world.admin.clearRequests();

    world.server.post(
        world.caller,
        BETA_APPS + "/" + id + "/revokeAllLicenses",
        "{\"notifyManagedDevices\":false}");
    for (int i = 0; i < 6; i++) {
      workOn();
    }

    assertThat(result(id).path("actionState").asString()).isEqualTo("done");
    assertThat(world.admin.requests().of("disassociateAssets")).isEqualTo(1);
    assertThat(world.admin.requests().of("eventStatus")).isEqualTo(4);
  }

  @Test
  void a_devices_licences_are_taken_back_wherever_they_are() {
    world.give(library, FIELD_NOTES, new Target.Device("SERIAL9"));
    world.give(library, SITE_SURVEY, new Target.Device("SERIAL9"));
    world.sync(tokenId);

    assertThat(revokeDevice("SERIAL9")).isEqualTo(204);
    workOn();

    assertThat(world.count("vpp_licence")).isZero();
    assertThat(revokeDevice("nobody")).isEqualTo(404);
  }

  private int revokeDevice(String serial) {
    return world
        .server
        .post(
            world.caller,
            "/beta/deviceManagement/managedDevices/" + serial + "/revokeAppleVppLicenses",
            null)
        .status();
  }

  private void workOn() {
    world.work();
    world.clock.advance(Duration.ofSeconds(31));
    world.work();
  }

  private JsonNode result(String appId) {
    return get(BETA_APPS + "/" + appId + "/graph.iosVppApp")
        .json()
        .path("revokeLicenseActionResults")
        .get(0);
  }

  private JsonNode app(String name) {
    JsonNode found =
        get(BETA_APPS
                + "?$filter=isof('microsoft.graph.iosVppApp')%20and%20displayName%20eq%20'"
                + name.replace(" ", "%20")
                + "'")
            .json()
            .path("value");
    return found.get(0);
  }

  private List<String> names(String target) {
    InProcess.Answer answer = get(target);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<String> names = new ArrayList<>();
    answer.json().path("value").forEach(app -> names.add(app.path("displayName").asString()));
    return names;
  }

  private InProcess.Answer get(String target) {
    return world.server.get(world.caller, target);
  }
}
