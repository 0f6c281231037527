package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@WithPostgres
class InstallationsTest {

  private static final String DIEGO = "f32b83bb-4fc8-4db7-b7f5-76cdbbb8aa1c";
  private static final String CHAT = "/chats/19%3Aea28e88c00e94c7786b065394a61f296%40thread.v2";
  private static final String DIEGOS_APPS = "/v1.0/users/" + DIEGO + "/teamwork/installedApps";
  private static final String DEVICE_BOT =
      DIEGOS_APPS
          + "/ZjMyYjgzYmItNGZjOC00ZGI3LWI3ZjUtNzZjZGJiYjhhYTFjIyMyMmY3M2JiZS1mNjdhLTRkZWEtYmQ1NC01NGNhYzcxOGNiMmI";
  private static final String USER = InProcess.app("TeamsAppInstallation.ReadWriteForUser.All");
  private static final String READER = InProcess.app("TeamsAppInstallation.Read.All");

  private final TeamsWorld world;

  InstallationsTest(Db db) {
    this.world = new TeamsWorld(db);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /**
   * Whoever named a version in teamsAppDefinition got the newest, without a word; so it was with
   * any other member that is not of use.
   */
  @Test
  void what_an_added_app_cannot_be_told_is_refused_by_name() {
    String app = world.publish("1.0.0");
    for (String member :
        List.of(
            "\"teamsAppDefinition\":{\"version\":\"1.0.0\"}",
            "\"teamsAppDefinition@odata.bind\":\"x\"",
            "\"teamsApp\":{\"id\":\"x\"}",
            "\"id\":\"x\"")) {
      Answer refused = world.server.post(USER, DIEGOS_APPS, TeamsWorld.body(app, member));
      assertThat(refused.status()).as(member).isEqualTo(400);
      assertThat(refused.json().path("error").path("target").stringValue())
          .isEqualTo(member.substring(1, member.indexOf('"', 1)));
    }
    // Annotations and what is not set say nothing.
    assertThat(
            world
                .server
                .post(
                    USER,
                    DIEGOS_APPS,
                    TeamsWorld.body(
                        app,
                        "\"@odata.type\":\"#microsoft.graph.userScopeTeamsAppInstallation\",\"teamsApp\":null,\"teamsAppDefinition\":null,\"chat\":null,\"consentedPermissionSet\":null"))
                .status())
        .isEqualTo(201);
  }

  /** Names of a body are found in any letter case; those of annotations were not. */
  @Test
  void the_app_to_add_is_bound_in_any_letter_case() {
    String app = world.publish("1.0.0");
    String url =
        "HTTPS://GRAPH.MICROSOFT.COM/V1.0/APPCATALOGS/TEAMSAPPS('" + app.toUpperCase() + "')";
    assertThat(
            world
                .server
                .post(USER, DIEGOS_APPS, "{\"TeamsApp@OData.bind\":\"" + url + "\"}")
                .status())
        .isEqualTo(201);
  }

  /**
   * A path through a user reached every chat and team, be the user in it or not, or be there such a
   * user or not: even an upgrade was answered 204.
   */
  @Test
  void a_path_through_a_user_leads_to_the_chats_and_teams_of_that_user_alone() {
    String upgrading = InProcess.app("TeamsAppInstallation.ReadWriteForChat.All");
    String id =
        world
            .server
            .get(READER, "/v1.0" + CHAT + "/installedApps")
            .json()
            .path("value")
            .get(0)
            .path("id")
            .stringValue();
    for (String user : List.of(TeamsWorld.MEGAN, "megan@contoso.example")) {
      assertThat(world.server.get(READER, "/v1.0/users/" + user + CHAT + "/installedApps").status())
          .isEqualTo(200);
    }
    for (String path : List.of("", "/$count", "/" + id, "/" + id + "/teamsApp")) {
      assertThat(
              world
                  .server
                  .get(READER, "/v1.0/users/" + DIEGO + CHAT + "/installedApps" + path)
                  .body())
          .as(path)
          .contains("Chat with id '19:ea28e88c00e94c7786b065394a61f296@thread.v2' not found.");
      assertThat(
              world
                  .server
                  .get(READER, "/v1.0/users/nobody" + CHAT + "/installedApps" + path)
                  .body())
          .as(path)
          .contains("User Id 'nobody' not found.");
    }
    assertThat(
            world
                .server
                .post(
                    upgrading,
                    "/v1.0/users/" + DIEGO + CHAT + "/installedApps/" + id + "/upgrade",
                    null)
                .status())
        .isEqualTo(404);
    assertThat(
            world
                .server
                .get(
                    InProcess.user(DIEGO, "TeamsAppInstallation.ReadForTeam"),
                    "/v1.0/me/joinedTeams/" + TeamsWorld.TEAM + "/installedApps")
                .status())
        .isEqualTo(404);
  }

  /**
   * A resource-specific permission holds where it was granted. A token that named one, as an issuer
   * of one's own may put it there, opened every chat of the tenant.
   */
  @Test
  void a_token_that_names_a_resource_specific_permission_opens_nothing_by_it() {
    for (String caller :
        List.of(
            InProcess.app("Chat.Manage.Chat", "TeamsAppInstallation.Read.Chat"),
            InProcess.user(TeamsWorld.MEGAN, "Chat.Manage.Chat"))) {
      Answer refused = world.server.get(caller, "/v1.0" + CHAT + "/installedApps");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.body()).contains("Resource specific consent grants on the request ''.");
    }
  }

