package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Headers;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.packages.Manifests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
class UpgradeTest {

  private static final String CHAT_APPS =
      "/v1.0/chats/19%3Aea28e88c00e94c7786b065394a61f296%40thread.v2/installedApps";
  private static final String USER_APPS =
      "/v1.0/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps";
  private static final String USER_UPGRADE =
      USER_APPS
          + "/NWI2NDk4MzQtNzQxMi00Y2NlLTllNjktMTc2ZTk1YTM5NGY1IyNhNmI2MzM2NS0zMWE0LTRmNDMtOTJlYy03MTBiNzE1NTdhZjk/upgrade";
  private static final String CHAT_UPGRADE =
      "/v1.0/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/installedApps/NjRiOWM3NDYtYjE1NS00MDQyLThkNDctOTQxYmQzODE2ODFiIyMwZDgyMGVjZC1kZWYyLTQyOTctYWRhZC03ODA1NmNkZTdjNzg=/upgrade";
  private static final String USER_CONSENT =
      "{\"consentedPermissionSet\":{\"resourceSpecificPermissions\":[{\"permissionValue\":\"TeamsActivity.Send.User\",\"permissionType\":\"Application\"}]}}";
  private static final String CHAT_CONSENT =
      "{\"consentedPermissionSet\":{\"resourceSpecificPermissions\":[{\"permissionValue\":\"OnlineMeeting.ReadBasic.Chat\",\"permissionType\":\"Delegated\"},{\"permissionValue\":\"ChatMember.Read.Chat\",\"permissionType\":\"Application\"}]}}";

  /** A request as a public page prints it; the body is null where there is none. */
  private record Printed(String path, String body) {}

  private static final List<Printed> PRINTED =
      List.of(
          new Printed(USER_UPGRADE, null),
          new Printed(USER_UPGRADE, USER_CONSENT),
          new Printed(CHAT_UPGRADE, "{}"),
          new Printed(CHAT_UPGRADE, CHAT_CONSENT));

  private static final String PLAIN = InProcess.app("TeamsAppInstallation.ReadWriteForChat.All");
  private static final String CONSENTING =
      InProcess.app("TeamsAppInstallation.ReadWriteAndConsentForChat.All");
  private static final String SELF =
      InProcess.app("TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All");

  private final Db db;
  private final TeamsWorld world;
  private final String externalId = UUID.randomUUID().toString();
  private final String client = UUID.randomUUID().toString();

