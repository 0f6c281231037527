package dev.fettle.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.identity.Tenants;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@WithPostgres
class DirectoryTest {

  private final String tenant = UUID.randomUUID().toString();
  private final String all =
      InProcess.appOf(
          tenant,
          "User.ReadWrite.All",
          "Chat.Create",
          "Chat.ReadWrite.All",
          "Chat.ManageDeletion.All",
          "Group.ReadWrite.All");
  private final Db db;
  private final InProcess server;

  DirectoryTest(Db db) {
    this.db = db;
    TestClock clock = new TestClock();
    this.server = new InProcess(db, clock, Ids.random(), Path.of("target"));
    var _ = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(tenant, tenant, "Contoso");
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** A number for the URL of a user ended in a 500. */
  @Test
  void a_member_is_bound_by_the_url_of_a_user_and_anything_else_is_refused_by_name() {
    String user = user("a");
    String chat = chat(user);
    for (String bind : new String[] {"5", "true", "{}", "\"users/\"", "\"users/\\u0000\""}) {
      Answer refused =
          server.post(
              all,
              "/v1.0/chats/" + chat + "/members",
              "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[],\"user@odata.bind\":%s}"
                  .formatted(bind));
      assertThat(refused.status()).as(bind).isEqualTo(400);
      assertThat(refused.json().path("error").path("target").stringValue())
          .isEqualTo("user@odata.bind");
    }
  }

  /** An owner who was sent a PATCH that does not name its roles lost them. */
  @Test
  void a_change_of_a_member_that_does_not_name_its_roles_leaves_them() {
    String user = user("a");
    String team = team(user);
    JsonNode member = members("teams", team).get(0);
    assertThat(member.path("roles").get(0).stringValue()).isEqualTo("owner");

    Answer patched =
        server.patch(
            all,
            "/v1.0/teams/" + team + "/members/" + member.path("id").stringValue(),
            "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":null}");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.json().path("roles").get(0).stringValue()).isEqualTo("owner");
    assertThat(
            server
                .patch(
                    all,
                    "/v1.0/teams/" + team + "/members/" + member.path("id").stringValue(),
                    "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[]}")
                .json()
                .path("roles")
                .size())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({"v1.0,chats", "beta,chats", "v1.0,teams", "beta,teams"})
  void a_member_comes_changes_roles_and_goes(String version, String hosts) {
    String owner = user("a");
    String other = user("b");
    String id = hosts.equals("chats") ? chat(owner) : team(owner);
    String members = "/" + version + "/" + hosts + "/" + id + "/members";
    String reader = InProcess.appOf(tenant, "ChatMember.Read.All", "TeamMember.Read.All");

    assertThat(server.post(reader, members, member(other)).status()).isEqualTo(403);
    assertThat(server.get(reader, members + "/$count").body()).isEqualTo("1");
    Answer added = server.post(all, members, member(other));
    assertThat(added.status()).as(added.body()).isEqualTo(201);
    assertThat(server.get(reader, members + "/$count").body()).isEqualTo("2");
    String member = members + "/" + added.json().path("id").stringValue();
    JsonNode read = server.get(reader, member).json();
    assertThat(read.path("userId").stringValue()).isEqualTo(other);
    assertThat(read.path("roles").path(0).stringValue()).isEqualTo("owner");
    assertThat(server.get(reader, members).json().path("value"))
        .extracting(one -> one.path("userId").stringValue())
        .containsExactlyInAnyOrder(owner, other);

    String roles = "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[]}";
    assertThat(server.patch(reader, member, roles).status()).isEqualTo(403);
    assertThat(server.get(reader, member).json().path("roles").size()).isOne();
    assertThat(server.patch(all, member, roles).status()).isEqualTo(200);
    assertThat(server.get(reader, member).json().path("roles").size()).isZero();

    assertThat(server.delete(reader, member).status()).isEqualTo(403);
    assertThat(server.get(reader, member).status()).isEqualTo(200);
    assertThat(server.delete(all, member).status()).isEqualTo(204);
    assertThat(server.get(reader, member).status()).isEqualTo(404);
    assertThat(server.get(reader, members + "/$count").body()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "users | displayName | {'userPrincipalName':'o@contoso.example','displayName':'Before'}",
        "chats | topic | {'chatType':'group','topic':'Before','members':[]}",
        "teams | displayName | {'displayName':'Before'}",
      })
  void what_apps_hang_on_is_made_changed_and_deleted_in_either_version(
      String kind, String property, String body) {
    String reader = InProcess.appOf(tenant, "User.Read.All", "Chat.Read.All", "Team.ReadBasic.All");
    for (String version : List.of("/v1.0", "/beta")) {
      String collection = version + "/" + kind;
      String json =
          body.replace('\'', '"')
              .replace(
                  "[]",
                  "[%s]"
                      .formatted(
                          kind.equals("chats") ? member(user(UUID.randomUUID().toString())) : ""));
      String before = server.get(reader, collection + "/$count").body();
      assertThat(server.post(reader, collection, json).status()).isEqualTo(403);
      assertThat(server.get(reader, collection + "/$count").body()).isEqualTo(before);
      Answer made = server.post(all, collection, json);
      assertThat(made.status()).as(made.body()).isIn(201, 202);
      String one =
          made.status() == 202
              ? version + made.header("Content-Location")
              : collection + "/" + made.json().path("id").stringValue();
      assertThat(server.get(reader, one).json().path(property).stringValue()).isEqualTo("Before");

      String change = "{\"%s\":\"After\"}".formatted(property);
      assertThat(server.patch(reader, one, change).status()).isEqualTo(403);
      assertThat(server.get(reader, one).json().path(property).stringValue()).isEqualTo("Before");
      assertThat(server.patch(all, one, change).status()).isIn(200, 204);
      assertThat(server.get(reader, one).json().path(property).stringValue()).isEqualTo("After");

      assertThat(server.delete(reader, one).status()).isEqualTo(403);
      assertThat(server.get(reader, one).status()).isEqualTo(200);
      assertThat(server.delete(all, one).status()).isEqualTo(204);
      assertThat(server.get(reader, one).status()).isEqualTo(404);
      assertThat(server.get(reader, collection + "/$count").body()).isEqualTo(before);
    }
  }

  /** Some SDKs read an entity, set a property and send all of it back. */
  @Test
  void what_is_sent_back_whole_is_changed_and_what_it_contradicts_is_refused() {
    String user = user("w");
    for (String path :
        List.of("/v1.0/users/" + user, "/v1.0/chats/" + chat(user), "/v1.0/teams/" + team(user))) {
      ObjectNode whole = (ObjectNode) server.get(all, path).json().deepCopy();
      whole.put(path.contains("chats") ? "topic" : "displayName", "Another");

      Answer changed = server.patch(all, path, whole.toString());
      assertThat(changed.status()).as(changed.body()).isIn(200, 204);
      assertThat(server.get(all, path).body()).contains("\"Another\"");

      Answer refused = server.patch(all, path, whole.put("id", "other").toString());
      assertThat(refused.status()).as(path).isEqualTo(400);
      assertThat(refused.json().path("error").path("target").stringValue()).isEqualTo("id");
    }
  }

  /** Clients that write out whole objects send null for what is not set; that was refused. */
  @Test
  void nulls_for_what_is_not_set_are_no_writes() {
    Answer made =
        server.post(
            all,
            "/v1.0/users",
            "{\"userPrincipalName\":\"n@contoso.example\",\"displayName\":\"N\",\"mail\":null,\"city\":null,\"createdDateTime\":null}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String user = made.json().path("id").stringValue();
    assertThat(
            server
                .post(
                    all,
                    "/v1.0/chats",
                    "{\"chatType\":\"group\",\"topic\":null,\"webUrl\":null,\"installedApps\":null,\"members\":[%s]}"
                        .formatted(member(user)))
                .status())
        .isEqualTo(201);
  }

  /** An id in the body of a new user was passed over in silence: the user had another one. */
  @Test
  void what_the_server_sets_itself_is_refused_by_name() {
    for (String member :
        new String[] {
          "\"id\":\"5b649834-7412-4cce-9e69-176e95a394f5\"",
          "\"createdDateTime\":\"2024-01-01T00:00:00Z\""
        }) {
      Answer refused =
          server.post(
              all,
              "/v1.0/users",
              "{\"userPrincipalName\":\"n@contoso.example\",\"displayName\":\"N\",%s}"
                  .formatted(member));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body()).contains("is set by the server and cannot be written");
    }
  }

  /**
   * A page holds up to 999 users, and names of a megabyte each were taken: one list could fill the
   * memory.
   */
  @Test
  void texts_have_the_lengths_of_graph() {
    Answer refused =
        server.post(
            all,
            "/v1.0/users",
            "{\"userPrincipalName\":\"n@contoso.example\",\"displayName\":\"%s\"}"
                .formatted("😀".repeat(257)));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("error").path("target").stringValue()).isEqualTo("displayName");
    assertThat(
            server
                .post(
                    all,
                    "/v1.0/users",
                    "{\"userPrincipalName\":\"n@contoso.example\",\"displayName\":\"%s\"}"
                        .formatted("😀".repeat(256)))
                .status())
        .isEqualTo(201);
  }

  /**
   * The installations of an owner were swept away before the owner was locked: what somebody put
   * into it in between stayed behind with its grants, and was there again when an owner of that id
   * was.
   */
  @Test
  void what_comes_into_an_owner_while_it_is_deleted_goes_with_it() throws Exception {
    String user = user("a");
    String chat = chat(user);
    String other = user("b");
    CountDownLatch held = new CountDownLatch(1);
    CompletableFuture<Boolean> goOn = new CompletableFuture<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> adding =
          threads.submit(
              () ->
                  db.tx(
                      tx -> {
                        String id = Owners.hold(tx, OwnerKind.CHAT, tenant, chat);
                        int rows =
                            tx.update(
                                Sql.of(
                                        """
                                        with a as (
                                          insert into teams_app (tenant_id, app_id, distribution_method, created_date_time)
                                          values (:tenantId, 'app', 'store', now())
                                        ), d as (
                                          insert into teams_definition (
                                            tenant_id, app_id, version_key, version, definition_id,
                                            publishing_state, display_name, required, scopes, etag)
                                          values (:tenantId, 'app', '1', '1.0', 'd', 'published', 'App', '[]', '{}', 'e')
                                        )
                                        insert into teams_installation (
                                          tenant_id, owner_kind, owner_id, installation_id, app_id,
                                          version_key, created_date_time)
                                        values (:tenantId, 'chat', :ownerId, 'i', 'app', '1', now())
                                        """)
                                    .with("tenantId", tenant)
                                    .with("ownerId", id));
                        boolean added =
                            DirectoryStore.insertMember(
                                tx,
                                tenant,
                                OwnerKind.CHAT,
                                id,
                                new Member(other, List.of()),
                                Instant.EPOCH);
                        held.countDown();
                        boolean _ = goOn.join();
                        return added ? rows : -1;
                      }));
      held.await();
      Future<Answer> deleting = threads.submit(() -> server.delete(all, "/v1.0/chats/" + chat));
      await().until(() -> waiting() == 1);
      goOn.complete(true);

      assertThat(adding.get()).isEqualTo(1);
      assertThat(deleting.get().status()).isEqualTo(204);
    }
    assertThat(count("teams_installation where owner_id = '%s'".formatted(chat))).isZero();
    assertThat(count("directory_member where host_id = '%s'".formatted(chat))).isZero();
  }

