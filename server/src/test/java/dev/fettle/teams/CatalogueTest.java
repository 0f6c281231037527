package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.packages.Manifests;
import dev.fettle.teams.packages.PackageWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
class CatalogueTest {

  private static final String APPS = "/v1.0/appCatalogs/teamsApps";
  private static final String READER = InProcess.app("AppCatalog.Read.All");
  private static final String SUBMITTER = InProcess.user(TeamsWorld.MEGAN, "AppCatalog.Submit");

  private final TeamsWorld world;
  private final String externalId = UUID.randomUUID().toString();

  CatalogueTest(Db db) {
    world = new TeamsWorld(db);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void publishing_answers_the_app_and_where_it_is() {
    Answer answer =
        world.zip(
            APPS, TeamsWorld.ADMIN, PackageWriter.write(Manifests.plain(externalId, "1.0.0")));

    assertThat(answer.status()).isEqualTo(201);
    String id = answer.json().path("id").stringValue();
    assertThat(answer.header("Location")).isEqualTo("https://graph.example" + APPS + "/" + id);
    assertThat(answer.json().path("externalId").stringValue()).isEqualTo(externalId);
    assertThat(answer.json().path("distributionMethod").stringValue()).isEqualTo("organization");

    Answer again =
        world.zip(
            APPS, TeamsWorld.ADMIN, PackageWriter.write(Manifests.plain(externalId, "2.0.0")));
    assertThat(again.status()).isEqualTo(409);
    JsonNode error = again.json().path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("Conflict");
    assertThat(error.path("message").stringValue()).isEqualTo("Conflict");
    assertThat(error.path("innerError").path("code").stringValue())
        .isEqualTo("AppDefinitionAlreadyExists");
  }

  @Test
  void every_finding_of_a_manifest_is_in_one_answer_of_the_documented_shape() {
    ObjectNode manifest = Manifests.plain(externalId, "1.0.0");
    manifest.remove("name");
    ((ObjectNode) manifest.get("developer")).put("websiteUrl", "hs://www.yo.com");

    Answer answer = world.zip(APPS, TeamsWorld.ADMIN, PackageWriter.write(manifest));

    assertThat(answer.status()).isEqualTo(400);
    JsonNode error = answer.json().path("error");
    assertThat(error.path("code").stringValue()).isEqualTo("BadRequest");
    assertThat(error.path("message").stringValue())
        .contains("name | Required properties are missing from object: [].")
        .contains("; ");
    JsonNode inner = error.path("innerError");
    assertThat(inner.path("code").stringValue()).isEqualTo("UnableToParseTeamsAppManifest");
    assertThat(inner.path("message").stringValue()).isEqualTo(error.path("message").stringValue());
    assertThat(inner.path("details").size()).isEqualTo(2);
    assertThat(inner.path("request-id").stringValue()).isNotBlank();
  }

  @Test
  void who_may_only_submit_asks_for_a_review_and_apps_by_themselves_do_not_publish() {
    byte[] zip = PackageWriter.write(Manifests.plain(externalId, "1.0.0"));

    Answer refused = world.zip(APPS, SUBMITTER, zip);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body())
        .contains("User not authorized to perform this operation. UserId: '" + TeamsWorld.MEGAN);
    assertThat(world.zip(APPS, InProcess.app("AppCatalog.ReadWrite.All"), zip).status())
        .isEqualTo(403);

    Answer submitted = world.zip(APPS + "?requiresReview=true", SUBMITTER, zip);
    assertThat(submitted.status()).isEqualTo(201);
    String id = submitted.json().path("id").stringValue();
    JsonNode definition = definitions(id).get(0);
    assertThat(definition.path("publishingState").stringValue()).isEqualTo("submitted");
    assertThat(definition.path("createdBy").path("user").path("id").stringValue())
        .isEqualTo(TeamsWorld.MEGAN);
    // What is submitted cannot be installed, and may be taken back.
    assertThat(
            world
                .server
                .post(
                    InProcess.app("TeamsAppInstallation.ReadWriteForUser.All"),
                    "/v1.0/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps",
                    TeamsWorld.body(id, ""))
                .status())
        .isEqualTo(404);
    assertThat(
            world
                .server
                .delete(
                    SUBMITTER,
                    APPS + "/" + id + "/appDefinitions/" + definition.path("id").stringValue())
                .status())
        .isEqualTo(204);
    assertThat(world.server.get(READER, APPS + "/" + id).status()).isEqualTo(404);
  }