  UpgradeTest(Db db) {
    this.db = db;
    this.world = new TeamsWorld(db);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /**
   * The consent example was refused until the newer version was approved, and then the plain one
   * was: whoever pasted a page line by line saw one of its two examples fail.
   */
  @Test
  void printed_examples_answer_204_in_any_order_and_again_with_nothing_approved_before() {
    String[] families = {
      "TeamsAppInstallation.ReadWriteForUser.All", "TeamsAppInstallation.ReadWriteForChat.All"
    };
    for (List<Printed> order : orders(PRINTED)) {
      String tenant = seeded();
      String caller = InProcess.appOf(tenant, families);
      for (Printed request : Stream.concat(order.stream(), order.stream()).toList()) {
        ok(world.server.post(caller, request.path(), request.body()));
      }
    }
  }

  @Test
  void the_printed_examples_of_the_team_page_answer_204_too() {
    String path =
        "/beta/teams/20988f0f-a647-42f6-be30-79e04de3c2ed/installedApps/MjA5ODhmMGYtYTY0Ny00MmY2LWJlMzAtNzllMDRkZTNjMmVkIyNmYTkzN2Y4OS1iYWNhLTQ5NzktYmY4YS00MmY5ODE5MWY3ODA=/upgrade";
    String consent =
        "{\"consentedPermissionSet\":{\"resourceSpecificPermissions\":[{\"permissionValue\":\"Channel.Create.Group\",\"permissionType\":\"application\"},{\"permissionValue\":\"ChannelMeeting.ReadBasic.Group\",\"permissionType\":\"delegated\"}]}}";
    String caller = InProcess.appOf(seeded(), "TeamsAppInstallation.ReadWriteForTeam.All");
    for (String body : new String[] {null, consent, "{}", consent}) {
      ok(world.server.post(caller, path, body));
    }
    ok(world.server.post(caller, path.replace("/upgrade", "/microsoft.graph.upgrade"), "{}"));
  }

  /** A data directory of the version before keeps its apps; the new seed finds them there. */
  @Test
  void a_tenant_that_the_earlier_seed_filled_takes_the_new_one() {
    String tenant = UUID.randomUUID().toString();
    ObjectNode earlier = (ObjectNode) TeamsWorld.seed("teams");
    for (JsonNode app : earlier.path("apps")) {
      if (app.path("displayName").stringValue().equals("Power Apps")) {
        ((ObjectNode) app.path("definitions").get(0)).remove("permissions");
        ((ObjectNode) app.path("definitions").get(1)).put("publishingState", "submitted");
      }
    }
    TeamsWorld.fill(db, tenant, earlier);
    TeamsWorld.fill(db, tenant, TeamsWorld.seed("teams"));

    String caller = InProcess.appOf(tenant, "TeamsAppInstallation.ReadWriteAndConsentForUser.All");
    ok(world.server.post(caller, USER_UPGRADE, null));
    ok(400, world.server.post(caller, USER_UPGRADE, USER_CONSENT));
  }

  @Test
  void the_version_that_waits_asks_for_consent_once_it_is_approved() {
    String tenant = seeded();
    String path =
        "/v1.0/chats/19:5bd86ec7f6b247d3b9e519b0bfef5d03@thread.v2/installedApps/MTk6NWJkODZlYzdmNmIyNDdkM2I5ZTUxOWIwYmZlZjVkMDNAdGhyZWFkLnYyIyM0ZTVhNmMzYy1jOTU5LTRiY2EtOGRiNy0wMGRiM2E0ODdjZTE=/upgrade";
    String plain = InProcess.appOf(tenant, "TeamsAppInstallation.ReadWriteForChat.All");
    String consenting =
        InProcess.appOf(tenant, "TeamsAppInstallation.ReadWriteAndConsentForChat.All");
    String more =
        "{"
            + TeamsWorld.consent(
                "ChatMessage.Read.Chat", "Application", "ChatMember.Read.Chat", "Application")
            + "}";
    ok(world.server.post(plain, path, null));
    // The set of the waiting version was refused without a word of that version.
    String approval =
        "Version 2.0.0 is submitted and waits for its approval: PATCH"
            + " /appCatalogs/teamsApps/4e5a6c3c-c959-4bca-8db7-00db3a487ce1/appDefinitions/NGU1YTZjM2MtYzk1OS00YmNhLThkYjctMDBkYjNhNDg3Y2UxIyMyLjAuMCMjU3VibWl0dGVk"
            + " with ";
    Answer early = world.server.post(consenting, path, more);
    ok(400, early);
    assertThat(early.json().path("error").path("message").stringValue()).contains(approval);
    Answer other =
        world.server.post(
            consenting,
            path,
            "{" + TeamsWorld.consent("ChatMember.Read.Chat", "Application") + "}");
    assertThat(other.body()).contains("Not required: ChatMember").doesNotContain("submitted");
    String preview = path.replace("/v1.0/", "/fettle/v1.0/").replace("/upgrade", "/upgradePreview");
    JsonNode waiting = world.server.get(plain, preview).json();
    assertThat(waiting.path("refusal").isNull()).isTrue();
    assertThat(waiting.path("submittedVersion").stringValue()).isEqualTo("2.0.0");
    assertThat(waiting.path("permissionsSubmitted").size()).isEqualTo(2);
    assertThat(waiting.path("approval").stringValue()).startsWith(approval);
    approve(tenant, "4e5a6c3c-c959-4bca-8db7-00db3a487ce1", "2.0.0");
    assertThat(world.server.get(plain, preview).json().path("submittedVersion").isNull()).isTrue();

    ok(403, world.server.post(plain, path, more));
    Answer missing = world.server.post(consenting, path, null);
    ok(400, missing);
    assertThat(missing.body())
        .contains("Missing: ChatMessage.Read.Chat (application), ChatMember.Read.Chat");
    ok(world.server.post(consenting, path, more));
    assertThat(
            world
                .server
                .get(
                    consenting,
                    "/v1.0/chats/19:5bd86ec7f6b247d3b9e519b0bfef5d03@thread.v2/installedApps?$expand=teamsAppDefinition($select=version)&$filter=teamsApp/id%20eq%20'4e5a6c3c-c959-4bca-8db7-00db3a487ce1'")
                .body())
        .contains("\"version\":\"2.0.0\"");
    // All of it is consented to now, so that anybody may repeat it.
    ok(world.server.post(plain, path, null));
  }

  @Test
  void an_upgrade_that_asks_for_nothing_new_takes_no_consent_and_any_permission() {
    String manage = "Chat.Manage.Chat";
    String read = "ChatMember.Read.Chat";
    String[] all = {read, "Application", manage, "Application"};
    String appId =
        world.publish(Manifests.with(Manifests.plain(externalId, "1.0.0"), TeamsWorld.SELF, all));
    String path = world.install(CONSENTING, CHAT_APPS, appId, TeamsWorld.consent(all));
    String stranger =
        InProcess.user(
            "f32b83bb-4fc8-4db7-b7f5-76cdbbb8aa1c", "TeamsAppInstallation.ReadWriteForChat");
    String self = InProcess.app("TeamsAppInstallation.ReadWriteSelfForChat.All");
    String granted = InProcess.app();
    int version = 2;
    for (String caller : List.of(granted, PLAIN, self, stranger)) {
      world.update(
          appId,
          Manifests.with(Manifests.plain(externalId, version++ + ".0.0"), TeamsWorld.SELF, all));
      ok(world.server.post(caller, path + "/upgrade", null));
    }
    // Less is nothing new either; what is sent has to be the set all the same.
    world.update(
        appId,
        Manifests.with(Manifests.plain(externalId, "6.0.0"), TeamsWorld.SELF, read, "Application"));
    ok(400, world.server.post(PLAIN, path + "/upgrade", "{" + TeamsWorld.consent(all) + "}"));
    ok(
        world.server.post(
            PLAIN, path + "/upgrade", "{" + TeamsWorld.consent(read, "Application") + "}"));
    // What was given up is new when it comes again.
    world.update(appId, Manifests.with(Manifests.plain(externalId, "7.0.0"), TeamsWorld.SELF, all));
    Answer refused = world.server.post(PLAIN, path + "/upgrade", null);
    ok(403, refused);
    assertThat(refused.body()).contains("requires consent to Chat.Manage.Chat (application).");
    ok(world.server.delete(PLAIN, path));
  }

  @Test
  void an_app_without_permissions_moves_with_any_family_in_three_statements() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    world.update(appId, Manifests.plain(externalId, "1.10.0"));
    long before = db.statements();

    assertThat(world.server.post(PLAIN, path + "/upgrade", null).status()).isEqualTo(204);

    assertThat(db.statements() - before).isLessThanOrEqualTo(4);
    assertThat(version(path)).isEqualTo("1.10.0");
    before = db.statements();
    assertThat(world.server.post(PLAIN, path + "/upgrade", null).status()).isEqualTo(204);
    assertThat(db.statements() - before).isEqualTo(1);
  }