  /** The documented address has no version, and clients that resolved it as it stands got a 400. */
  @Test
  void the_operation_of_a_new_team_is_found_at_its_location_as_it_stands() {
    Answer made = server.post(all, "/v1.0/teams", "{\"displayName\":\"T\"}");
    assertThat(made.status()).isEqualTo(202);
    for (String version : new String[] {"", "/v1.0", "/beta"}) {
      Answer operation = server.get(all, version + made.header("Location"));
      assertThat(operation.json().path("status").stringValue()).isEqualTo("succeeded");
    }
    assertThat(server.get(all, "" + made.header("Content-Location")).status()).isEqualTo(200);
  }

  /** The SDKs have a builder for each of these; the id {@code $count} was not found. */
  @Test
  void every_list_of_the_directory_can_be_counted() {
    String user = user("a");
    String chat = chat(user);
    String team = team(user);
    for (String path :
        new String[] {
          "/users",
          "/chats",
          "/teams",
          "/users/" + user + "/chats",
          "/users/" + user + "/joinedTeams",
          "/users/" + user + "/teamwork/associatedTeams",
          "/chats/" + chat + "/members",
          "/teams/" + team + "/members"
        }) {
      Answer count = server.get(all, "/v1.0" + path + "/$count");
      assertThat(count.status()).as(path).isEqualTo(200);
      assertThat(count.body()).as(path).isEqualTo("1");
    }
    assertThat(server.get(all, "/v1.0/users/nobody/chats/$count").status()).isEqualTo(404);
    assertThat(server.get(all, "/v1.0/chats/none/members/$count").status()).isEqualTo(404);
  }