  @Test
  void a_review_takes_the_current_entity_tag() {
    String id = world.publish(Manifests.plain(externalId, "1.0.0"));
    String target = APPS + "/" + id + "/appDefinitions";
    Answer submitted =
        world.zip(
            target + "?requiresReview=true",
            SUBMITTER,
            PackageWriter.write(Manifests.plain(externalId, "1.1.0")));
    assertThat(submitted.status()).isEqualTo(201);
    String definition = submitted.json().path("id").stringValue();
    String etag = submitted.json().path("@odata.etag").stringValue();
    assertThat(
            world
                .zip(target, SUBMITTER, PackageWriter.write(Manifests.plain(externalId, "1.2.0")))
                .status())
        .isEqualTo(403);
    assertThat(
            world
                .zip(
                    target,
                    TeamsWorld.ADMIN,
                    PackageWriter.write(Manifests.plain(externalId, "1.2.0")))
                .status())
        .isEqualTo(409);

    assertThat(patch(target + "/" + definition, "c3RhbGU=", "published").status()).isEqualTo(412);
    Answer rejected = patch(target + "/" + definition, etag, "rejected");
    assertThat(rejected.status()).isEqualTo(200);
    assertThat(rejected.json().path("publishingState").stringValue()).isEqualTo("rejected");
    assertThat(patch(target + "/" + definition, etag, "published").status()).isEqualTo(404);
    assertThat(
            patch(
                    target + "/" + rejected.json().path("id").stringValue(),
                    rejected.json().path("@odata.etag").stringValue(),
                    "published")
                .status())
        .isEqualTo(409);
  }