  @Test
  void newest_is_by_number_and_published_only() {
    String appId = world.publish(Manifests.plain(externalId, "1.2.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    world.update(appId, Manifests.plain(externalId, "1.10"));
    world.update(appId, Manifests.plain(externalId, "1.9.9"));
    assertThat(
            world
                .zip(
                    "/v1.0/appCatalogs/teamsApps/" + appId + "/appDefinitions?requiresReview=true",
                    TeamsWorld.ADMIN,
                    dev.fettle.teams.packages.PackageWriter.write(
                        Manifests.plain(externalId, "2.0.0")))
                .status())
        .isEqualTo(201);

    ok(world.server.post(PLAIN, path + "/upgrade", null));

    assertThat(version(path)).isEqualTo("1.10");
  }

  @Test
  void application_permissions_take_a_consent_by_someone_who_can() {
    ObjectNode one = Manifests.plain(externalId, "1.0.0");
    String appId = world.publish(one);
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    world.update(
        appId,
        Manifests.with(
            Manifests.plain(externalId, "2.0.0"),
            client,
            "ChatMember.Read.Chat",
            "Application",
            "Channel.Create.Group",
            "Application",
            "OnlineMeeting.ReadBasic.Chat",
            "Delegated"));

    Answer plain = world.server.post(PLAIN, path + "/upgrade", null);
    assertThat(plain.status()).isEqualTo(403);
    assertThat(plain.body())
        .contains("ChatMember.Read.Chat")
        .contains("TeamsAppInstallation.ReadWriteForChat.All")
        .contains("TeamsAppInstallation.ReadWriteAndConsentForChat.All");

    Answer none = world.server.post(CONSENTING, path + "/upgrade", "{}");
    assertThat(none.status()).isEqualTo(400);
    assertThat(none.body()).contains("ChatMember.Read.Chat (application)");

    Answer wrong =
        world.server.post(
            CONSENTING,
            path + "/upgrade",
            "{"
                + TeamsWorld.consent(
                    "ChatMember.Read.Chat", "Application", "ChatMessage.Read.Chat", "Application")
                + "}");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.body())
        .contains("Missing: OnlineMeeting.ReadBasic.Chat (delegated).")
        .contains("Not required: ChatMessage.Read.Chat (application).");
    assertThat(version(path)).isEqualTo("1.0.0");

    long before = db.statements();
    ok(
        world.server.post(
            CONSENTING,
            path + "/upgrade",
            "{"
                + TeamsWorld.consent(
                    "OnlineMeeting.ReadBasic.Chat",
                    "delegated",
                    "ChatMember.Read.Chat",
                    "APPLICATION")
                + "}"));
    assertThat(db.statements() - before).isLessThanOrEqualTo(4);
    assertThat(version(path)).isEqualTo("2.0.0");
    assertThat(
            world
                .server
                .get(PLAIN, path + "?$select=consentedPermissionSet,id")
                .json()
                .path("consentedPermissionSet")
                .path("resourceSpecificPermissions")
                .size())
        .isEqualTo(2);
    // The whole of R, whatever the scope, is accepted as well.
    ok(
        world.server.post(
            CONSENTING,
            path + "/upgrade",
            "{"
                + TeamsWorld.consent(
                    "OnlineMeeting.ReadBasic.Chat",
                    "delegated",
                    "Channel.Create.Group",
                    "application",
                    "ChatMember.Read.Chat",
                    "application")
                + "}"));
  }

  @Test
  void refusals_come_in_the_order_of_the_design() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    String id = path.substring(path.lastIndexOf('/') + 1);

    Answer noChat =
        world.server.post(
            PLAIN, "/v1.0/chats/19:nobody@thread.v2/installedApps/" + appId + "/upgrade", null);
    assertThat(noChat.status()).isEqualTo(404);
    Answer noId = world.server.post(PLAIN, CHAT_APPS + "/" + appId + "/upgrade", null);
    assertThat(noId.status()).isEqualTo(400);
    assertThat(noId.body()).contains("Invalid id '" + appId + "' provided.");
    Answer otherOwner =
        world.server.post(
            PLAIN,
            "/v1.0/chats/19:d65713bc498c4a428c71ef9353e6ce20@thread.v2/installedApps/"
                + id
                + "/upgrade",
            null);
    assertThat(otherOwner.status()).isEqualTo(404);
    Answer self = world.server.post(SELF, path + "/upgrade", null);
    assertThat(self.status()).isEqualTo(403);
    assertThat(self.body())
        .contains(
            "AAD App Id '"
                + TeamsWorld.SELF
                + "' is not allowed to manage the Teams App '"
                + appId
                + "'");
    assertThat(
            world.server.delete(TeamsWorld.ADMIN, "/v1.0/appCatalogs/teamsApps/" + appId).status())
        .isEqualTo(204);
    assertThat(world.server.post(PLAIN, path + "/upgrade", null).status()).isEqualTo(404);
    // What is installed can still be seen and removed.
    assertThat(world.server.get(PLAIN, path + "?$expand=teamsApp").status()).isEqualTo(200);
    assertThat(world.server.delete(PLAIN, path).status()).isEqualTo(204);
  }