  /** Documented answers for filtered lists of users have the count unasked. */
  @Test
  void a_filtered_list_is_counted_unasked() {
    JsonNode filtered =
        world
            .server
            .get(
                READER,
                "/v1.0/users/"
                    + TeamsWorld.MEGAN
                    + "/teamwork/installedApps?$top=1&$filter=teamsApp/distributionMethod%20eq%20'organization'")
            .json();
    assertThat(filtered.path("@odata.count").intValue()).isEqualTo(2);
    assertThat(filtered.path("value").size()).isEqualTo(1);
    assertThat(
            world
                .server
                .get(READER, "/v1.0/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps")
                .json()
                .has("@odata.count"))
        .isFalse();
    assertThat(
            world
                .server
                .get(
                    READER,
                    "/v1.0/users/"
                        + TeamsWorld.MEGAN
                        + "/teamwork/installedApps?$count=false&$filter=teamsApp/id%20ne%20null")
                .json()
                .has("@odata.count"))
        .isFalse();
  }

  /** Options of the chat with an app were passed over, those that do not exist as well. */
  @Test
  void the_chat_with_an_app_takes_select_and_no_other_option() {
    JsonNode plain = world.server.get(READER, DEVICE_BOT + "/chat").json();
    assertThat(plain.propertyNames()).containsExactly("@odata.context", "id");
    assertThat(plain.path("@odata.context").stringValue()).endsWith("$metadata#chats/$entity");

    JsonNode selected = world.server.get(READER, DEVICE_BOT + "/chat?$select=id,chatType").json();
    assertThat(selected.path("id")).isEqualTo(plain.path("id"));
    assertThat(selected.path("chatType").stringValue()).isEqualTo("oneOnOne");

    for (String option : List.of("$select=nope", "$expand=members", "$filter=id%20ne%20null")) {
      assertThat(world.server.get(READER, DEVICE_BOT + "/chat?" + option).status())
          .as(option)
          .isEqualTo(400);
    }
    assertThat(
            world
                .server
                .get(
                    READER,
                    "/v1.0/users/"
                        + TeamsWorld.MEGAN
                        + "/teamwork/installedApps/NWI2NDk4MzQtNzQxMi00Y2NlLTllNjktMTc2ZTk1YTM5NGY1IyNhNmI2MzM2NS0zMWE0LTRmNDMtOTJlYy03MTBiNzE1NTdhZjk/chat")
                .body())
        .contains("The app has no bot");
  }

  /** The installations of an app that is not there were an empty list. */
  @Test
  void installations_of_an_unknown_app_are_not_found() {
    assertThat(world.server.get(READER, "/beta/appCatalogs/teamsApps/none/installations").status())
        .isEqualTo(404);
  }

  /** The context of such a list was that of the app. */
  @Test
  void the_context_of_an_apps_installations_names_them() {
    assertThat(
            world
                .server
                .get(
                    READER,
                    "/beta/appCatalogs/teamsApps/0d820ecd-def2-4297-adad-78056cde7c78/installations")
                .json()
                .path("@odata.context")
                .stringValue())
        .endsWith(
            "$metadata#appCatalogs/teamsApps('0d820ecd-def2-4297-adad-78056cde7c78')/installations");
  }
}
