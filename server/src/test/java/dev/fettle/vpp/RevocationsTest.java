package dev.fettle.vpp;

import static dev.fettle.vpp.VppWorld.BETA_APPS;
import static dev.fettle.vpp.VppWorld.BETA_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.LicenceHolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class RevocationsTest {

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
  void one_devices_licence_is_taken_back_and_the_outcome_is_shown() {
    world.give(
        library, FIELD_NOTES, LicenceHolder.device("SERIAL1"), LicenceHolder.device("SERIAL2"));
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

  @ParameterizedTest
  @CsvSource({
    "Field Notes,408709785,''",
    "Field Notes,408709785,/microsoft.graph.iosVppApp",
    "Ledger for Mac,409203825,/microsoft.graph.macOsVppApp"
  })
  void licences_of_an_app_are_taken_back_at_every_address_by_who_may_write(
      String name, String adamId, String cast) {
    world.give(
        library,
        adamId,
        LicenceHolder.user("anna"),
        LicenceHolder.user("berta"),
        LicenceHolder.device("SERIAL1"),
        LicenceHolder.device("SERIAL2"));
    world.sync(tokenId);
    String app = BETA_APPS + "/" + idOf(name) + cast;
    String reader = InProcess.appOf(world.tenant, "DeviceManagementApps.Read.All");
    Map<String, String> actions = new LinkedHashMap<>();
    actions.put("/revokeUserLicense", "{\"userId\":\"anna\",\"notifyManagedDevices\":false}");
    actions.put(
        "/revokeDeviceLicense", "{\"managedDeviceId\":\"SERIAL1\",\"notifyManagedDevices\":false}");
    actions.put("/revokeAllLicenses", "{\"notifyManagedDevices\":false}");
    int left = 4;
    for (Map.Entry<String, String> action : actions.entrySet()) {
      String target = app + action.getKey();
      assertThat(world.server.post(reader, target, action.getValue()).status()).isEqualTo(403);
      workOn();
      assertThat(world.count("vpp_licence")).as(target).isEqualTo(left);
      assertThat(world.server.post(world.caller, target, action.getValue()).status())
          .as(target)
          .isEqualTo(204);
      left = action.getKey().equals("/revokeAllLicenses") ? 0 : left - 1;
      int after = left;
      // The stand-in works on an event in a time of its own; until then it is asked again.
      Awaitility.await()
          .untilAsserted(
              () -> {
                workOn();
                assertThat(world.count("vpp_licence")).as(target).isEqualTo(after);
              });
    }
  }

  private String idOf(String name) {
    return get(BETA_APPS + "?$filter=displayName%20eq%20'" + name.replace(" ", "%20") + "'")
        .json()
        .at("/value/0/id")
        .asString();
  }

  /**
   * Apple says in each answer who holds the library. A revocation did not look, and took away the
   * licences that the service had given out that holds it now.
   */
  @Test
  void licences_of_a_library_that_another_service_has_taken_over_are_left_alone() {
    world.give(library, FIELD_NOTES, LicenceHolder.device("SERIAL1"));
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
    List<LicenceHolder> targets = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      targets.add(LicenceHolder.device("SERIAL" + i));
    }
    world.give(library, FIELD_NOTES, targets.toArray(LicenceHolder[]::new));
    world.give(library, SITE_SURVEY, LicenceHolder.device("SERIAL1"));
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
    world.give(
        library, FIELD_NOTES, LicenceHolder.device("SERIAL1"), LicenceHolder.device("SERIAL2"));
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
    world.give(library, FIELD_NOTES, LicenceHolder.device("SERIAL1"));
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
    world.give(library, FIELD_NOTES, LicenceHolder.device("SERIAL9"));
    world.give(library, SITE_SURVEY, LicenceHolder.device("SERIAL9"));
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

  private InProcess.Answer get(String target) {
    return world.server.get(world.caller, target);
  }
}