  @Test
  void self_permissions_are_for_the_app_itself_and_see_nothing_else() {
    String appId =
        world.publish(
            Manifests.with(
                Manifests.plain(externalId, "1.0.0"),
                TeamsWorld.SELF,
                "ChatMember.Read.Chat",
                "Application"));
    String path =
        world.install(
            SELF, CHAT_APPS, appId, TeamsWorld.consent("ChatMember.Read.Chat", "Application"));

    JsonNode seen = world.server.get(SELF, CHAT_APPS).json().path("value");
    assertThat(seen.size()).isEqualTo(1);
    assertThat(path).contains(seen.get(0).path("id").stringValue().replace("=", ""));

    world.update(
        appId,
        Manifests.with(
            Manifests.plain(externalId, "2.0.0"),
            TeamsWorld.SELF,
            "Chat.Manage.Chat",
            "Application"));
    String consent = TeamsWorld.consent("Chat.Manage.Chat", "Application");
    ok(world.server.post(SELF, path + "/upgrade", "{" + consent + "}"));
    // The grant opens what lists it, without any tenant-wide permission, in this chat only.
    String grantee = InProcess.app();
    assertThat(world.server.get(grantee, CHAT_APPS).status()).isEqualTo(200);
    assertThat(
            world
                .server
                .get(
                    grantee,
                    "/v1.0/chats/19:d65713bc498c4a428c71ef9353e6ce20@thread.v2/installedApps")
                .status())
        .isEqualTo(403);
    // It cannot consent: the app would widen its own rights.
    String[] more = {"Chat.Manage.Chat", "Application", "ChatMember.Read.Chat", "Application"};
    world.update(
        appId, Manifests.with(Manifests.plain(externalId, "3.0.0"), TeamsWorld.SELF, more));
    ok(403, world.server.post(grantee, path + "/upgrade", "{" + TeamsWorld.consent(more) + "}"));
    assertThat(world.server.delete(grantee, path).status()).isEqualTo(204);
    assertThat(world.server.get(grantee, CHAT_APPS).status()).isEqualTo(403);
  }

