package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.packages.Manifests;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
class ActivityNotificationsTest {

  private static final String ALEX = "97a5a533-833d-494b-b543-c0afe026cb96";
  private static final String DIEGO = "f32b83bb-4fc8-4db7-b7f5-76cdbbb8aa1c";
  private static final String TO_ALEX =
      "/v1.0/users/" + ALEX + "/teamwork/sendActivityNotification";
  private static final String TO_CHAT =
      "/v1.0/chats/" + TeamsWorld.CHAT + "/sendActivityNotification";
  private static final String TO_TEAM =
      "/beta/teams/" + TeamsWorld.TEAM + "/sendActivityNotification";
  private static final String LINK = "https://teams.microsoft.com/l/message/19:x/1?a=b%20c";
  private static final String TOPIC =
      "\"topic\":{\"source\":\"text\",\"value\":\"Deployments\",\"webUrl\":\"" + LINK + "\"}";
  private static final String TASK =
      "\"activityType\":\"taskCreated\",\"templateParameters\":[{\"name\":\"taskId\",\"value\":\"Task"
          + " 12322\"}]";
  private static final String READER = InProcess.app("TeamsActivity.Read.All");

  private final Db db;
  private final TeamsWorld world;
  private final String client = UUID.randomUUID().toString();
  private final String granted = InProcess.registered(client);
  private final String sending = InProcess.registered(client, "TeamsActivity.Send");

