package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Sql;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.AppleSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class VppFaultsTest {

  private VppWorld world;
  private DbSettings database;
  private Path data;

  @BeforeEach
  void begin(Db db, DbSettings settings, @TempDir Path folder) {
    world = new VppWorld(db, folder);
    database = settings;
    data = folder;
  }

  @AfterEach
  void end() throws Exception {
    world.close();
  }

  static Stream<Fault> trouble() {
    return Stream.of(
        Fault.on("getAssets", Fault.Replace.garbage()),
        Fault.on("getAssets", new Fault.HalfBody()),
        Fault.on("getAssets", new Fault.Reset()),
        Fault.on("clientConfig", Fault.Refuse.with(9603)),
        Fault.on("clientConfig", new Fault.Replace(502, "text/html", "<html>", null)),
        Fault.on("getAssignments", Fault.Refuse.with(9729)));
  }

  @ParameterizedTest
  @MethodSource("trouble")
  void trouble_keeps_the_state_and_the_apps_and_passes(Fault fault) {
    VppWorld.Library library = world.library(5);
    String id = world.created(library.token());
    world.admin.addGenerated(library.uId(), 2);
    world.admin.addFault(fault);

    world.sync(id);
    assertThat(status(id)).isEqualTo("valid inProgress");
    assertThat(world.count("vpp_app")).isGreaterThanOrEqualTo(5);
    world.admin.clearFaults();
    world.clock.advance(Duration.ofSeconds(31));
    world.work();

    assertThat(status(id)).isEqualTo("valid completed");
    assertThat(world.count("vpp_app")).isEqualTo(7);
  }

  @Test
  void apple_being_down_to_the_end_of_the_repeats_fails_the_sync_and_never_the_state() {
    String id = world.created(world.library(2).token());
    world.apple.suspend();
    world.sync(id);

    for (int i = 0; i < 7; i++) {
      world.clock.advance(Duration.ofMinutes(9));
      world.work();
    }

    assertThat(status(id)).isEqualTo("valid failed");
    assertThat(world.server.get(world.caller, "/fettle/v1.0/vppTokens/attention").body())
        .contains("syncFailing")
        .contains("Apple is not available: no connection");
    world.apple.resume();
    world.clock.advance(Duration.ofDays(2));
    world.work();
    assertThat(status(id)).isEqualTo("valid completed");
  }

  /**
   * A text with U+0000 is good JSON and cannot be stored. The database's refusal ended the job past
   * all that a sync does about trouble, so it began again for ever and said {@code inProgress}.
   */
  @Test
  void text_of_apples_that_cannot_be_stored_is_trouble_like_any_other() {
    VppWorld.Library library = world.library(2);
    String id = world.created(library.token());
    world.admin.addFault(
        Fault.on(
            "getAssets",
            new Fault.Replace(
                200,
                "application/json",
                """
                {"assets":[{"adamId":"1\\u0000","assignedCount":0,"totalCount":1}],
                 "currentPageIndex":0,"size":1,"totalPages":1,"uId":"%s"}\
                """
                    .formatted(library.uId()),
                null)));
    world.sync(id);

    tryToTheEnd();

    assertThat(status(id)).isEqualTo("valid failed");
    assertThat(attention()).contains("a character that text cannot have");
    assertThat(world.count("vpp_app")).isEqualTo(2);
  }

  @Test
  void an_error_of_our_own_ends_the_sync_as_failed_and_the_next_day_tries_again(Db db) {
    VppWorld.Library library = world.library(1);
    String id = world.created(library.token());
    world.admin.addGenerated(library.uId(), 1);
    String broken = "alter table vpp_app add constraint broken check (tenant_id <> '%s') not valid";
    change(db, broken.formatted(world.tenant));
    world.sync(id);

    tryToTheEnd();

    assertThat(status(id)).isEqualTo("valid failed");
    assertThat(attention()).contains("syncFailing").contains("its log says which");
    change(db, "alter table vpp_app drop constraint broken");
    world.clock.advance(Duration.ofDays(2));
    world.work();
    assertThat(status(id)).isEqualTo("valid completed");
  }

  private void tryToTheEnd() {
    for (int i = 0; i < 7; i++) {
      world.clock.advance(Duration.ofMinutes(16));
      world.work();
    }
  }

  private String attention() {
    return world.server.get(world.caller, "/fettle/v1.0/vppTokens/attention").body();
  }

  private static void change(Db db, String statement) {
    int changed = db.statement(tx -> tx.update(Sql.of(statement)));
    assertThat(changed).isZero();
  }

  @Test
  void apple_being_slow_is_given_up_in_time() {
    AppleSettings hasty =
        new AppleSettings(
            URI.create(world.apple.url()),
            null,
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            Duration.ofSeconds(2),
            3,
            Duration.ofMillis(10));
    world.server = world.another(VppSettings.lenient(hasty, data.resolve("keys.json")));
    String id = world.created(world.library(2).token());
    world.admin.addFault(Fault.on("getAssets", new Fault.Drip(Duration.ofMillis(50))));

    world.sync(id);

    assertThat(status(id)).isEqualTo("valid inProgress");
  }

  @Test
  void too_many_requests_for_ten_minutes_are_waited_out() {
    String id = world.created(world.library(2).token());
    world.admin.addFault(Fault.always(new Fault.Refuse(9646, null, "600")));
    world.sync(id);
    world.admin.clearRequests();

    world.clock.advance(Duration.ofMinutes(9));
    world.work();
    assertThat(world.admin.requests().total()).isZero();
    world.admin.clearFaults();
    // The pace of the client goes by the machine's own clock, which a test does not move.
    world.server = world.another(world.settings());
    world.clock.advance(Duration.ofMinutes(2));
    world.work();

    assertThat(status(id)).isEqualTo("valid completed");
  }

  @Test
  void trouble_in_the_middle_of_page_37_of_60_is_got_over() {
    VppWorld.Library library = world.library(300);
    world.admin.pageSize(5);
    world.admin.addFault(Fault.on("getAssets", Fault.Refuse.with(9603)).page(37).times(2));

    String id = world.created(library.token());

    assertThat(status(id)).isEqualTo("valid completed");
    assertThat(world.count("vpp_app")).isEqualTo(300);
    assertThat(world.admin.requests().of("getAssets")).isEqualTo(62);
  }

  @Test
  void a_sync_that_broke_off_removes_nothing_and_the_next_one_brings_all_to_its_end() {
    VppWorld.Library library = world.library(300);
    world.admin.pageSize(5);
    String id = world.created(library.token());
    world.admin.removeAsset(library.uId(), adamId(id));
    world.admin.addFault(Fault.on("getAssets", Fault.Refuse.with(9603)).page(37));

    world.sync(id);
    assertThat(world.count("vpp_app")).isEqualTo(300);
    world.admin.clearFaults();
    world.clock.advance(Duration.ofSeconds(31));
    world.work();

    assertThat(world.count("vpp_app")).isEqualTo(299);
  }

  @Test
  void a_library_that_grows_while_it_is_read_is_read_whole() {
    VppWorld.Library library = world.library(60);
    world.admin.pageSize(10);
    world.admin.addFault(Fault.on("getAssets", new Fault.Grow(15)).page(3).times(1));

    String id = world.created(library.token());

    assertThat(status(id)).isEqualTo("valid completed");
    assertThat(world.count("vpp_app")).isEqualTo(75);
  }

  @Test
  void a_clock_that_jumps_ahead_and_back_is_put_right_by_the_next_sync() {
    String id = world.created(world.library(1).token());
    world.clock.advance(Duration.ofDays(400));
    world.work();
    assertThat(world.token(id).path("state").asString()).isEqualTo("expired");

    world.clock.advance(Duration.ofDays(-400));
    world.sync(id);

    assertThat(status(id)).isEqualTo("valid completed");
  }

  @Test
  void a_server_that_dies_in_the_middle_of_twenty_thousand_assets_is_taken_over_from() {
    VppWorld.Library library = world.library(20_000);
    String id = world.create(library.token());
    world.admin.addFault(Fault.on("getAssets", new Fault.Delay(Duration.ofSeconds(2))).page(12));
    Db doomed = new Db(database);
    InProcess dying = new InProcess(doomed, world.clock, Ids.random(), data, world.settings());
    Thread sync = Thread.ofVirtual().start(() -> dying.application().jobs().runDue());
    Awaitility.await().untilAsserted(() -> assertThat(world.count("vpp_app")).isGreaterThan(3_000));

    doomed.close();
    world.admin.clearFaults();
    assertThat(status(id)).endsWith("inProgress");
    assertThat(world.work()).isLessThanOrEqualTo(1);
    world.endLeases();
    world.work();

    assertThat(status(id)).isEqualTo("valid completed");
    assertThat(world.count("vpp_app")).isEqualTo(20_000);
    assertThat(world.audited("syncLicenses")).hasSize(1);
    Awaitility.await().until(() -> !sync.isAlive());
    dying.close();
    assertThat(world.count("vpp_app")).isEqualTo(20_000);
  }

  @Test
  void two_servers_on_one_database_sync_each_token_once() throws InterruptedException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(world.create(world.library(20).token()));
    }
    InProcess other = world.another(world.settings());
    Thread one = Thread.ofVirtual().start(() -> world.server.application().jobs().runDue());
    Thread two = Thread.ofVirtual().start(() -> other.application().jobs().runDue());
    one.join();
    two.join();

    assertThat(all).allSatisfy(id -> assertThat(status(id)).isEqualTo("valid completed"));
    assertThat(world.audited("syncLicenses")).hasSize(12);
    assertThat(world.admin.requests().of("getAssets")).isEqualTo(12);
  }

  @Test
  void requests_are_answered_while_a_hundred_tokens_wait_for_apple() {
    VppWorld.Library library = world.library(1);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(world.create(library.token()));
    }
    world.admin.addFault(Fault.on("clientConfig", new Fault.Delay(Duration.ofSeconds(4))));
    world.server.application().start();
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(world.admin.requests().of("clientConfig")).isGreaterThan(1));

    for (String id : all.subList(0, 50)) {
      assertThat(world.token(id).path("id").asString()).isEqualTo(id);
    }
    assertThat(world.db.usage().lent()).isLessThanOrEqualTo(4);
    assertThat(world.audited("syncLicenses")).hasSizeLessThan(50);
  }

  private String status(String id) {
    JsonNode token = world.token(id);
    return token.path("state").asString() + " " + token.path("lastSyncStatus").asString();
  }

  private String adamId(String tokenId) {
    Sql first =
        Sql.of(
                """
                select adam_id from vpp_app where tenant_id = :tenant and token_id = :token
                order by adam_id limit 1
                """)
            .with("tenant", world.tenant)
            .with("token", tokenId);
    return world.db.statement(tx -> tx.one(first, String.class)).orElseThrow();
  }
}