  @Test
  void a_grant_counts_beside_a_self_permission_and_never_as_a_tenant_wide_one() {
    String everything = "TeamsAppInstallation.ReadWriteAndConsentForChat.All";
    String managing =
        world.publish(
            Manifests.with(
                Manifests.plain(externalId, "1.0.0"),
                TeamsWorld.SELF,
                "Chat.Manage.Chat",
                "Application",
                everything,
                "Application"));
    String own =
        world.install(
            SELF,
            CHAT_APPS,
            managing,
            TeamsWorld.consent("Chat.Manage.Chat", "Application", everything, "Application"));
    String other = world.publish("1.0.0");

    // By itself the token reaches the caller's own app only; the grant reaches the others.
    String path = world.install(SELF, CHAT_APPS, other, "");
    ok(world.server.post(SELF, path + "/upgrade", null));
    assertThat(world.server.get(SELF, path).status()).isEqualTo(200);
    assertThat(world.server.get(SELF, CHAT_APPS).json().path("value").size()).isGreaterThan(1);
    // Who names a grant like a tenant-wide permission has not got that permission.
    String consented =
        world.publish(
            Manifests.with(
                Manifests.plain(UUID.randomUUID().toString(), "1.0.0"),
                client,
                "ChatMember.Read.Chat",
                "Application"));
    Answer refused =
        world.server.post(
            InProcess.app(),
            CHAT_APPS,
            TeamsWorld.body(consented, TeamsWorld.consent("ChatMember.Read.Chat", "Application")));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("Roles on the request 'Chat.Manage.Chat' cannot consent");
    ok(world.server.delete(SELF, own));
  }

  @Test
  void installations_of_an_app_are_shown_in_the_scopes_that_the_caller_may_read() {
    String appId = world.publish("1.0.0");
    String _ = world.install(PLAIN, CHAT_APPS, appId, "");
    String _ =
        world.install(
            InProcess.app("TeamsAppInstallation.ReadWriteForUser.All"), USER_APPS, appId, "");
    String app = "/beta/appCatalogs/teamsApps/" + appId;
    assertThat(installations("TeamsAppInstallation.Read.All", app)).isEqualTo(2);
    assertThat(installations("TeamsAppInstallation.ReadForChat.All", app)).isEqualTo(1);
    assertThat(installations("TeamsAppInstallation.ReadForTeam.All", app)).isZero();
    String definition =
        world
            .server
            .get(InProcess.app("AppCatalog.Read.All"), app + "/appDefinitions")
            .json()
            .path("value")
            .get(0)
            .path("id")
            .stringValue();
    world.update(appId, Manifests.plain(externalOf(appId), "2.0.0"));
    assertThat(
            installations(
                "TeamsAppInstallation.ReadSelectedForUser.All",
                app + "/appDefinitions/" + definition))
        .isEqualTo(1);
  }

  @Test
  void a_delegated_only_set_may_be_sent_or_left_out() {
    ObjectNode manifest =
        Manifests.with(
            Manifests.plain(externalId, "1.0.0"),
            client,
            "OnlineMeeting.ReadBasic.Chat",
            "Delegated");
    String appId = world.publish(manifest);
    String path = world.install(PLAIN, CHAT_APPS, appId, "");

    JsonNode installed = world.server.get(PLAIN, path + "?$select=consentedPermissionSet").json();
    assertThat(installed.path("consentedPermissionSet").toString())
        .contains("OnlineMeeting.ReadBasic.Chat");
    ok(
        world.server.post(
            PLAIN,
            path + "/upgrade",
            "{" + TeamsWorld.consent("OnlineMeeting.ReadBasic.Chat", "Delegated") + "}"));
    assertThat(
            world
                .server
                .post(
                    PLAIN,
                    path + "/upgrade",
                    "{" + TeamsWorld.consent("OnlineMeeting.ReadBasic.Chat", "Application") + "}")
                .status())
        .isEqualTo(400);
  }

