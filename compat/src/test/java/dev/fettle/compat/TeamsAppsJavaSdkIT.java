package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.microsoft.graph.chats.item.installedapps.item.upgrade.UpgradePostRequestBody;
import com.microsoft.graph.models.AadUserConversationMember;
import com.microsoft.graph.models.Chat;
import com.microsoft.graph.models.ChatType;
import com.microsoft.graph.models.ConversationMember;
import com.microsoft.graph.models.PasswordProfile;
import com.microsoft.graph.models.Team;
import com.microsoft.graph.models.TeamsApp;
import com.microsoft.graph.models.TeamsAppInstallation;
import com.microsoft.graph.models.TeamsAppPermissionSet;
import com.microsoft.graph.models.TeamsAppResourceSpecificPermission;
import com.microsoft.graph.models.TeamsAppResourceSpecificPermissionType;
import com.microsoft.graph.models.User;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The official Java SDK (v1.0) reads the catalogue, installs, and upgrades apps in chats and teams
 * with the consent that they take; users' apps are upgraded by plain requests, since the SDK has no
 * builder for them.
 */
@NullUnmarked // the SDK calls every answer nullable; a null here fails the test, as it should
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TeamsAppsJavaSdkIT {
  private static final String ARCHIVE = "4e5a6c3c-c959-4bca-8db7-00db3a487ce1";
  private static final String NOTES = "2b524e28-95ce-4c9b-9773-4a5bd6ec1770";
  private static final String HELP_DESK = "00001016-de05-492e-9106-4828fc8a8687";
  private static final String CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";
  private static final String RECORDINGS = "19:5bd86ec7f6b247d3b9e519b0bfef5d03@thread.v2";
  private static final String IN_RECORDINGS =
      "MTk6NWJkODZlYzdmNmIyNDdkM2I5ZTUxOWIwYmZlZjVkMDNAdGhyZWFkLnYyIyM0ZTVhNmMzYy1jOTU5LTRiY2EtOGRiNy0wMGRiM2E0ODdjZTE=";
  private static final String TEAM = "20988f0f-a647-42f6-be30-79e04de3c2ed";
  private static final String MEGAN = "5b649834-7412-4cce-9e69-176e95a394f5";
  private static final String IN_CHAT =
      "NjRiOWM3NDYtYjE1NS00MDQyLThkNDctOTQxYmQzODE2ODFiIyMwZDgyMGVjZC1kZWYyLTQyOTctYWRhZC03ODA1NmNkZTdjNzg=";
  private static final String IN_TEAM =
      "MjA5ODhmMGYtYTY0Ny00MmY2LWJlMzAtNzllMDRkZTNjMmVkIyNmYTkzN2Y4OS1iYWNhLTQ5NzktYmY4YS00MmY5ODE5MWY3ODA=";
  private static final JsonMapper JSON = new JsonMapper();

  private final PackagedServer server = PackagedServer.start("teams-apps-java");
  private final GraphServiceClient client = new GraphClients(server).v1();

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void the_catalogue_says_what_an_app_requires() {
    List<TeamsApp> apps =
        client
            .appCatalogs()
            .teamsApps()
            .get(
                configuration -> {
                  configuration.queryParameters.filter =
                      "id eq 'a5228c26-a9ae-4702-90e0-79a5246d2f7d'";
                  configuration.queryParameters.expand =
                      new String[] {"appDefinitions($select=id,authorization)"};
                })
            .getValue();

    assertThat(apps).hasSize(1);
    assertThat(
            apps.getFirst()
                .getAppDefinitions()
                .getFirst()
                .getAuthorization()
                .getRequiredPermissionSet()
                .getResourceSpecificPermissions())
        .extracting(
            TeamsAppResourceSpecificPermission::getPermissionValue,
            TeamsAppResourceSpecificPermission::getPermissionType)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                "Channel.Create.Group", TeamsAppResourceSpecificPermissionType.Application),
            org.assertj.core.groups.Tuple.tuple(
                "ChannelMeeting.ReadBasic.Group",
                TeamsAppResourceSpecificPermissionType.Delegated));
  }

  @Test
  void an_app_is_installed_with_consent_seen_and_removed() {
    client.chats().byChatId(CHAT).installedApps().post(notesWithConsent());

    List<TeamsAppInstallation> found =
        client
            .chats()
            .byChatId(CHAT)
            .installedApps()
            .get(
                configuration -> {
                  configuration.queryParameters.expand =
                      new String[] {"teamsApp", "teamsAppDefinition"};
                  configuration.queryParameters.filter = "teamsApp/id eq '" + NOTES + "'";
                })
            .getValue();
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().getTeamsAppDefinition().getVersion()).isEqualTo("2.0.0");
    assertThat(client.chats().byChatId(CHAT).permissionGrants().get().getValue())
        .extracting("permission")
        .contains("ChatMessage.Read.Chat");

    ODataError again =
        catchThrowableOfType(
            ODataError.class,
            () -> client.chats().byChatId(CHAT).installedApps().post(notesWithConsent()));
    assertThat(again.getResponseStatusCode()).isEqualTo(409);
    client
        .chats()
        .byChatId(CHAT)
        .installedApps()
        .byTeamsAppInstallationId(found.getFirst().getId())
        .delete();
    ODataError gone =
        catchThrowableOfType(
            ODataError.class,
            () ->
                client
                    .chats()
                    .byChatId(CHAT)
                    .installedApps()
                    .byTeamsAppInstallationId(found.getFirst().getId())
                    .get());
    assertThat(gone.getResponseStatusCode()).isEqualTo(404);
  }

  @Test
  void a_chat_is_upgraded_with_the_consent_that_the_new_version_takes() {
    approve(ARCHIVE, "2.0.0");
    var inChat =
        client.chats().byChatId(RECORDINGS).installedApps().byTeamsAppInstallationId(IN_RECORDINGS);
    ODataError missing =
        catchThrowableOfType(
            ODataError.class, () -> inChat.upgrade().post(new UpgradePostRequestBody()));
    assertThat(missing.getResponseStatusCode()).isEqualTo(400);
    assertThat(missing.getError().getMessage()).contains("ChatMember.Read.Chat");

    UpgradePostRequestBody chat = new UpgradePostRequestBody();
    chat.setConsentedPermissionSet(
        set("ChatMessage.Read.Chat", "application", "ChatMember.Read.Chat", "application"));
    inChat.upgrade().post(chat);
    assertThat(
            inChat
                .get(
                    configuration ->
                        configuration.queryParameters.expand = new String[] {"teamsAppDefinition"})
                .getTeamsAppDefinition()
                .getVersion())
        .isEqualTo("2.0.0");
  }

  @Test
  void chats_and_teams_are_upgraded_as_printed_with_nothing_approved_before() {
    UpgradePostRequestBody chat = new UpgradePostRequestBody();
    chat.setConsentedPermissionSet(
        set("OnlineMeeting.ReadBasic.Chat", "delegated", "ChatMember.Read.Chat", "application"));
    client
        .chats()
        .byChatId(CHAT)
        .installedApps()
        .byTeamsAppInstallationId(IN_CHAT)
        .upgrade()
        .post(chat);

    var team =
        new com.microsoft.graph.teams.item.installedapps.item.upgrade.UpgradePostRequestBody();
    team.setConsentedPermissionSet(
        set("Channel.Create.Group", "application", "ChannelMeeting.ReadBasic.Group", "delegated"));
    client
        .teams()
        .byTeamId(TEAM)
        .installedApps()
        .byTeamsAppInstallationId(IN_TEAM)
        .upgrade()
        .post(team);
    assertThat(client.teams().byTeamId(TEAM).permissionGrants().get().getValue())
        .extracting("permission")
        .containsExactly("Channel.Create.Group");
  }

  @Test
  void a_users_app_is_upgraded_by_the_printed_request() {
    HttpResponse<String> answer =
        send(
            "POST",
            "/v1.0/users/"
                + MEGAN
                + "/teamwork/installedApps/NWI2NDk4MzQtNzQxMi00Y2NlLTllNjktMTc2ZTk1YTM5NGY1IyNhNmI2MzM2NS0zMWE0LTRmNDMtOTJlYy03MTBiNzE1NTdhZjk/upgrade",
            token("{}"),
            "{\"consentedPermissionSet\":{\"resourceSpecificPermissions\":[{\"permissionValue\":\"TeamsActivity.Send.User\",\"permissionType\":\"Application\"}]}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void a_tenant_is_filled_with_users_chats_and_teams_by_the_sdk() {
    User adele = client.users().post(user("Adele Vance"));
    User lee = client.users().post(user("Lee Gu"));
    User renamed = new User();
    renamed.setJobTitle("Technician");
    client.users().byUserId(lee.getUserPrincipalName()).patch(renamed);
    assertThat(
            client
                .users()
                .byUserId(lee.getId())
                .get(
                    configuration ->
                        configuration.queryParameters.select = new String[] {"id", "jobTitle"})
                .getJobTitle())
        .isEqualTo("Technician");
    assertThat(
            client
                .users()
                .get(
                    configuration ->
                        configuration.queryParameters.filter =
                            "userPrincipalName eq '" + adele.getUserPrincipalName() + "'")
                .getValue())
        .extracting(User::getId)
        .containsExactly(adele.getId());

    Chat direct = client.chats().post(chat(ChatType.OneOnOne, null, adele, lee));
    assertThat(direct.getId()).endsWith("@unq.gbl.spaces");
    Chat group = client.chats().post(chat(ChatType.Group, "Rounds", adele));
    client
        .chats()
        .byChatId(group.getId())
        .members()
        .post(member(lee.getUserPrincipalName(), "owner"));
    assertThat(
            client
                .chats()
                .byChatId(group.getId())
                .get(
                    configuration ->
                        configuration.queryParameters.expand = new String[] {"members"})
                .getMembers())
        .extracting(one -> ((AadUserConversationMember) one).getUserId())
        .containsExactlyInAnyOrder(adele.getId(), lee.getId());
    Chat topic = new Chat();
    topic.setTopic("Evening rounds");
    assertThat(client.chats().byChatId(group.getId()).patch(topic).getTopic())
        .isEqualTo("Evening rounds");

    Team team = new Team();
    team.setDisplayName("Field service");
    team.setDescription("All who are on the road");
    team.setMembers(List.of(member(adele.getId(), "owner")));
    team.setAdditionalData(
        Map.of(
            "template@odata.bind", "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"));
    client.teams().post(team);
    String teamId =
        client.users().byUserId(adele.getId()).joinedTeams().get().getValue().getFirst().getId();
    ConversationMember added = client.teams().byTeamId(teamId).members().post(member(lee.getId()));
    client.teams().byTeamId(teamId).members().byConversationMemberId(added.getId()).delete();
    assertThat(client.teams().byTeamId(teamId).members().get().getValue())
        .extracting(ConversationMember::getRoles)
        .containsExactly(List.of("owner"));

    client.chats().byChatId(group.getId()).installedApps().post(installation(HELP_DESK));
    assertThat(
            client
                .users()
                .byUserId(lee.getId())
                .chats()
                .get(
                    configuration ->
                        configuration.queryParameters.filter =
                            "installedApps/any(a:a/teamsApp/id eq '" + HELP_DESK + "')")
                .getValue())
        .extracting(Chat::getId)
        .containsExactly(group.getId());
    client.users().byUserId(lee.getId()).delete();
    assertThat(client.chats().byChatId(group.getId()).members().get().getValue()).hasSize(1);
  }

  private static User user(String name) {
    PasswordProfile password = new PasswordProfile();
    password.setForceChangePasswordNextSignIn(true);
    password.setPassword("nobody signs in with it");
    User user = new User();
    user.setAccountEnabled(true);
    user.setDisplayName(name);
    user.setMailNickname(name.replace(" ", ""));
    user.setUserPrincipalName(name.replace(" ", "") + "@contoso.example");
    user.setPasswordProfile(password);
    return user;
  }

  private static Chat chat(ChatType type, String topic, User... users) {
    Chat chat = new Chat();
    chat.setChatType(type);
    chat.setTopic(topic);
    chat.setMembers(Stream.of(users).map(user -> member(user.getId(), "owner")).toList());
    return chat;
  }

  private static ConversationMember member(String user, String... roles) {
    AadUserConversationMember member = new AadUserConversationMember();
    member.setOdataType("#microsoft.graph.aadUserConversationMember");
    member.setRoles(List.of(roles));
    member.setAdditionalData(
        Map.of("user@odata.bind", "https://graph.microsoft.com/v1.0/users('" + user + "')"));
    return member;
  }

  private void approve(String appId, String version) {
    String admin =
        token("{\"user\":\"%s\",\"permissions\":[\"AppCatalog.ReadWrite.All\"]}".formatted(MEGAN));
    String definitions = "/v1.0/appCatalogs/teamsApps/" + appId + "/appDefinitions";
    for (JsonNode one : JSON.readTree(send("GET", definitions, admin, null).body()).path("value")) {
      if (one.path("version").stringValue().equals(version)) {
        HttpResponse<String> answer =
            server.send(
                HttpRequest.newBuilder(
                        URI.create(
                            server.http() + definitions + "/" + one.path("id").stringValue()))
                    .header("Authorization", "Bearer " + admin)
                    .header("Content-Type", "application/json")
                    .header("If-Match", one.path("@odata.etag").stringValue())
                    .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.ofString("{\"publishingState\":\"published\"}"))
                    .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      }
    }
  }

  private String token(String wish) {
    HttpResponse<String> answer = send("POST", "/fettle/dev/tokens", null, wish);
    return JSON.readTree(answer.body()).path("access_token").stringValue();
  }

  private HttpResponse<String> send(String method, String path, String token, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.http() + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return server.send(request.build());
  }

  private static TeamsAppPermissionSet set(String... namesAndTypes) {
    TeamsAppPermissionSet set = new TeamsAppPermissionSet();
    set.setResourceSpecificPermissions(
        Stream.iterate(0, i -> i < namesAndTypes.length, i -> i + 2)
            .map(
                i -> {
                  var one = new TeamsAppResourceSpecificPermission();
                  one.setPermissionValue(namesAndTypes[i]);
                  one.setPermissionType(
                      TeamsAppResourceSpecificPermissionType.forValue(namesAndTypes[i + 1]));
                  return one;
                })
            .toList());
    return set;
  }

  /** A new object for each call: the SDK sends only what was set since the last one. */
  private static TeamsAppInstallation notesWithConsent() {
    TeamsAppInstallation installation = installation(NOTES);
    installation.setConsentedPermissionSet(
        set(
            "OnlineMeeting.ReadBasic.Chat",
            "delegated",
            "OnlineMeetingIncomingAudio.Detect.Chat",
            "delegated",
            "ChatMember.Read.Chat",
            "application",
            "ChatMessage.Read.Chat",
            "application"));
    return installation;
  }

  private static TeamsAppInstallation installation(String appId) {
    TeamsAppInstallation installation = new TeamsAppInstallation();
    installation.setAdditionalData(
        Map.of(
            "teamsApp@odata.bind",
            "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/" + appId));
    return installation;
  }
}