  ActivityNotificationsTest(Db db) {
    this.db = db;
    this.world = new TeamsWorld(db);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private ObjectNode manifest(String version, String... permissions) {
    ObjectNode manifest =
        Manifests.with(Manifests.plain(UUID.randomUUID().toString(), version), client, permissions);
    ArrayNode types = manifest.putObject("activities").putArray("activityTypes");
    types
        .addObject()
        .put("type", "taskCreated")
        .put("description", "A task")
        .put("templateText", "{actor} created task {taskId} for you");
    types
        .addObject()
        .put("type", "eventCreated")
        .put("description", "An event")
        .put("templateText", "{actor} created an event");
    return manifest;
  }

  private String install(Scoped scope, String owner, String... permissions) {
    String app = world.publish(manifest("1.0.0", permissions));
    String consent = permissions.length == 0 ? "" : TeamsWorld.consent(permissions);
    String _ =
        world.install(
            InProcess.app("TeamsAppInstallation.ReadWriteAndConsentFor" + scope.family + ".All"),
            scope.collection.formatted(owner),
            app,
            consent);
    return app;
  }

  private enum Scoped {
    USER("User", "/v1.0/users/%s/teamwork/installedApps"),
    CHAT("Chat", "/v1.0/chats/%s/installedApps"),
    TEAM("Team", "/v1.0/teams/%s/installedApps");

    final String family;
    final String collection;

    Scoped(String family, String collection) {
      this.family = family;
      this.collection = collection;
    }
  }

  @Test
  void an_app_sends_by_what_the_user_consented_to_and_not_without() {
    Answer before = world.server.post(granted, TO_ALEX, body(TOPIC, TASK));
    ok(403, before);
    assertThat(message(before))
        .isEqualTo(
            "Missing role permissions on the request. API requires one of 'TeamsActivity.Send,"
                + " TeamsActivity.Send.User'. Roles on the request ''. Resource specific consent"
                + " grants on the request ''.");
    String app = install(Scoped.USER, ALEX, "TeamsActivity.Send.User", "Application");

    long statements = db.statements();
    ok(204, world.server.post(granted, TO_ALEX, body(TOPIC, TASK, "\"chainId\":7")));
    assertThat(db.statements() - statements).isLessThanOrEqualTo(6);
    world.clock.advance(Duration.ofSeconds(1));
    // By his other name, in beta, and about the app itself.
    ok(
        204,
        world.server.post(
            granted,
            "/beta/users/alex@contoso.example/teamwork/microsoft.graph.sendActivityNotification",
            body(entity("/appCatalogs/teamsApps/" + app), TASK)));
    // The grant is Alex's, and nobody else's.
    ok(403, world.server.post(granted, TO_ALEX.replace(ALEX, DIEGO), body(TOPIC, TASK)));

    JsonNode sent = sent(app).get(1);
    assertThat(sent.path("title").stringValue())
        .isEqualTo("Test App created task Task 12322 for you");
    assertThat(sent.path("recipients").toString()).isEqualTo("[\"" + ALEX + "\"]");
    assertThat(sent.path("ownerKind").stringValue()).isEqualTo("user");
    assertThat(sent.path("topicValue").stringValue()).isEqualTo("Deployments");
    assertThat(sent.path("webUrl").stringValue()).isEqualTo(LINK);
    assertThat(sent.path("senderAppId").stringValue()).isEqualTo(client);
    assertThat(sent.path("chainId").longValue()).isEqualTo(7);
    assertThat(sent.path("previewText").isNull()).isTrue();
    assertThat(
            world
                .server
                .get(READER, "/fettle/v1.0/activityNotifications/" + sent.path("id").stringValue())
                .json()
                .path("activityType")
                .stringValue())
        .isEqualTo("taskCreated");
  }

  /** A permission of the whole tenant does not make up for the app that is not there. */
  @Test
  void the_app_has_to_be_installed_for_the_recipient() {
    Answer refused = world.server.post(sending, TO_ALEX, body(TOPIC, TASK));
    ok(403, refused);
    assertThat(message(refused))
        .isEqualTo(
            "Application with AAD App Id '%s' is not authorized to generate custom text notifications about '%s' to the recipient. Ensure that the expected Teams app is installed in the target scope (user, team, or chat)."
                .formatted(client, TO_ALEX));
    install(Scoped.TEAM, TeamsWorld.TEAM);
    ok(403, world.server.post(sending, TO_ALEX, body(TOPIC, TASK)));
    // In a chat that Alex is in it is installed for him.
    install(Scoped.CHAT, TeamsWorld.CHAT);
    Answer ambiguous =
        world.server.post(sending, TO_ALEX.replace(ALEX, TeamsWorld.MEGAN), body(TOPIC, TASK));
    ok(204, world.server.post(sending, TO_ALEX, body(TOPIC, TASK)));
    // Megan has the chat and the team, with an app of the same registration in each.
    ok(409, ambiguous);
    assertThat(message(ambiguous))
        .startsWith("Found multiple applications with the same Microsoft Entra App ID '" + client);
    assertThat(
            world
                .server
                .get(
                    InProcess.app("AuditLog.Read.All"),
                    "/fettle/v1.0/auditEntries?$filter=action%20eq%20'sendActivityNotification'%20and%20outcome%20eq%20'refused'")
                .body())
        .contains("is not authorized to generate");
  }

  @Test
  void several_apps_of_one_registration_are_told_apart_by_teamsAppId() {
    String one = install(Scoped.USER, ALEX);
    String two = install(Scoped.USER, ALEX);
    ok(409, world.server.post(sending, TO_ALEX, body(TOPIC, TASK)));
    ok(
        204,
        world.server.post(sending, TO_ALEX, body(TOPIC, TASK, "\"teamsAppId\":\"" + two + "\"")));
    assertThat(sent(two)).hasSize(1);
    assertThat(sent(one)).isEmpty();
    refused(
        "teamsAppId",
        world.server.post(sending, TO_ALEX, body(TOPIC, TASK, "\"teamsAppId\":\"x\"")));
  }

  @Test
  void members_of_a_chat_are_told_one_by_one_or_all_together() {
    String app = install(Scoped.CHAT, TeamsWorld.CHAT, "TeamsActivity.Send.Chat", "Application");
    String topic = entity("/chats/" + TeamsWorld.CHAT + "/messages/1616990032035");
    ok(204, world.server.post(granted, TO_CHAT, body(topic, TASK, user("microsoft.graph", ALEX))));
    // As older pages print the type, with the user's name, in beta.
    ok(
        204,
        world.server.post(
            granted,
            TO_CHAT.replace("/v1.0", "/beta"),
            body(topic, TASK, user("Microsoft.Teams.GraphSvc", "ALEX@contoso.example"))));
    world.clock.advance(Duration.ofSeconds(1));
    String event = "\"activityType\":\"eventCreated\"";
    String all =
        recipient("chatMembersNotificationRecipient", "\"chatId\":\"" + TeamsWorld.CHAT + "\"");
    ok(204, world.server.post(granted, TO_CHAT, body(TOPIC, event, all)));
    assertThat(sent(app).get(0).path("recipients").toString())
        .contains(TeamsWorld.MEGAN)
        .contains(ALEX);

    Answer stranger =
        world.server.post(granted, TO_CHAT, body(TOPIC, TASK, user("microsoft.graph", DIEGO)));
    ok(403, stranger);
    assertThat(message(stranger))
        .endsWith("The recipient '" + DIEGO + "' is not a member of the chat.");
    ok(
        404,
        world.server.post(granted, TO_CHAT, body(TOPIC, TASK, user("microsoft.graph", "nobody"))));
    refused(
        "recipient/chatId",
        world.server.post(
            granted,
            TO_CHAT,
            body(TOPIC, event, all.replace(TeamsWorld.CHAT, "19:other@thread.v2"))));
    refused("recipient", world.server.post(granted, TO_CHAT, body(TOPIC, event)));
    refused(
        "recipient/@odata.type",
        world.server.post(
            granted,
            TO_CHAT,
            body(
                TOPIC,
                event,
                recipient(
                    "teamMembersNotificationRecipient",
                    "\"teamId\":\"" + TeamsWorld.TEAM + "\""))));
    refused(
        "topic/value",
        world.server.post(
            granted,
            TO_CHAT,
            body(entity("/chats/19:other@thread.v2"), TASK, user("microsoft.graph", ALEX))));
    ok(
        404,
        world.server.post(
            sending,
            TO_CHAT.replace(TeamsWorld.CHAT, "19:none@thread.v2"),
            body(TOPIC, event, all.replace(TeamsWorld.CHAT, "19:none@thread.v2"))));
  }

  @Test
  void members_of_a_team_and_of_its_channels_are_told() {
    String app = install(Scoped.TEAM, TeamsWorld.TEAM, "TeamsActivity.Send.Group", "Application");
    String topic = entity("/teams('" + TeamsWorld.TEAM + "')/channels/19:a@thread.tacv2/tabs/t1");
    ok(
        204,
        world.server.post(
            granted, TO_TEAM, body(topic, TASK, user("microsoft.graph", TeamsWorld.MEGAN))));
    String event = "\"activityType\":\"eventCreated\"";
    String team = "\"teamId\":\"" + TeamsWorld.TEAM.toUpperCase(java.util.Locale.ROOT) + "\"";
    ok(
        204,
        world.server.post(
            granted,
            TO_TEAM,
            body(TOPIC, event, recipient("teamMembersNotificationRecipient", team))));
    ok(
        204,
        world.server.post(
            granted,
            TO_TEAM,
            body(
                TOPIC,
                event,
                recipient(
                    "channelMembersNotificationRecipient",
                    team
                        + ",\"channelId\":\"19:0ea5de04de4743bcb4cd20cb99235d99@thread.tacv2\""))));
    assertThat(sent(app)).hasSize(3);
    // What one team has granted is not another's.
    ok(403, world.server.post(granted, TO_CHAT, body(TOPIC, TASK, user("microsoft.graph", ALEX))));
  }

  @Test
  void every_rule_names_the_member_that_broke_it() {
    install(Scoped.USER, ALEX);
    refused("topic", post("{" + TASK + "}"));
    refused(
        "topic/source",
        post(body("\"topic\":{\"value\":\"x\",\"webUrl\":\"" + LINK + "\"}", TASK)));
    refused("topic/webUrl", post(body("\"topic\":{\"source\":\"text\",\"value\":\"x\"}", TASK)));
    for (String link :
        List.of(
            "https://contoso.com/x",
            "http://teams.microsoft.com/x",
            "https://teams.microsoft.com.contoso.com/x",
            "https://contoso.com/teams.microsoft.com",
            "nonsense")) {
      refused("topic/webUrl", post(body(TOPIC.replace(LINK, link), TASK)));
    }
    for (String value :
        List.of(
            "/users/" + DIEGO + "/teamwork/installedApps/x",
            "/users/" + ALEX,
            "/appCatalogs/teamsApps/other",
            "/chats/" + TeamsWorld.CHAT)) {
      refused("topic/value", post(body(entity(value), TASK)));
    }
    refused(
        "topic/value",
        post(body("\"topic\":{\"source\":\"entityUrl\",\"value\":\"plain\"}", TASK)));
    refused("activityType", post(body(TOPIC)));
    Answer unknown = post(body(TOPIC, TASK.replace("taskCreated", "taskEnded")));
    refused("activityType", unknown);
    assertThat(message(unknown)).contains("Declared: eventCreated, taskCreated;");
    Answer missing = post(body(TOPIC, TASK.replace("taskId", "task")));
    refused("templateParameters", missing);
    assertThat(message(missing)).contains("'taskId'").contains("{actor} created task {taskId}");
    String two = "[{\"name\":\"taskId\",\"value\":\"1\"},{\"name\":\"%s\",\"value\":\"2\"}]";
    String type = "\"activityType\":\"taskCreated\",\"templateParameters\":";
    refused("templateParameters", post(body(TOPIC, type + two.formatted("more"))));
    refused("templateParameters", post(body(TOPIC, type + two.formatted("actor"))));
    refused("templateParameters/1/name", post(body(TOPIC, type + two.formatted("taskId"))));
    refused("templateParameters/0/value", post(body(TOPIC, type + "[{\"name\":\"taskId\"}]")));
    refused(
        "templateParameters",
        post(body(TOPIC, "\"activityType\":\"systemDefault\",\"templateParameters\":[]")));
    refused(
        "previewText/content",
        post(body(TOPIC, TASK, "\"previewText\":{\"content\":\"" + "x".repeat(4_097) + "\"}")));
    refused("recipient", post(body(TOPIC, TASK, user("microsoft.graph", ALEX))));
  }

  private Answer post(String body) {
    return world.server.post(sending, TO_ALEX, body);
  }

  @Test
  void free_text_takes_no_declared_type_and_previews_show_150_characters() {
    String app = install(Scoped.USER, ALEX);
    String free =
        "\"activityType\":\"systemDefault\",\"templateParameters\":[{\"name\":\"systemDefaultText\",\"value\":\"Take"
            + " $1 break {x}\"}]";
    ok(
        204,
        post(
            body(
                TOPIC,
                free,
                "\"previewText\":{\"contentType\":\"text\",\"content\":\""
                    + "y".repeat(151)
                    + "\"}")));
    JsonNode sent = sent(app).get(0);
    assertThat(sent.path("title").stringValue()).isEqualTo("Take $1 break {x}");
    assertThat(sent.path("previewText").stringValue()).isEqualTo("y".repeat(150));
  }

  @Test
  void one_of_the_same_chain_overrides_the_one_before() {
    String app = install(Scoped.USER, ALEX);
    for (String chain : List.of("5", "6", "5")) {
      ok(204, post(body(TOPIC, TASK, "\"chainId\":" + chain)));
      world.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(sent(app))
        .extracting(one -> one.path("chainId").longValue() + " " + one.path("overridden"))
        .containsExactly("5 false", "6 false", "5 true");
  }

  @Test
  void users_send_to_others_and_see_what_is_theirs() {
    String app = world.publish(Manifests.with(manifest("1.0.0"), TeamsWorld.SELF));
    String _ =
        world.install(
            InProcess.app("TeamsAppInstallation.ReadWriteForUser.All"),
            Scoped.USER.collection.formatted(ALEX),
            app,
            "");
    String megan = InProcess.user(TeamsWorld.MEGAN, "TeamsActivity.Send");
    ok(204, world.server.post(megan, TO_ALEX, body(TOPIC, TASK)));
    Answer self =
        world.server.post(InProcess.user(ALEX, "TeamsActivity.Send"), TO_ALEX, body(TOPIC, TASK));
    ok(403, self);
    assertThat(message(self)).contains("to themselves");

    assertThat(sent(app).get(0).path("title").stringValue()).startsWith("Test user created");
    String list = "/fettle/v1.0/activityNotifications?$filter=teamsAppId%20eq%20'" + app + "'";
    assertThat(world.server.get(megan, list).json().path("value")).hasSize(1);
    assertThat(
            world.server.get(InProcess.user(ALEX, "TeamsActivity.Read"), list).json().path("value"))
        .hasSize(1);
    assertThat(
            world
                .server
                .get(InProcess.user(DIEGO, "TeamsActivity.Read"), list)
                .json()
                .path("value"))
        .isEmpty();
  }

  @Test
  void what_was_sent_is_forgotten_after_thirty_days() {
    String app = install(Scoped.USER, ALEX);
    ok(204, post(body(TOPIC, TASK)));
    world.clock.advance(Duration.ofDays(2));
    ok(204, post(body(TOPIC, TASK)));
    ActivityNotifications kept =
        new ActivityNotifications(
            db,
            new AuditTrail(db, world.clock, Ids.random(), Duration.ofDays(1)),
            world.clock,
            Ids.random());
    world.clock.advance(Duration.ofDays(28));
    assertThat(kept.forgetOld(world.clock.instant())).isTrue();
    assertThat(sent(app)).hasSize(2);
    world.clock.advance(Duration.ofSeconds(1));
    assertThat(kept.forgetOld(world.clock.instant())).isTrue();
    assertThat(sent(app)).hasSize(1);
  }

  private List<JsonNode> sent(String app) {
    return world
        .server
        .get(READER, "/fettle/v1.0/activityNotifications?$filter=teamsAppId%20eq%20'" + app + "'")
        .json()
        .path("value")
        .valueStream()
        .toList();
  }

  private static String entity(String path) {
    return "\"topic\":{\"source\":\"entityUrl\",\"value\":\"https://graph.microsoft.com/v1.0"
        + path
        + "\"}";
  }

  private static String user(String namespace, String key) {
    return "\"recipient\":{\"@odata.type\":\"%s.aadUserNotificationRecipient\",\"userId\":\"%s\"}"
        .formatted(namespace, key);
  }

  private static String recipient(String type, String members) {
    return "\"recipient\":{\"@odata.type\":\"#microsoft.graph.%s\",%s}".formatted(type, members);
  }

  private static String body(String... members) {
    String body = "{" + String.join(",", members) + "}";
    assertThat(Json.readTrusted(body).isObject()).isTrue();
    return body;
  }

  private static void refused(String target, Answer answer) {
    ok(400, answer);
    assertThat(answer.json().path("error").path("target").asString(""))
        .as(answer.body())
        .isEqualTo(target);
  }

  private static String message(Answer answer) {
    return answer.json().path("error").path("message").stringValue();
  }

  private static void ok(int status, Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }
}
