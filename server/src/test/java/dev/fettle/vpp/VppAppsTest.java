package dev.fettle.vpp;

import static dev.fettle.vpp.VppWorld.APPS;
import static dev.fettle.vpp.VppWorld.BETA_APPS;
import static dev.fettle.vpp.VppWorld.BETA_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.LicenceHolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({
    "/v1.0,Field Notes,/microsoft.graph.iosVppApp",
    "/beta,Field Notes,/microsoft.graph.iosVppApp",
    "/beta,Ledger for Mac,/microsoft.graph.macOsVppApp"
  })
  void an_app_is_one_and_the_same_at_every_address(String version, String name, String cast) {
    String apps = version + "/deviceAppManagement/mobileApps";
    String filter = "?$filter=displayName%20eq%20'" + name.replace(" ", "%20") + "'";
    String app = apps + "/" + get(apps + filter).json().at("/value/0/id").asString();
    String stranger = InProcess.appOf(world.tenant, "TeamworkDevice.Read.All");
    String elsewhere = InProcess.appOf("another", VppWorld.ALL);

    for (String address : List.of(app, app + cast)) {
      InProcess.Answer read = get(address);
      assertThat(read.status()).as(read.body()).isEqualTo(200);
      assertThat(read.json().path("displayName").asString()).isEqualTo(name);
      assertThat(app).endsWith("/" + read.json().path("id").asString());
      assertThat(world.server.get(stranger, address).status()).isEqualTo(403);
      assertThat(world.server.get(elsewhere, address).status()).isEqualTo(404);
    }
  }

  @Test
  void licences_of_a_mac_app_are_shown_by_user() {
    world.give(library, "409203825", LicenceHolder.user("anna"));
    world.sync(tokenId);
    String id =
        get(BETA_APPS + "/graph.macOsVppApp?$filter=displayName%20eq%20'Ledger%20for%20Mac'")
            .json()
            .at("/value/0/id")
            .asString();

    String licences = BETA_APPS + "/" + id + "/graph.macOsVppApp/assignedLicenses";
    JsonNode shown = get(licences).json().path("value");
    assertThat(shown).hasSize(1);
    assertThat(shown.get(0).path("userId").asString()).isEqualTo("anna");
    assertThat(shown.get(0).path("userEmailAddress").asString()).isEqualTo("anna@example.org");
    assertThat(world.server.get(InProcess.appOf("another", VppWorld.ALL), licences).status())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1.0", "/beta"})
  void an_app_is_assigned_in_either_version_by_who_may_write(String version) {
    String app =
        version + "/deviceAppManagement/mobileApps/" + app("Field Notes").path("id").asString();
    String body =
        "{\"mobileAppAssignments\":[{\"intent\":\"required\",\"target\":{\"@odata.type\":\"#microsoft.graph.allDevicesAssignmentTarget\"}}]}";
    String reader = InProcess.appOf(world.tenant, "DeviceManagementApps.Read.All");

    assertThat(world.server.post(reader, app + "/assign", body).status()).isEqualTo(403);
    assertThat(world.server.get(reader, app + "/assignments").json().path("value")).isEmpty();
    assertThat(world.server.post(world.caller, app + "/assign", body).status()).isEqualTo(204);
    assertThat(
            world.server.get(reader, app + "/assignments").json().at("/value/0/intent").asString())
        .isEqualTo("required");
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
    world.give(library, FIELD_NOTES, LicenceHolder.user("anna"), LicenceHolder.device("SERIAL1"));
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