  private int waiting() {
    return count(
        "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  }

  private int count(String from) {
    return db.statement(
        tx ->
            tx.one(Sql.of("select count(*)::text as n from " + from), row -> row.text("n"))
                .map(Integer::parseInt)
                .orElseThrow());
  }

  private String user(String name) {
    return server
        .post(
            all,
            "/v1.0/users",
            "{\"userPrincipalName\":\"%s@contoso.example\",\"displayName\":\"%s\"}"
                .formatted(name, name))
        .json()
        .path("id")
        .stringValue();
  }

  private String chat(String user) {
    return server
        .post(
            all, "/v1.0/chats", "{\"chatType\":\"group\",\"members\":[%s]}".formatted(member(user)))
        .json()
        .path("id")
        .stringValue();
  }

  private String team(String user) {
    String location =
        server
            .post(
                all,
                "/v1.0/teams",
                "{\"displayName\":\"T\",\"members\":[%s]}".formatted(member(user)))
            .header("Content-Location");
    assertThat(location).isNotNull();
    return location.substring("/teams('".length(), location.length() - 2);
  }

  private JsonNode members(String hosts, String id) {
    return server.get(all, "/v1.0/%s/%s/members".formatted(hosts, id)).json().path("value");
  }

  private static String member(String user) {
    return "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[\"owner\"],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"}"
        .formatted(user);
  }
}