  @Test
  void an_update_is_of_the_same_app_and_a_new_version() {
    String id = world.publish(Manifests.plain(externalId, "1.0"));
    String target = APPS + "/" + id + "/appDefinitions";
    assertThat(
            world
                .zip(
                    target,
                    TeamsWorld.ADMIN,
                    PackageWriter.write(Manifests.plain(externalId, "1.0.0")))
                .status())
        .isEqualTo(409);
    assertThat(
            world
                .zip(
                    target,
                    TeamsWorld.ADMIN,
                    PackageWriter.write(Manifests.plain(UUID.randomUUID().toString(), "2.0.0")))
                .status())
        .isEqualTo(400);
    Answer replaced =
        world.server.send(
            "PUT",
            APPS + "/" + id,
            Headers.of("Authorization", TeamsWorld.ADMIN, "Content-Type", "application/zip;"),
            PackageWriter.write(
                Manifests.plain(externalId.toUpperCase(java.util.Locale.ROOT), "2.0.0")));
    assertThat(replaced.status()).as(replaced.body()).isEqualTo(204);
    assertThat(definitions(id).size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1.0", "/beta"})
  void an_app_is_published_reviewed_and_deleted_in_either_version(String version) {
    String apps = version + "/appCatalogs/teamsApps";
    byte[] first = PackageWriter.write(Manifests.plain(externalId, "1.0.0"));
    assertThat(world.zip(apps, READER, first).status()).isEqualTo(403);
    Answer published = world.zip(apps, TeamsWorld.ADMIN, first);
    assertThat(published.status()).as(published.body()).isEqualTo(201);
    String app = apps + "/" + published.json().path("id").stringValue();
    assertThat(state(app + "/appDefinitions/" + id(app, 0))).isEqualTo("published");

    String submitted = submit(app, "1.1.0");
    assertThat(state(submitted)).isEqualTo("submitted");
    String decision = "{\"publishingState\":\"published\"}";
    assertThat(world.server.patch(SUBMITTER, submitted, decision).status()).isEqualTo(403);
    assertThat(state(submitted)).isEqualTo("submitted");
    String etag = world.server.get(READER, submitted).json().path("@odata.etag").stringValue();
    Answer decided = patch(submitted, etag, "published");
    assertThat(decided.status()).as(decided.body()).isEqualTo(200);
    assertThat(state(app + "/appDefinitions/" + decided.json().path("id").stringValue()))
        .isEqualTo("published");

    String withdrawn = submit(app, "1.2.0");
    assertThat(world.server.delete(READER, withdrawn).status()).isEqualTo(403);
    assertThat(state(withdrawn)).isEqualTo("submitted");
    assertThat(world.server.delete(SUBMITTER, withdrawn).status()).isEqualTo(204);
    assertThat(world.server.get(READER, withdrawn).status()).isEqualTo(404);

    assertThat(put(READER, app, "2.0.0").status()).isEqualTo(403);
    assertThat(world.server.get(READER, app + "/appDefinitions/$count").body()).isEqualTo("2");
    assertThat(put(TeamsWorld.ADMIN, app, "2.0.0").status()).isEqualTo(204);
    assertThat(world.server.get(READER, app + "/appDefinitions/$count").body()).isEqualTo("3");

    assertThat(world.server.delete(READER, app).status()).isEqualTo(403);
    assertThat(world.server.get(READER, app).status()).isEqualTo(200);
    assertThat(world.server.delete(TeamsWorld.ADMIN, app).status()).isEqualTo(204);
    assertThat(world.server.get(READER, app).status()).isEqualTo(404);
  }

  private String submit(String app, String version) {
    Answer submitted =
        world.zip(
            app + "/appDefinitions?requiresReview=true",
            SUBMITTER,
            PackageWriter.write(Manifests.plain(externalId, version)));
    assertThat(submitted.status()).as(submitted.body()).isEqualTo(201);
    return app + "/appDefinitions/" + submitted.json().path("id").stringValue();
  }

  private Answer put(String caller, String app, String version) {
    return world.server.send(
        "PUT",
        app,
        Headers.of("Authorization", caller, "Content-Type", "application/zip"),
        PackageWriter.write(Manifests.plain(externalId, version)));
  }

  private String state(String definition) {
    return world.server.get(READER, definition).json().path("publishingState").asString("");
  }

  private String id(String app, int at) {
    return world
        .server
        .get(READER, app + "/appDefinitions")
        .json()
        .path("value")
        .path(at)
        .path("id")
        .stringValue();
  }

  @Test
  void a_definition_shows_its_bot_and_its_icons_to_who_may_read_the_catalogue() {
    String definition =
        "/appCatalogs/teamsApps/22f73bbe-f67a-4dea-bd54-54cac718cb2b/appDefinitions/MjJmNzNiYmUtZjY3YS00ZGVhLWJkNTQtNTRjYWM3MThjYjJiIyMxLjAuMCMjUHVibGlzaGVk";
    String stranger = InProcess.app("TeamworkDevice.Read.All");
    for (String version : List.of("/v1.0", "/beta")) {
      assertThat(
              world
                  .server
                  .get(READER, version + definition + "/bot")
                  .json()
                  .path("id")
                  .stringValue())
          .isEqualTo("0de69e5e-2da8-4cf2-821f-5e6585b2c65b");
      assertThat(world.server.get(stranger, version + definition + "/bot").status()).isEqualTo(403);
    }
    for (String icon :
        List.of("/beta" + definition + "/colorIcon", "/beta" + definition + "/outlineIcon")) {
      String content = icon + "/hostedContent";
      assertThat(world.server.get(READER, icon).json().path("webUrl").stringValue())
          .isEqualTo("https://graph.example" + content + "/$value");
      assertThat(world.server.get(READER, content).json().path("contentType").stringValue())
          .isEqualTo("image/png");
      assertThat(world.server.get(READER, content + "/$value").body()).contains("PNG");
      for (String target : List.of(icon, content, content + "/$value")) {
        assertThat(world.server.get(stranger, target).status()).as(target).isEqualTo(403);
      }
    }
  }

  @Test
  void icons_come_back_as_they_went_in() {
    String id = world.publish(Manifests.plain(externalId, "1.0.0"));
    String definition = definitions(id).get(0).path("id").stringValue();
    Answer bytes =
        world.server.get(
            READER,
            "/beta/appCatalogs/teamsApps/"
                + id
                + "/appDefinitions/"
                + definition
                + "/outlineIcon/hostedContent/$value");
    assertThat(bytes.status()).isEqualTo(200);
    assertThat(bytes.header("Content-Type")).isEqualTo("image/png");
    assertThat(bytes.body()).contains("PNG");
    // The address that an expanded icon names, wherever it is expanded, is the one of the bytes.
    String path =
        world.install(
            InProcess.app("TeamsAppInstallation.ReadWriteForUser.All"),
            "/beta/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps",
            id,
            "");
    JsonNode icon =
        world
            .server
            .get(
                InProcess.app("TeamsAppInstallation.ReadForUser.All"),
                path + "?$expand=teamsAppDefinition($expand=outlineIcon)")
            .json()
            .path("teamsAppDefinition")
            .path("outlineIcon");
    assertThat(icon.path("webUrl").stringValue())
        .isEqualTo(
            "https://graph.example/beta/appCatalogs/teamsApps/"
                + id
                + "/appDefinitions/"
                + definition
                + "/outlineIcon/hostedContent/$value");
    assertThat(
            world
                .server
                .get(
                    READER,
                    "/beta/appCatalogs/teamsApps?$filter=appDefinitions/any(d:d/outlineIcon/webUrl"
                        + "%20eq%20'x')")
                .status())
        .isEqualTo(400);
  }

  @Test
  void what_is_no_zip_is_refused_by_type_and_by_content() {
    assertThat(world.server.post(TeamsWorld.ADMIN, APPS, "{\"displayName\":\"x\"}").body())
        .contains("application/zip");
    Answer text = world.zip(APPS, TeamsWorld.ADMIN, "no archive".getBytes(StandardCharsets.UTF_8));
    assertThat(text.status()).isEqualTo(400);
    Answer huge = world.zip(APPS, TeamsWorld.ADMIN, new byte[17 << 20]);
    assertThat(huge.status()).isEqualTo(413);
    assertThat(huge.body()).contains("larger than the limit");
  }

  @Test
  void a_tenant_fills_its_directory_and_a_chat_takes_its_installations_with_it() {
    String admin =
        InProcess.app(
            "User.ReadWrite.All",
            "Chat.Create",
            "Chat.ReadWrite.All",
            "Chat.ManageDeletion.All",
            "ChatMember.ReadWrite.All",
            "Team.Create",
            "Group.ReadWrite.All",
            "TeamsAppInstallation.ReadWriteForChat.All",
            "TeamsAppInstallation.ReadWriteForUser.All");
    String name = "u" + externalId + "@contoso.example";
    Answer user =
        world.server.post(
            admin,
            "/v1.0/users",
            "{\"accountEnabled\":true,\"displayName\":\"New\",\"mailNickname\":\"n\",\"userPrincipalName\":\"%s\",\"passwordProfile\":{\"password\":\"x\"}}"
                .formatted(name));
    assertThat(user.status()).as(user.body()).isEqualTo(201);
    assertThat(user.body()).doesNotContain("password");
    assertThat(
            world
                .server
                .get(admin, "/v1.0/users/" + name.toUpperCase(java.util.Locale.ROOT))
                .status())
        .isEqualTo(200);
    Answer chat =
        world.server.post(
            admin,
            "/v1.0/chats",
            "{\"chatType\":\"oneOnOne\",\"members\":[{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[\"owner\"],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"},{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[\"owner\"],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"}]}"
                .formatted(TeamsWorld.MEGAN, name));
    assertThat(chat.status()).as(chat.body()).isEqualTo(201);
    String chatId = chat.json().path("id").stringValue();
    assertThat(chatId).endsWith("@unq.gbl.spaces");
    assertThat(
            world
                .server
                .get(admin, "/v1.0/chats/" + chatId + "/members")
                .json()
                .path("value")
                .size())
        .isEqualTo(2);
    String app = world.publish("1.0.0");
    String path = world.install(admin, "/v1.0/chats/" + chatId + "/installedApps", app, "");
    String own = world.install(admin, "/v1.0/users/" + name + "/teamwork/installedApps", app, "");
    assertThat(world.server.get(admin, own).status()).isEqualTo(200);
    assertThat(world.server.delete(admin, "/v1.0/chats/" + chatId).status()).isEqualTo(204);
    assertThat(world.server.get(admin, path).status()).isEqualTo(404);
    assertThat(world.server.delete(admin, "/v1.0/users/" + name).status()).isEqualTo(204);
    assertThat(world.server.get(admin, own).status()).isEqualTo(404);

    Answer team =
        world.server.post(
            admin,
            "/v1.0/teams",
            "{\"template@odata.bind\":\"https://graph.microsoft.com/v1.0/teamsTemplates('standard')\",\"displayName\":\"Made\",\"description\":\"By"
                + " a test\"}");
    assertThat(team.status()).as(team.body()).isEqualTo(202);
    String teamPath =
        String.valueOf(team.header("Content-Location")).replace("('", "/").replace("')", "");
    assertThat(world.server.get(admin, "/v1.0" + teamPath).json().path("displayName").stringValue())
        .isEqualTo("Made");
    assertThat(world.server.delete(admin, "/v1.0" + teamPath).status()).isEqualTo(204);
  }

