package dev.fettle.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Paths of the directory that public pages print, on the documented seed. */
@WithPostgres
class DirectoryPathsTest {

  private static final String MEGAN = "5b649834-7412-4cce-9e69-176e95a394f5";
  private static final String DIEGO = "f32b83bb-4fc8-4db7-b7f5-76cdbbb8aa1c";
  private static final String CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";
  private static final String TEAM = "6903fa93-605b-43ef-920e-77c4729f8258";

  private final Db db;
  private final InProcess server;
  private final TestClock clock = new TestClock();

  DirectoryPathsTest(Db db, @TempDir Path data) {
    this.db = db;
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void seed() throws IOException {
    var _ =
        new Tenants(db, clock, Tenants.Birth.BY_OPERATOR)
            .ensure(InProcess.TENANT, "DEFAULT", "Contoso");
    for (String name : List.of("directory", "teams")) {
      try (InputStream in =
          Objects.requireNonNull(
              DirectoryPathsTest.class.getResourceAsStream("/seed/" + name + ".json"), name)) {
        server
            .application()
            .seed(
                InProcess.TENANT,
                Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      }
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Each new row with the least permission that opens it, and with one that does not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Chat.ReadBasic.All | /users/{user}/chats/{chat}",
        "ChatMember.Read.All | /users/{user}/chats/{chat}/members",
        "ChatMember.Read.All | /users/{user}/chats/{chat}/members/$count",
        "GroupMember.Read.All | /groups",
        "GroupMember.Read.All | /groups/$count",
        "GroupMember.Read.All | /groups/{team}",
        "GroupMember.Read.All | /groups/{team}/members",
        "GroupMember.Read.All | /groups/{team}/members/$count",
        "GroupMember.Read.All | /groups/{team}/members/microsoft.graph.user",
        "GroupMember.Read.All | /groups/{team}/members/microsoft.graph.user/$count",
        "GroupMember.Read.All | /groups/{team}/owners",
        "GroupMember.Read.All | /groups/{team}/owners/$count",
        "GroupMember.Read.All | /groups/{team}/owners/microsoft.graph.user",
        "GroupMember.Read.All | /groups/{team}/owners/microsoft.graph.user/$count",
        "Channel.ReadBasic.All | /teams/{team}/channels",
        "Channel.ReadBasic.All | /teams/{team}/channels/$count",
        "Channel.ReadBasic.All | /teams/{team}/primaryChannel",
      })
  void a_path_opens_to_its_least_permission_and_to_no_other(String permission, String template) {
    String path = template.replace("{user}", MEGAN).replace("{chat}", CHAT).replace("{team}", TEAM);
    for (String version : List.of("/v1.0", "/beta")) {
      assertThat(server.get(InProcess.app(permission), version + path).status())
          .as(version + path)
          .isEqualTo(200);
      assertThat(server.get(InProcess.app("TeamworkDevice.ReadWrite.All"), version + path).status())
          .as(version + path)
          .isEqualTo(403);
    }
  }

  @Test
  void a_chat_is_reached_through_those_who_are_in_it_alone() {
    String app = InProcess.app("Chat.Read.All");
    String megan = InProcess.user(MEGAN, "Chat.Read");
    String diego = InProcess.user(DIEGO, "Chat.Read");
    for (String path : List.of("", "/members", "/members/$count")) {
      String target = "/chats/" + CHAT + path;
      assertThat(server.get(megan, "/v1.0/me" + target).status()).as(path).isEqualTo(200);
      assertThat(server.get(diego, "/v1.0/me" + target).status()).as(path).isEqualTo(404);
      assertThat(server.get(app, "/v1.0/me" + target).status()).as(path).isEqualTo(403);
      assertThat(server.get(app, "/v1.0/users/megan@contoso.example" + target).status())
          .as(path)
          .isEqualTo(200);
      assertThat(server.get(app, "/v1.0/users/" + DIEGO + target).status()).as(path).isEqualTo(404);
    }
    JsonNode member =
        server.get(megan, "/v1.0/me/chats/" + CHAT + "/members").json().at("/value/0");
    assertThat(member.path("@odata.type").stringValue())
        .isEqualTo("#microsoft.graph.aadUserConversationMember");
    String path = "/chats/" + CHAT + "/members/" + member.path("id").stringValue();
    assertThat(server.get(megan, "/v1.0/me" + path).json().path("userId"))
        .isEqualTo(member.path("userId"));
    assertThat(server.get(app, "/beta/users/" + MEGAN + path).status()).isEqualTo(200);
    assertThat(server.get(diego, "/v1.0/me" + path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/chats",
        "/chats/$count",
        "/chats/{chat}",
        "/chats/{chat}/members",
        "/chats/{chat}/members/$count",
        "/chats/{chat}/members/{member}",
        "/joinedTeams",
        "/joinedTeams/$count",
        "/teamwork/associatedTeams",
        "/teamwork/associatedTeams/$count",
      })
  void me_is_the_signed_in_user_and_nobody_else(String template) {
    String[] permissions = {"User.Read.All", "Chat.Read", "Team.ReadBasic.All"};
    String megan = InProcess.user(MEGAN, permissions);
    String app = InProcess.app("User.Read.All", "Chat.Read.All", "Team.ReadBasic.All");
    String member =
        server
            .get(megan, "/v1.0/chats/" + CHAT + "/members")
            .json()
            .at("/value/0/id")
            .stringValue();
    String path = template.replace("{chat}", CHAT).replace("{member}", member);
    for (String version : List.of("/v1.0", "/beta")) {
      Answer mine = server.get(megan, version + "/me" + path);
      assertThat(mine.status()).as(mine.body()).isEqualTo(200);
      assertThat(withoutContext(mine))
          .isEqualTo(withoutContext(server.get(app, version + "/users/" + MEGAN + path)));
      Answer others = server.get(InProcess.user(DIEGO, permissions), version + "/me" + path);
      assertThat(withoutContext(others)).isNotEqualTo(withoutContext(mine));
      assertThat(server.get(app, version + "/me" + path).status()).isEqualTo(403);
      assertThat(
              server
                  .get(InProcess.user(MEGAN, "TeamworkDevice.Read.All"), version + "/me" + path)
                  .status())
          .isEqualTo(403);
    }
  }

  private static String withoutContext(Answer answer) {
    return answer.body().replaceAll("\"@odata.context\":\"[^\"]*\",?", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1.0", "/beta"})
  void a_group_shows_its_team_and_takes_it_along_when_it_is_deleted(String version) {
    String app = InProcess.app("Group.ReadWrite.All");
    String reader = InProcess.app("Group.Read.All");
    Answer made = server.post(app, version + "/teams", "{\"displayName\":\"Short-lived\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(202);
    JsonNode team = server.get(reader, version + made.header("Content-Location")).json();
    String group = version + "/groups/" + team.path("id").stringValue();
    assertThat(server.get(reader, group + "/team").json().path("displayName"))
        .isEqualTo(team.path("displayName"));
    assertThat(server.get(InProcess.app("Chat.Read.All"), group + "/team").status()).isEqualTo(403);

    assertThat(server.delete(reader, group).status()).isEqualTo(403);
    assertThat(server.get(reader, group).status()).isEqualTo(200);
    assertThat(server.delete(app, group).status()).isEqualTo(204);
    assertThat(server.get(reader, group).status()).isEqualTo(404);
    assertThat(server.get(reader, version + made.header("Content-Location")).status())
        .isEqualTo(404);
  }

  /** The first is how CLI for Microsoft 365 asks for all teams. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resourceProvisioningOptions/Any(x:x eq 'Team') | all",
        "resourceProvisioningOptions/ANY(x:x eq 'Team') | all",
        "resourceProvisioningOptions/any(x:x%20eq%20'Yammer') | 0",
        "groupTypes/any(c:c eq 'Unified') and displayName eq 'Contoso' | 1",
        "mailEnabled eq false | 0",
      })
  void groups_are_those_of_teams(String filter, String found) {
    Answer answer =
        server.get(
            InProcess.app("Group.Read.All"),
            "/v1.0/groups?$filter=" + filter.replace(" ", "+") + "&$select=id,displayName");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    String all = server.get(InProcess.app("Team.ReadBasic.All"), "/v1.0/teams/$count").body();
    assertThat(answer.json().path("value").size())
        .isEqualTo(Integer.parseInt(found.equals("all") ? all : found));
  }

  @Test
  void a_group_has_the_members_and_owners_of_its_team() {
    String app = InProcess.app("Group.Read.All", "TeamMember.Read.All");
    JsonNode group = server.get(app, "/v1.0/groups/" + TEAM).json();
    assertThat(group.path("displayName").stringValue()).isEqualTo("Field service");
    assertThat(group.path("groupTypes").get(0).stringValue()).isEqualTo("Unified");
    assertThat(group.path("visibility").stringValue()).isEqualTo("Private");
    JsonNode owners = server.get(app, "/v1.0/groups/" + TEAM + "/owners").json().path("value");
    assertThat(owners.size()).isEqualTo(1);
    assertThat(owners.get(0).path("@odata.type").stringValue()).isEqualTo("#microsoft.graph.user");
    assertThat(owners.get(0).path("userPrincipalName").stringValue())
        .isEqualTo("megan@contoso.example");
    assertThat(server.get(app, "/v1.0/groups/" + TEAM + "/members/$count").body()).isEqualTo("2");
    assertThat(
            server
                .get(app, "/beta/teams/" + TEAM + "/owners?$select=id,userType")
                .json()
                .at("/value/0/userType")
                .stringValue())
        .isEqualTo("Member");
    assertThat(server.get(app, "/beta/teams/" + TEAM + "/owners/$count").body()).isEqualTo("1");
    assertThat(
            server.get(InProcess.app("Chat.Read.All"), "/beta/teams/" + TEAM + "/owners").status())
        .isEqualTo(403);
    for (String path : List.of("", "/owners", "/members", "/members/$count")) {
      assertThat(server.get(app, "/v1.0/groups/" + DIEGO + path).status()).isEqualTo(404);
    }
  }

  @Test
  void every_team_has_the_channel_general() {
    String app = InProcess.app("ChannelSettings.Read.All");
    JsonNode primary = server.get(app, "/v1.0/teams/" + TEAM + "/primaryChannel").json();
    assertThat(primary.path("displayName").stringValue()).isEqualTo("General");
    assertThat(primary.path("membershipType").stringValue()).isEqualTo("standard");
    assertThat(primary.path("@odata.context").stringValue())
        .endsWith("$metadata#teams('" + TEAM + "')/primaryChannel");
    String id = primary.path("id").stringValue();
    assertThat(id).matches("19:[0-9a-f]{32}@thread\\.tacv2");
    assertThat(server.get(app, "/v1.0/teams/" + TEAM + "/channels").json().at("/value/0/id"))
        .isEqualTo(primary.path("id"));
    for (String version : List.of("/v1.0", "/beta")) {
      assertThat(
              server
                  .get(app, version + "/teams/" + TEAM + "/channels/" + id)
                  .json()
                  .path("displayName"))
          .isEqualTo(primary.path("displayName"));
    }
    assertThat(
            server
                .get(InProcess.app("Chat.Read.All"), "/v1.0/teams/" + TEAM + "/channels/" + id)
                .status())
        .isEqualTo(403);
    assertThat(server.get(app, "/v1.0/teams/" + DIEGO + "/channels").status()).isEqualTo(404);
    assertThat(server.get(app, "/v1.0/teams/" + DIEGO + "/primaryChannel").status()).isEqualTo(404);
    assertThat(server.get(app, "/v1.0/teams/" + TEAM + "/channels/19:x@thread.tacv2").status())
        .isEqualTo(404);
  }

  /** The full example of the page, without the tabs and apps that nothing here holds. */
  @Test
  void a_team_is_made_with_the_channels_and_settings_that_the_page_prints() {
    String app = InProcess.app("Group.ReadWrite.All");
    Answer made =
        server.post(
            app,
            "/v1.0/teams",
            """
            {"template@odata.bind":"https://graph.microsoft.com/v1.0/teamsTemplates('standard')",
             "visibility":"Private","displayName":"Sample Engineering Team","description":"A sample",
             "channels":[
               {"displayName":"Announcements 📢","isFavoriteByDefault":true,"description":"For all"},
               {"displayName":"Planning 📅 ","isFavoriteByDefault":false},
               {"displayName":"Issues and Feedback 🐞"}],
             "memberSettings":{"allowCreateUpdateChannels":true,"allowDeleteChannels":false},
             "guestSettings":{"allowCreateUpdateChannels":false,"allowDeleteChannels":false},
             "funSettings":{"allowGiphy":true,"giphyContentRating":"Strict"},
             "messagingSettings":{"allowUserEditMessages":true},
             "owners@odata.bind":["https://graph.microsoft.com/beta/users('%s')"]}
            """
                .formatted(MEGAN));
    assertThat(made.status()).as(made.body()).isEqualTo(202);
    String location = Objects.requireNonNull(made.header("Content-Location"));
    String path = "/v1.0" + location;
    JsonNode team = server.get(app, path).json();
    assertThat(team.at("/memberSettings/allowDeleteChannels").booleanValue()).isFalse();
    assertThat(team.at("/memberSettings/allowAddRemoveApps").booleanValue()).isTrue();
    assertThat(team.at("/funSettings/giphyContentRating").stringValue()).isEqualTo("strict");
    JsonNode channels = server.get(app, path + "/channels").json().path("value");
    List<String> shown = new ArrayList<>();
    channels.forEach(
        one ->
            shown.add(
                one.path("displayName").stringValue() + " " + one.path("isFavoriteByDefault")));
    assertThat(shown)
        .containsExactlyInAnyOrder(
            "General null",
            "Announcements 📢 true",
            "Planning 📅  false",
            "Issues and Feedback 🐞 false");
    assertThat(
            server.get(app, "/beta" + location + "/owners").json().at("/value/0/id").stringValue())
        .isEqualTo(MEGAN);
    JsonNode operation = server.get(app, Objects.requireNonNull(made.header("Location"))).json();
    assertThat(operation.path("status").stringValue()).isEqualTo("succeeded");
    assertThat(operation.path("targetResourceLocation").stringValue()).isEqualTo(location);

    assertThat(
            server.patch(app, path, "{\"memberSettings\":{\"allowAddRemoveApps\":false}}").status())
        .isEqualTo(204);
    JsonNode after = server.get(app, path).json().path("memberSettings");
    assertThat(after.path("allowAddRemoveApps").booleanValue()).isFalse();
    assertThat(after.path("allowDeleteChannels").booleanValue()).isFalse();
    assertThat(server.patch(app, path, "{\"channels\":[]}").status()).isEqualTo(400);
    assertThat(server.delete(app, path).status()).isEqualTo(204);
    assertThat(server.get(app, path + "/channels").status()).isEqualTo(404);
  }

  @Test
  void the_first_channel_of_a_new_team_may_have_another_name() {
    String app = InProcess.app("Group.ReadWrite.All");
    Answer made =
        server.post(
            app, "/v1.0/teams", "{\"displayName\":\"T\",\"firstChannelName\":\"Reception\"}");
    String team = "/v1.0" + Objects.requireNonNull(made.header("Content-Location"));
    assertThat(server.get(app, team + "/primaryChannel/displayName/$value").body())
        .isEqualTo("Reception");
    assertThat(server.get(app, team).json().has("firstChannelName")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'channels':[{'displayName':'general'}] | channels",
        "'channels':[{'displayName':'A'},{'displayName':'a'}] | channels",
        "'channels':[{'description':'x'}] | displayName",
        "'channels':[{'displayName':'A','membershipType':'private'}] | membershipType",
        "'channels':[{'displayName':'A','id':'x'}] | id",
        "'channels':[{'displayName':'A','email':'x'}] | email",
        "'installedApps':[{}] | installedApps",
        "'owners@odata.bind':['https://graph.microsoft.com/v1.0/nobody'] | owners@odata.bind",
        "'group@odata.bind':'https://graph.microsoft.com/v1.0/groups(1)' | group@odata.bind",
      })
  void what_a_new_team_cannot_have_is_refused_by_name(String member, String target) {
    Answer refused =
        server.post(
            InProcess.app("Team.Create"),
            "/v1.0/teams",
            "{\"displayName\":\"T\",%s}".formatted(member.replace('\'', '"')));
    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    assertThat(refused.json().at("/error/target").stringValue()).isEqualTo(target);
  }

  @Test
  void a_users_profile_is_kept_and_what_is_not_shown_by_itself_is_selected() {
    String app = InProcess.app("User.ReadWrite.All");
    Answer made =
        server.post(
            app,
            "/v1.0/users",
            """
            {"accountEnabled":true,"displayName":"Adele Vance","mailNickname":"AdeleV",
             "userPrincipalName":"adelev@contoso.example","givenName":"Adele","surname":"Vance",
             "jobTitle":"Retail Manager","department":"Retail","officeLocation":"18/2111",
             "mobilePhone":"+1 425 555 0109","businessPhones":["+1 425 555 0100"],
             "usageLocation":"US","city":"Seattle","preferredLanguage":"en-US",
             "passwordProfile":{"password":"not-kept-1"}}
            """);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String path = "/v1.0/users/adelev@contoso.example";
    assertThat(server.get(app, path).json().propertyNames())
        .containsExactlyInAnyOrder(
            "@odata.context",
            "businessPhones",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName");
    JsonNode selected =
        server
            .get(app, path + "?$select=department,usageLocation,userType,accountEnabled,city")
            .json();
    assertThat(selected.path("department").stringValue()).isEqualTo("Retail");
    assertThat(selected.path("usageLocation").stringValue()).isEqualTo("US");
    assertThat(selected.path("userType").stringValue()).isEqualTo("Member");
    assertThat(selected.path("accountEnabled").booleanValue()).isTrue();

    assertThat(
            server
                .patch(app, path, "{\"city\":null,\"userType\":\"Guest\",\"businessPhones\":[]}")
                .status())
        .isEqualTo(204);
    JsonNode after =
        server.get(app, path + "?$select=city,userType,department,businessPhones").json();
    assertThat(after.path("city").isNull()).isTrue();
    assertThat(after.path("userType").stringValue()).isEqualTo("Guest");
    assertThat(after.path("department").stringValue()).isEqualTo("Retail");
    assertThat(after.path("businessPhones").size()).isZero();
    assertThat(
            server
                .get(app, "/v1.0/users?$filter=userType+eq+'Guest'+and+department+eq+'Retail'")
                .json()
                .path("value")
                .size())
        .isEqualTo(1);
    for (String wrong :
        List.of(
            "\"usageLocation\":\"USA\"",
            "\"userType\":\"Robot\"",
            "\"businessPhones\":[\"1\",\"2\"]",
            "\"mobilePhone\":\"%s\"".formatted("1".repeat(65)))) {
      Answer refused = server.patch(app, path, "{" + wrong + "}");
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(wrong).contains(refused.json().at("/error/target").stringValue());
    }
  }

  @Test
  void a_meeting_chat_says_whose_meeting_it_is_and_no_chat_has_a_last_message() {
    String app = InProcess.app("Chat.ReadWrite.All");
    String meeting = "19:meeting_MjdhNjM4YzUtYzExZi00OTFkLTkzZTAtNTVlNmZmMDhkNGU2@thread.v2";
    JsonNode chat = server.get(app, "/v1.0/chats/" + meeting).json();
    assertThat(chat.at("/onlineMeetingInfo/organizer/id").stringValue()).isEqualTo(MEGAN);
    assertThat(chat.path("viewpoint").isNull()).isTrue();
    assertThat(chat.has("lastMessagePreview")).isFalse();
    JsonNode group =
        server.get(app, "/v1.0/chats/" + CHAT + "?$expand=lastMessagePreview,members").json();
    assertThat(group.path("onlineMeetingInfo").isNull()).isTrue();
    assertThat(group.path("lastMessagePreview").isNull()).isTrue();
    assertThat(group.path("members").size()).isEqualTo(2);
    Answer listed =
        server.get(
            InProcess.user(MEGAN, "Chat.Read"),
            "/v1.0/me/chats?$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime+desc");
    assertThat(listed.status()).as(listed.body()).isEqualTo(200);
    Answer made =
        server.post(
            app,
            "/beta/chats",
            """
            {"chatType":"meeting","topic":"Stand-up","members":[%s,%s]}
            """
                .formatted(member(MEGAN, ""), member(DIEGO, "\"owner\"")));
    assertThat(made.json().at("/onlineMeetingInfo/organizer/id").stringValue()).isEqualTo(DIEGO);
  }

  private static String member(String user, String roles) {
    return "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[%s],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"}"
        .formatted(roles, user);
  }

  /** The example of the pages that upgrade an app in a team, in both versions. */
  @ParameterizedTest
  @CsvSource({"v1.0", "beta"})
  void the_printed_upgrade_in_a_team_works_as_printed(String version) {
    Answer upgraded =
        server.post(
            InProcess.app("TeamsAppInstallation.ReadWriteForTeam.All"),
            "/"
                + version
                + "/teams/db5e04be-daa2-4a35-beb1-5e73cc381599/installedApps/NjkwM2ZhOTMtNjA1Yi00M2VmLTkyMGUtNzdjNDcyOWY4MjU4IyMwMjQwYTM2OC0yNWUwLTQ1NjktOGViZS0xMzYwMWNiNTVhMTg=/upgrade",
            null);
    assertThat(upgraded.status()).as(upgraded.body()).isEqualTo(204);
  }
}