  @Test
  void users_consent_only_where_they_belong_and_where_the_tenant_lets_them() {
    ObjectNode manifest =
        Manifests.with(
            Manifests.plain(externalId, "1.0.0"), client, "ChatMember.Read.Chat", "Application");
    String appId = world.publish(manifest);
    String body = TeamsWorld.body(appId, TeamsWorld.consent("ChatMember.Read.Chat", "Application"));
    String member =
        InProcess.user(TeamsWorld.MEGAN, "TeamsAppInstallation.ReadWriteAndConsentForChat");
    String stranger =
        InProcess.user(
            "f32b83bb-4fc8-4db7-b7f5-76cdbbb8aa1c",
            "TeamsAppInstallation.ReadWriteAndConsentForChat");
    String admin = InProcess.user(TeamsWorld.MEGAN, "TeamworkAppSettings.ReadWrite.All");

    Answer refused = world.server.post(stranger, CHAT_APPS, body);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("not a member of the chat");
    ok(
        200,
        world.server.patch(
            admin,
            "/beta/teamwork/teamsAppSettings",
            "{\"isChatResourceSpecificConsentEnabled\":false}"));
    assertThat(world.server.post(member, CHAT_APPS, body).body()).contains("switched off");
    ok(
        200,
        world.server.patch(
            admin,
            "/beta/teamwork/teamsAppSettings",
            "{\"isChatResourceSpecificConsentEnabled\":true}"));
    assertThat(world.server.post(member, CHAT_APPS, body).status()).isEqualTo(201);
    assertThat(world.server.post(member, CHAT_APPS, body).status()).isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1.0", "/beta"})
  void the_settings_of_consent_are_changed_by_an_administrator_alone(String version) {
    String settings = version + "/teamwork/teamsAppSettings";
    String reader = InProcess.user(TeamsWorld.MEGAN, "TeamworkAppSettings.Read.All");
    String admin = InProcess.user(TeamsWorld.MEGAN, "TeamworkAppSettings.ReadWrite.All");
    String name = "isUserPersonalScopeResourceSpecificConsentEnabled";
    for (boolean wanted : new boolean[] {false, true}) {
      String body = "{\"%s\":%s}".formatted(name, wanted);
      assertThat(world.server.patch(reader, settings, body).status()).isEqualTo(403);
      assertThat(world.server.get(reader, settings).json().path(name).booleanValue())
          .isNotEqualTo(wanted);
      ok(200, world.server.patch(admin, settings, body));
      assertThat(world.server.get(reader, settings).json().path(name).booleanValue())
          .isEqualTo(wanted);
    }
  }

  @Test
  void upgrades_at_once_end_as_if_one_came_after_the_other() throws Exception {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    for (int round = 2; round <= 4; round++) {
      world.update(
          appId,
          Manifests.with(
              Manifests.plain(externalId, round + ".0.0"),
              client,
              "ChatMember.Read.Chat",
              "Application"));
      String body = "{" + TeamsWorld.consent("ChatMember.Read.Chat", "Application") + "}";
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var answers =
            IntStream.range(0, 6)
                .mapToObj(
                    i ->
                        threads.submit(
                            () -> world.server.post(CONSENTING, path + "/upgrade", body)))
                .toList();
        for (var answer : answers) {
          ok(answer.get());
        }
      }
      assertThat(version(path)).isEqualTo(round + ".0.0");
    }
    assertThat(
            world
                .server
                .get(
                    InProcess.app("TeamsAppInstallation.ReadForChat.All"),
                    CHAT_APPS.replace("installedApps", "permissionGrants") + "?$top=999")
                .body())
        .containsOnlyOnce("\"clientAppId\":\"" + client + "\"");
  }

  @Test
  void a_batch_of_upgrades_costs_what_its_upgrades_cost() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    List<String> paths =
        List.of(
            world.install(PLAIN, CHAT_APPS, appId, ""),
            world.install(
                PLAIN,
                "/v1.0/chats/19:d65713bc498c4a428c71ef9353e6ce20@thread.v2/installedApps",
                appId,
                ""));
    world.update(appId, Manifests.plain(externalId, "1.1.0"));
    ObjectNode batch = Json.object();
    for (String path : paths) {
      batch
          .withArray("requests")
          .addObject()
          .put("id", path)
          .put("method", "POST")
          .put("url", path.substring("/v1.0".length()) + "/upgrade");
    }
    long before = db.statements();

    JsonNode answers =
        world.server.post(PLAIN, "/v1.0/$batch", Json.text(batch)).json().path("responses");