  @Test
  void teams_of_a_user_are_listed_both_ways_and_a_stranger_is_named() {
    String reader = InProcess.app("Team.ReadBasic.All");
    String megan = "/v1.0/users/" + TeamsWorld.MEGAN;
    Answer associated =
        world.server.get(reader, megan + "/teamwork/associatedTeams?$expand=team($select=id)");
    assertThat(associated.status()).as(associated.body()).isEqualTo(200);
    assertThat(associated.body())
        .contains("\"id\":\"" + TeamsWorld.TEAM + "\",\"displayName\":\"Meeting rooms\"")
        .contains("\"team\":{\"id\":\"" + TeamsWorld.TEAM + "\"}");
    assertThat(world.server.get(reader, megan + "/joinedTeams").json().path("value").size())
        .isEqualTo(associated.json().path("value").size());
    for (String path : new String[] {"/joinedTeams", "/teamwork/associatedTeams"}) {
      Answer unknown = world.server.get(reader, "/v1.0/users/nobody@contoso.example" + path);
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.body()).contains("User Id 'nobody@contoso.example' not found.");
    }
  }

  @Test
  void guids_are_the_same_in_any_letter_case() {
    String app = world.publish("1.0.0");
    String caller =
        InProcess.app("TeamsAppInstallation.ReadWriteForUser.All", "Team.ReadBasic.All");
    String megan = "/v1.0/users/" + TeamsWorld.MEGAN.toUpperCase(java.util.Locale.ROOT);
    String upper = app.toUpperCase(java.util.Locale.ROOT);
    String path = world.install(caller, megan + "/teamwork/installedApps", upper, "");
    assertThat(world.server.get(caller, path).status()).isEqualTo(200);
    assertThat(world.server.get(caller, megan + "/joinedTeams").json().path("value").size())
        .isPositive();
    assertThat(world.server.get(READER, APPS + "/" + upper).json().path("id").stringValue())
        .isEqualTo(app);
    assertThat(world.server.get(READER, APPS + "/" + upper + "/appDefinitions").status())
        .isEqualTo(200);
    assertThat(
            world
                .server
                .get(caller, "/v1.0/teams/" + TeamsWorld.TEAM.toUpperCase(java.util.Locale.ROOT))
                .status())
        .isEqualTo(200);
  }

  @Test
  void apps_of_a_chat_are_neither_made_with_it_nor_shown_by_expanding_it() {
    String caller = InProcess.app("Chat.Create", "Chat.Read.All");
    Answer made =
        world.server.post(
            caller,
            "/v1.0/chats",
            "{\"chatType\":\"group\",\"members\":[{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[\"owner\"],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"}],\"installedApps\":[{\"teamsApp@odata.bind\":\"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/00001016-de05-492e-9106-4828fc8a8687\"}]}"
                .formatted(TeamsWorld.MEGAN));
    assertThat(made.status()).isEqualTo(400);
    assertThat(made.body()).contains("\"target\":\"installedApps\"");
    assertThat(world.server.get(caller, "/v1.0/chats?$expand=installedApps").status())
        .isEqualTo(400);
    assertThat(
            world
                .server
                .get(
                    caller,
                    "/v1.0/users/"
                        + TeamsWorld.MEGAN
                        + "/chats?$filter=installedApps/any(a:a/teamsApp/id%20eq%20'0d820ecd-def2-4297-adad-78056cde7c78')")
                .json()
                .path("value")
                .size())
        .isEqualTo(1);
  }

  private Answer patch(String target, String etag, String state) {
    return world.server.send(
        "PATCH",
        target,
        Headers.of(
            "Authorization",
            TeamsWorld.ADMIN,
            "Content-Type",
            "application/json",
            "If-Match",
            etag),
        "{\"publishingState\":\"%s\"}".formatted(state).getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode definitions(String appId) {
    return world.server.get(READER, APPS + "/" + appId + "/appDefinitions").json().path("value");
  }
}
