package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.http.Request;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.packages.Manifests;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Every address of an owner's installed apps, from the adding of an app to its removal. */
@WithPostgres
class InstallationAddressesTest {

  private static final String STRANGER =
      InProcess.user(TeamsWorld.MEGAN, "AppCatalog.ReadWrite.All", "TeamworkDevice.ReadWrite.All");

  private final TeamsWorld world;

  InstallationAddressesTest(Db db) {
    this.world = new TeamsWorld(db);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "User | /users/{user}/teamwork/installedApps",
        "User | /me/teamwork/installedApps",
        "Chat | /chats/{chat}/installedApps",
        "Chat | /users/{user}/chats/{chat}/installedApps",
        "Chat | /me/chats/{chat}/installedApps",
        "Team | /teams/{team}/installedApps",
        "Team | /groups/{team}/team/installedApps",
        "Team | /users/{user}/joinedTeams/{team}/installedApps",
        "Team | /me/joinedTeams/{team}/installedApps",
      })
  void an_app_is_added_upgraded_and_removed_at_every_address(String scope, String template) {
    String path = filled(template);
    String writer = InProcess.user(TeamsWorld.MEGAN, "TeamsAppInstallation.ReadWriteFor" + scope);
    String reader = InProcess.user(TeamsWorld.MEGAN, "TeamsAppInstallation.ReadFor" + scope);
    for (String version : List.of("/v1.0", "/beta")) {
      String all = version + path;
      String externalId = UUID.randomUUID().toString();
      String app = world.publish(withBot(externalId, "1.0.0"));
      int before = count(reader, all);
      for (String caller : List.of(reader, STRANGER)) {
        refused(world.server.post(caller, all, TeamsWorld.body(app, "")));
      }
      assertThat(count(reader, all)).as(all).isEqualTo(before);

      String one = world.install(writer, all, app, "");
      assertThat(one).startsWith(all + "/");
      assertThat(count(reader, all)).as(all).isEqualTo(before + 1);
      assertThat(ids(reader, all)).contains(Request.decode(one.substring(all.length() + 1)));
      shows(one, reader, app, "1.0.0");
      if (scope.equals("User")) {
        assertThat(read(reader, one + "/chat").path("id").stringValue()).startsWith("19:");
      }

      world.update(app, withBot(externalId, "2.0.0"));
      refused(world.server.post(reader, one + "/upgrade", null));
      shows(one, reader, app, "1.0.0");
      assertThat(world.server.post(writer, one + "/upgrade", null).status()).isEqualTo(204);
      shows(one, reader, app, "2.0.0");

      for (String caller : List.of(reader, STRANGER)) {
        refused(world.server.delete(caller, one));
      }
      shows(one, reader, app, "2.0.0");
      assertThat(world.server.delete(writer, one).status()).as(one).isEqualTo(204);
      assertThat(world.server.get(reader, one).status()).as(one).isEqualTo(404);
      assertThat(count(reader, all)).as(all).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "User | /users/{user}/teamwork/installedApps",
        "Chat | /chats/{chat}/installedApps",
        "Team | /teams/{team}/installedApps",
      })
  void what_an_upgrade_would_bring_is_shown_and_nothing_is_changed_by_that(
      String scope, String template) {
    String writer = InProcess.user(TeamsWorld.MEGAN, "TeamsAppInstallation.ReadWriteFor" + scope);
    String externalId = UUID.randomUUID().toString();
    String app = world.publish(withBot(externalId, "1.0.0"));
    String one = world.install(writer, "/v1.0" + filled(template), app, "");
    String preview = one.replaceFirst("/v1.0", "/fettle/v1.0") + "/upgradePreview";
    assertThat(read(writer, preview).path("upToDate").booleanValue()).isTrue();

    world.update(app, withBot(externalId, "2.0.0"));
    JsonNode shown = read(writer, preview);
    assertThat(shown.path("upToDate").booleanValue()).isFalse();
    assertThat(shown.path("installedVersion").stringValue()).isEqualTo("1.0.0");
    assertThat(shown.path("newestVersion").stringValue()).isEqualTo("2.0.0");
    refused(world.server.get(STRANGER, preview));
    assertThat(read(writer, one + "/teamsAppDefinition").path("version").stringValue())
        .isEqualTo("1.0.0");
  }

  private static String filled(String template) {
    return template
        .replace("{user}", TeamsWorld.MEGAN)
        .replace("{chat}", TeamsWorld.CHAT)
        .replace("{team}", TeamsWorld.TEAM);
  }

  @Test
  void what_was_granted_in_a_team_is_read_at_its_group_as_well() {
    String reader = InProcess.app("TeamsAppInstallation.ReadForTeam.All");
    String consenting = InProcess.app("TeamsAppInstallation.ReadWriteAndConsentForTeam.All");
    String externalId = UUID.randomUUID().toString();
    String app =
        world.publish(
            Manifests.with(
                Manifests.plain(externalId, "1.0.0"),
                externalId,
                "TeamMember.Read.Group",
                "Application"));
    List<String> grants =
        List.of(
            "/v1.0/teams/%s/permissionGrants".formatted(TeamsWorld.TEAM),
            "/v1.0/groups/%s/permissionGrants".formatted(TeamsWorld.TEAM),
            "/beta/teams/%s/permissionGrants".formatted(TeamsWorld.TEAM),
            "/beta/groups/%s/permissionGrants".formatted(TeamsWorld.TEAM));
    for (String target : grants) {
      assertThat(read(reader, target).toString()).as(target).doesNotContain(externalId);
    }
    String _ =
        world.install(
            consenting,
            "/v1.0/teams/" + TeamsWorld.TEAM + "/installedApps",
            app,
            TeamsWorld.consent("TeamMember.Read.Group", "Application"));
    for (String target : grants) {
      assertThat(read(reader, target).path("value"))
          .filteredOn(grant -> grant.path("clientAppId").asString("").equals(externalId))
          .extracting(grant -> grant.path("permission").asString())
          .as(target)
          .containsExactly("TeamMember.Read.Group");
      refused(world.server.get(STRANGER, target));
    }
  }

  private void shows(String one, String reader, String app, String version) {
    String id = Request.decode(one.substring(one.lastIndexOf('/') + 1));
    assertThat(read(reader, one).path("id").stringValue()).isEqualTo(id);
    assertThat(read(reader, one + "/teamsApp").path("id").stringValue()).isEqualTo(app);
    assertThat(read(reader, one + "/teamsAppDefinition").path("version").stringValue())
        .as(one)
        .isEqualTo(version);
    for (String part : List.of("", "/teamsApp", "/teamsAppDefinition")) {
      refused(world.server.get(STRANGER, one + part));
    }
  }

  private static ObjectNode withBot(String externalId, String version) {
    ObjectNode manifest = Manifests.plain(externalId, version);
    manifest
        .putArray("bots")
        .addObject()
        .put("botId", externalId)
        .putArray("scopes")
        .add("personal");
    return manifest;
  }

  private JsonNode read(String caller, String target) {
    Answer answer = world.server.get(caller, target);
    assertThat(answer.status()).as(target + " " + answer.body()).isEqualTo(200);
    return answer.json();
  }

  private int count(String caller, String all) {
    Answer answer = world.server.get(caller, all + "/$count");
    assertThat(answer.status()).as(all + " " + answer.body()).isEqualTo(200);
    return Integer.parseInt(answer.body());
  }

  private List<String> ids(String caller, String all) {
    return read(caller, all)
        .path("value")
        .valueStream()
        .map(one -> one.path("id").stringValue())
        .toList();
  }

  private static void refused(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
  }
}