    assertThat(db.statements() - before).isLessThanOrEqualTo(4 * paths.size());
    assertThat(answers.valueStream().map(one -> one.path("status").intValue()))
        .containsExactly(204, 204);
    assertThat(paths).extracting(this::version).containsOnly("1.1.0");
  }

  @Test
  void a_hundred_installations_with_both_expands_are_one_statement() {
    String chat =
        world
            .server
            .post(
                InProcess.app("Chat.Create"),
                "/v1.0/chats",
                "{\"chatType\":\"group\",\"topic\":\"Many\",\"members\":[{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[\"owner\"],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('"
                    + TeamsWorld.MEGAN
                    + "')\"}]}")
            .json()
            .path("id")
            .stringValue();
    String all = "/v1.0/chats/" + chat + "/installedApps";
    for (int i = 0; i < 100; i++) {
      String _ = world.install(PLAIN, all, world.publish("1.0." + i), "");
    }
    long before = db.statements();
    JsonNode page = world.server.get(PLAIN, all + "?$expand=teamsApp,teamsAppDefinition").json();
    assertThat(db.statements() - before).isEqualTo(1);
    assertThat(page.path("value").size()).isEqualTo(100);
    assertThat(page.path("value").get(7).path("teamsAppDefinition").path("version").stringValue())
        .startsWith("1.0.");
  }

  @Test
  void a_preview_says_what_an_upgrade_would_do_and_what_is_missing() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    world.update(
        appId,
        Manifests.with(
            Manifests.plain(externalId, "2.0.0"), client, "ChatMember.Read.Chat", "Application"));
    String preview = path.replace("/v1.0/", "/fettle/v1.0/") + "/upgradePreview";

    JsonNode plain = world.server.get(PLAIN, preview).json();
    assertThat(plain.path("installedVersion").stringValue()).isEqualTo("1.0.0");
    assertThat(plain.path("newestVersion").stringValue()).isEqualTo("2.0.0");
    assertThat(plain.path("consentRequired").booleanValue()).isTrue();
    assertThat(plain.path("permissionsAdded").size()).isEqualTo(1);
    assertThat(plain.path("permissionsLacking").toString())
        .contains("TeamsAppInstallation.ReadWriteAndConsentForChat.All");
    assertThat(plain.path("refusal").stringValue()).contains("ChatMember.Read.Chat");
    JsonNode consenting = world.server.get(CONSENTING, preview).json();
    assertThat(consenting.path("permissionsLacking").size()).isZero();
    assertThat(consenting.path("refusal").isNull()).isTrue();

    JsonNode behind =
        world
            .server
            .get(
                InProcess.app("TeamsAppInstallation.Read.All"),
                "/fettle/v1.0/upgrades?$filter=teamsAppId%20eq%20'" + appId + "'")
            .json()
            .path("value");
    assertThat(behind.size()).isEqualTo(1);
    assertThat(behind.get(0).path("reasons").toString())
        .isEqualTo("[\"automaticUpgradesOff\",\"permissionsChanged\",\"registrationChanged\"]");
  }

  @Test
  void installations_follow_by_themselves_where_the_tenant_says_so_and_nothing_widens() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String path = world.install(PLAIN, CHAT_APPS, appId, "");
    String admin = InProcess.app("TeamworkAppSettings.ReadWrite.All");
    ok(
        200,
        world.server.patch(admin, "/fettle/v1.0/upgradeSettings", "{\"automaticUpgrades\":true}"));
    try {
      world.update(appId, Manifests.plain(externalId, "1.1.0"));
      assertThat(version(path)).isEqualTo("1.1.0");
      world.update(
          appId,
          Manifests.with(
              Manifests.plain(externalId, "2.0.0"), client, "ChatMember.Read.Chat", "Application"));
      assertThat(version(path)).isEqualTo("1.1.0");
      // A bot that may suddenly be called came in without a word; so did a messaging extension.
      ObjectNode calling = Manifests.plain(externalId, "3.0.0");
      calling
          .putArray("bots")
          .addObject()
          .put("botId", client)
          .put("supportsCalling", true)
          .putArray("scopes")
          .add("personal");
      calling.putArray("composeExtensions").addObject().put("botId", client);
      world.update(appId, calling);
      assertThat(version(path)).isEqualTo("1.1.0");
      assertThat(reasons(appId))
          .isEqualTo("[\"botAdded\",\"messagingExtensionAdded\",\"callingAdded\"]");
      ok(world.server.post(PLAIN, path + "/upgrade", null));
      // Less than before is no question to anybody.
      ObjectNode less = calling.deepCopy();
      less.put("version", "3.1.0").remove("composeExtensions");
      world.update(appId, less);
      assertThat(version(path)).isEqualTo("3.1.0");
    } finally {
      ok(
          200,
          world.server.patch(
              admin, "/fettle/v1.0/upgradeSettings", "{\"automaticUpgrades\":false}"));
    }
  }

  /** Every order of some requests. */
  private static List<List<Printed>> orders(List<Printed> requests) {
    if (requests.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Printed>> orders = new ArrayList<>();
    for (Printed first : requests) {
      List<Printed> others = requests.stream().filter(one -> one != first).toList();
      for (List<Printed> rest : orders(others)) {
        orders.add(Stream.concat(Stream.of(first), rest.stream()).toList());
      }
    }
    return orders;
  }

  /** A tenant that was seeded a moment ago. */
  private String seeded() {
    String tenant = UUID.randomUUID().toString();
    TeamsWorld.fill(db, tenant, TeamsWorld.seed("teams"));
    return tenant;
  }

  private void approve(String tenant, String appId, String version) {
    String admin = "Test user:%s %s AppCatalog.ReadWrite.All".formatted(TeamsWorld.MEGAN, tenant);
    JsonNode definitions =
        world
            .server
            .get(admin, "/v1.0/appCatalogs/teamsApps/" + appId + "/appDefinitions")
            .json()
            .path("value");
    for (JsonNode definition : definitions) {
      if (definition.path("version").stringValue().equals(version)) {
        ok(
            200,
            world.server.send(
                "PATCH",
                "/v1.0/appCatalogs/teamsApps/"
                    + appId
                    + "/appDefinitions/"
                    + definition.path("id").stringValue(),
                Headers.of(
                    "Authorization",
                    admin,
                    "Content-Type",
                    "application/json",
                    "If-Match",
                    definition.path("@odata.etag").stringValue()),
                "{\"publishingState\":\"published\"}".getBytes(StandardCharsets.UTF_8)));
        return;
      }
    }
    throw new AssertionError("no version " + version + " in " + definitions);
  }

  /** Permissions that a version gives up go with their grants, and nobody is asked. */
  @Test
  void installations_follow_to_a_version_that_requires_less() {
    String[] both = {"ChatMember.Read.Chat", "Application", "ChatMessage.Read.Chat", "Application"};
    String appId =
        world.publish(Manifests.with(Manifests.plain(externalId, "1.0.0"), client, both));
    String path = world.install(CONSENTING, CHAT_APPS, appId, TeamsWorld.consent(both));
    String admin = InProcess.app("TeamworkAppSettings.ReadWrite.All");
    String settings = "/fettle/v1.0/upgradeSettings";
    world.update(
        appId,
        Manifests.with(
            Manifests.plain(externalId, "2.0.0"), client, "ChatMember.Read.Chat", "Application"));
    ok(200, world.server.patch(admin, settings, "{\"automaticUpgrades\":true}"));
    ok(200, world.server.patch(admin, settings, "{\"automaticUpgrades\":false}"));

    assertThat(version(path)).isEqualTo("2.0.0");
    assertThat(world.server.get(PLAIN, path + "?$select=consentedPermissionSet").body())
        .contains("ChatMember.Read.Chat")
        .doesNotContain("ChatMessage.Read.Chat");
    JsonNode grants =
        world
            .server
            .get(
                InProcess.app("TeamsAppInstallation.ReadForChat.All"),
                CHAT_APPS.replace("installedApps", "permissionGrants"))
            .json()
            .path("value");
    assertThat(
            grants
                .valueStream()
                .filter(one -> one.path("clientAppId").stringValue().equals(client))
                .map(one -> one.path("permission").stringValue()))
        .containsExactly("ChatMember.Read.Chat");
  }

  /** Definitions of the version before have no word of what their manifests declare. */
  @Test
  void what_an_earlier_program_took_in_is_compared_once_its_package_is_read() {
    String appId = world.publish(Manifests.plain(externalId, "1.0.0"));
    String _ = world.install(PLAIN, CHAT_APPS, appId, "");
    world.update(appId, Manifests.plain(externalId, "2.0.0"));
    db.tx(
        tx -> {
          int _ =
              tx.update(
                  Sql.of("delete from teams_widening where app_id = :appId").with("appId", appId));
          int _ =
              tx.update(
                  Sql.of("update teams_definition set capabilities = null where app_id = :appId")
                      .with("appId", appId));
          return true;
        });
    assertThat(reasons(appId)).isEqualTo("[\"automaticUpgradesOff\",\"notCompared\"]");

    Ids ids = Ids.random();
    AuditTrail audit = new AuditTrail(db, world.clock, ids, Duration.ofDays(1));
    Catalogue catalogue =
        new Catalogue(db, audit, world.clock, ids, new Installations(db, audit, world.clock, ids));
    assertThat(catalogue.readEarlier()).isFalse();
    assertThat(catalogue.readEarlier()).isFalse();
    assertThat(catalogue.readEarlier()).isTrue();

    assertThat(reasons(appId)).isEqualTo("[\"automaticUpgradesOff\"]");
  }

  private String reasons(String appId) {
    return world
        .server
        .get(
            InProcess.app("TeamsAppInstallation.Read.All"),
            "/fettle/v1.0/upgrades?$filter=teamsAppId%20eq%20'" + appId + "'")
        .json()
        .path("value")
        .get(0)
        .path("reasons")
        .toString();
  }

  private int installations(String permission, String of) {
    return world
        .server
        .get(InProcess.app(permission), of + "/installations")
        .json()
        .path("value")
        .size();
  }

  private String externalOf(String appId) {
    return world
        .server
        .get(InProcess.app("AppCatalog.Read.All"), "/v1.0/appCatalogs/teamsApps/" + appId)
        .json()
        .path("externalId")
        .stringValue();
  }

  private String version(String path) {
    return world
        .server
        .get(PLAIN, path + "?$expand=teamsAppDefinition")
        .json()
        .path("teamsAppDefinition")
        .path("version")
        .stringValue();
  }

  private static void ok(Answer answer) {
    ok(204, answer);
  }

  private static void ok(int status, Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }
}
