package dev.fettle.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Sql;
import dev.fettle.json.Json;
import dev.fettle.support.CuttableLink;
import dev.fettle.support.SocketServer;
import dev.fettle.support.WithPostgres;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithPostgres
class FaultsTest {

  private static final String DEVICE = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String DEVICES = "/beta/teamwork/devices";
  private static final String COMMITTING =
      "select count(*) n from pg_stat_activity where datname = current_database() and state ="
          + " 'active' and query ilike 'commit%'";
  private static final String LOST = "select count(*) n from devices_device where notes = 'lost'";
  private static final String WAITING = "select count(*) n from pg_locks where not granted";
  private static final Duration OUTAGE = Duration.ofSeconds(10);

  @Test
  void of_two_hundred_simultaneous_updates_of_one_device_one_is_accepted(Db db, @TempDir Path data)
      throws Exception {
    try (SocketServer server = new SocketServer(db, data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String caller = server.app("TeamworkDevice.ReadWrite.All");
      String device = newDevice(server, caller);
      CountDownLatch go = new CountDownLatch(1);
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            threads.submit(
                () -> {
                  go.await();
                  return update(server, caller, device).statusCode();
                }));
      }
      go.countDown();
      Map<Integer, Integer> count = new TreeMap<>();
      for (Future<Integer> answer : answers) {
        count.merge(answer.get(), 1, Integer::sum);
      }

      assertThat(count).isEqualTo(Map.of(202, 1, 409, 199));
      assertThat(operations(server, caller, device)).hasSize(1);
    }
  }

  @Test
  void a_database_that_goes_away_for_ten_seconds_is_503_meanwhile_and_nothing_is_lost(
      DbSettings settings, @TempDir Path data) throws Exception {
    URI where = URI.create(settings.url().substring("jdbc:".length()));
    try (CuttableLink link = new CuttableLink(where.getPort());
        Db db = new Db(through(link, where, settings));
        SocketServer server = new SocketServer(db, data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.startJobs();
      String caller = server.app("TeamworkDevice.ReadWrite.All");
      List<String> accepted = new ArrayList<>();
      accepted.add(created(post(server, caller)));

      link.cut();
      Instant end = Instant.now().plus(OUTAGE);
      List<Future<HttpResponse<String>>> meanwhile = new ArrayList<>();
      Awaitility.await()
          .atMost(OUTAGE.plusSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                meanwhile.add(threads.submit(() -> post(server, caller)));
                meanwhile.add(threads.submit(() -> server.send("GET", DEVICES, caller, null)));
                return Instant.now().isAfter(end);
              });
      for (Future<HttpResponse<String>> one : meanwhile) {
        HttpResponse<String> answer = one.get();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
        assertThat(Json.readTrusted(answer.body()).path("error").path("code").asString())
            .isNotEmpty();
      }
      link.mend();

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> server.send("GET", DEVICES, caller, null).statusCode() == 200);
      accepted.add(created(post(server, caller)));
      for (String id : accepted) {
        assertThat(server.send("GET", DEVICES + "/" + id, caller, null).statusCode())
            .isEqualTo(200);
      }
      // What was answered 503 was not done either.
      JsonNode all =
          Json.readTrusted(server.send("GET", DEVICES + "?$top=50", caller, null).body());
      long fresh =
          all.path("value")
              .valueStream()
              .filter(device -> device.path("notes").asString("").equals("outage"))
              .count();
      assertThat(fresh).isEqualTo(accepted.size());
    }
  }

  /**
   * The answer was 503, and the SDKs repeat a request on that by themselves: two devices where one
   * was asked for.
   */
  @Test
  void a_commit_whose_answer_is_lost_is_told_as_such_and_not_repeated_by_clients(
      Db direct, DbSettings settings, @TempDir Path data) throws Exception {
    URI where = URI.create(settings.url().substring("jdbc:".length()));
    try (CuttableLink link = new CuttableLink(where.getPort());
        Db db = new Db(through(link, where, settings));
        SocketServer server = new SocketServer(db, data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String caller = server.app("TeamworkDevice.ReadWrite.All");
      slowCommits(direct);
      Future<HttpResponse<String>> answer =
          threads.submit(
              () ->
                  server.send(
                      "POST",
                      DEVICES,
                      caller,
                      utf8("{\"deviceType\":\"collaborationBar\",\"notes\":\"lost\"}")));
      Awaitility.await().until(() -> count(direct, COMMITTING) == 1);

      link.cut();

      assertThat(answer.get().statusCode()).isEqualTo(500);
      assertThat(answer.get().headers().firstValue("Retry-After")).isEmpty();
      JsonNode error = Json.readTrusted(answer.get().body()).path("error");
      assertThat(error.path("code").asString()).isEqualTo("generalException");
      assertThat(error.path("message").asString()).contains("it may be stored or not");
      Awaitility.await().until(() -> count(direct, LOST) == 1);
    } finally {
      quickCommits(direct);
    }
  }

  /** The device was stored, its answer had still to be read, and 503 said to come again. */
  @Test
  void a_database_that_goes_away_between_a_change_and_its_answer_is_told_as_such(
      Db direct, DbSettings settings, @TempDir Path data) throws Exception {
    URI where = URI.create(settings.url().substring("jdbc:".length()));
    try (CuttableLink link = new CuttableLink(where.getPort());
        Db db = new Db(through(link, where, settings));
        SocketServer server = new SocketServer(db, data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String caller = server.app("TeamworkDevice.ReadWrite.All");
      slowCommits(direct);
      Future<HttpResponse<String>> answer =
          threads.submit(
              () ->
                  server.send(
                      "POST",
                      DEVICES,
                      caller,
                      utf8("{\"deviceType\":\"collaborationBar\",\"notes\":\"unread\"}")));
      Awaitility.await().until(() -> count(direct, COMMITTING) == 1);
      direct.<Integer>tx(
          tx -> {
            // Waits for the commit, and then the answer waits for this.
            tx.update(Sql.of("lock table devices_device in access exclusive mode"));
            Awaitility.await()
                .until(() -> tx.one(Sql.of(WAITING), row -> row.bigint("n")).orElseThrow() > 0);
            link.cut();
            return 0;
          });

      assertThat(answer.get().statusCode()).isEqualTo(500);
      assertThat(answer.get().body()).contains("The change was stored, all of it or a part");
      assertThat(count(direct, "select count(*) n from devices_device where notes = 'unread'"))
          .isOne();
    } finally {
      quickCommits(direct);
    }
  }

  private static void slowCommits(Db db) {
    run(
        db,
        """
        create function slow() returns trigger language plpgsql as
          'begin perform pg_sleep(1.5); return null; end'
        """);
    run(
        db,
        """
        create constraint trigger slow after insert on devices_device
          deferrable initially deferred for each row execute function slow()
        """);
  }

  private static void quickCommits(Db db) {
    run(db, "drop trigger if exists slow on devices_device");
    run(db, "drop function if exists slow");
  }

  private static void run(Db db, String command) {
    db.statement(tx -> tx.update(Sql.of(command)));
  }

  private static long count(Db db, String query) {
    return db.statement(tx -> tx.one(Sql.of(query), row -> row.bigint("n")).orElseThrow());
  }

  /** It was looked up, deleted, and bound: the foreign key's violation came out as 500. */
  @Test
  void who_is_deleted_while_being_put_into_a_chat_is_not_found(Db db, @TempDir Path data)
      throws Exception {
    try (SocketServer server = new SocketServer(db, data);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String caller = server.app("User.ReadWrite.All", "Chat.Create", "Chat.ReadWrite.All");
      String user = user(server, caller, "leaving@contoso.example");
      String chat =
          created(
              server.send(
                  "POST",
                  "/v1.0/chats",
                  caller,
                  utf8(
                      "{\"chatType\":\"group\",\"members\":[%s]}"
                          .formatted(member(user(server, caller, "host@contoso.example"))))));
      Future<HttpResponse<String>> added =
          db.tx(
              tx -> {
                tx.update(
                    Sql.of("delete from directory_user where user_id = :userId")
                        .with("userId", user));
                Future<HttpResponse<String>> adding =
                    threads.submit(
                        () ->
                            server.send(
                                "POST",
                                "/v1.0/chats/" + chat + "/members",
                                caller,
                                utf8(member(user))));
                Awaitility.await()
                    .until(() -> tx.one(Sql.of(WAITING), row -> row.bigint("n")).orElseThrow() > 0);
                return adding;
              });

      assertThat(added.get().statusCode()).as(added.get().body()).isEqualTo(404);
      assertThat(added.get().body()).contains(user);
    }
  }

  private static String user(SocketServer server, String caller, String name) {
    return created(
        server.send(
            "POST",
            "/v1.0/users",
            caller,
            utf8(
                "{\"userPrincipalName\":\"%s\",\"displayName\":\"A\",\"accountEnabled\":true}"
                    .formatted(name))));
  }

  private static String member(String user) {
    return "{\"@odata.type\":\"#microsoft.graph.aadUserConversationMember\",\"roles\":[],\"user@odata.bind\":\"https://graph.microsoft.com/v1.0/users('%s')\"}"
        .formatted(user);
  }

  private static DbSettings through(CuttableLink link, URI where, DbSettings settings) {
    return new DbSettings(
        settings.url().replace(":" + where.getPort() + "/", ":" + link.port() + "/"),
        settings.user(),
        settings.password(),
        settings.connections(),
        1,
        Duration.ofSeconds(1),
        Duration.ofSeconds(5));
  }

  private static HttpResponse<String> post(SocketServer server, String caller) {
    return server.send(
        "POST",
        DEVICES,
        caller,
        utf8("{\"deviceType\":\"collaborationBar\",\"notes\":\"outage\"}"));
  }

  private static String newDevice(SocketServer server, String caller) {
    // The seeded device has operations of its own; a release fits every collaboration bar.
    assertThat(operations(server, caller, DEVICE)).isNotEmpty();
    return created(
        server.send(
            "POST",
            DEVICES,
            caller,
            utf8(
                "{\"deviceType\":\"collaborationBar\",\"hardwareDetail\":"
                    + "{\"manufacturer\":\"yealink\",\"model\":\"vc210\"}}")));
  }

  private static String created(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Json.readTrusted(answer.body()).path("id").asString();
  }

  private static HttpResponse<String> update(SocketServer server, String caller, String device) {
    return server.send(
        "POST",
        DEVICES + "/" + device + "/updateSoftware",
        caller,
        utf8("{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}"));
  }

  private static List<JsonNode> operations(SocketServer server, String caller, String device) {
    HttpResponse<String> answer =
        server.send("GET", DEVICES + "/" + device + "/operations", caller, null);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.readTrusted(answer.body()).path("value").valueStream().toList();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
