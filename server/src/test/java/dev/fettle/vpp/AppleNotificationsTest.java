package dev.fettle.vpp;

import static dev.fettle.vpp.VppWorld.BETA_APPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Headers;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import dev.fettle.vpp.apple.LicenceHolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class AppleNotificationsTest {

  private static final String FIELD_NOTES = "408709785";

  private VppWorld world;
  private VppWorld.Library library;
  private String tokenId;

  @BeforeEach
  void begin(Db db, @TempDir Path data) {
    world = new VppWorld(db, data);
    world.notified();
    library = world.library(0);
    world.admin.addShelf(library.uId());
    tokenId = world.created(library.token());
  }

  @AfterEach
  void end() throws Exception {
    world.close();
  }

  @Test
  void a_purchase_counts_without_a_sync_and_is_read_again_a_little_later() {
    world.admin.clearRequests();

    world.admin.changeTotal(library.uId(), FIELD_NOTES, 7);

    Awaitility.await().untilAsserted(() -> assertThat(total()).isEqualTo(15_007));
    assertThat(world.admin.requests().total()).isZero();
    world.clock.advance(Duration.ofSeconds(61));
    world.work();
    assertThat(total()).isEqualTo(15_007);
    assertThat(world.admin.requests().of("getAssets")).isEqualTo(1);
  }

  @Test
  void repeats_count_once_and_the_order_does_not_matter() {
    fire("ASSET_COUNT", count(-20_000), "one");
    assertThat(total()).isZero();
    fire("ASSET_COUNT", count(-20_000), "one");
    fire("ASSET_COUNT", count(6_000), "two");
    assertThat(total()).isEqualTo(1_000);
    fire("ASSET_COUNT", count(6_000), "two");
    assertThat(total()).isEqualTo(1_000);

    world.clock.advance(Duration.ofSeconds(61));
    world.work();
    assertThat(total()).isEqualTo(15_000);
  }

  @Test
  void given_and_taken_licences_count_once_each() {
    world.give(library, FIELD_NOTES, LicenceHolder.device("SERIAL1"));
    Awaitility.await().untilAsserted(() -> assertThat(used()).isEqualTo(1));

    fire("ASSET_MANAGEMENT", managed("ASSOCIATE", "SUCCESS", "SERIAL1"), "again");
    fire("ASSET_MANAGEMENT", managed("ASSOCIATE", "FAILURE", "SERIAL2"), "failed");
    assertThat(used()).isEqualTo(1);
    fire("ASSET_MANAGEMENT", managed("DISASSOCIATE", "SUCCESS", "SERIAL1"), "gone");
    fire("ASSET_MANAGEMENT", managed("REVOKE", "SUCCESS", "SERIAL1"), "gone twice");
    assertThat(used()).isZero();
  }

  @Test
  void types_that_are_not_known_are_kept_and_do_nothing() {
    assertThat(fire("SUBSCRIPTION_COUNT", Json.readTrusted("{\"x\":{\"y\":[1]}}"), "s"))
        .isEqualTo(204);
    Sql body =
        Sql.of(
                """
                select body from vpp_notification
                where tenant_id = :tenant and type = 'SUBSCRIPTION_COUNT'
                """)
            .with("tenant", world.tenant);
    JsonNode kept = world.db.statement(tx -> tx.one(body, JsonNode.class)).orElseThrow();
    assertThat(kept.path("notification").path("x").path("y").get(0).asInt()).isEqualTo(1);
  }

  @Test
  void only_apples_own_bearer_is_heard() {
    String body = "{\"notificationId\":\"x\",\"notificationType\":\"ASSET_COUNT\"}";
    for (String bearer : new String[] {"", "Bearer ", "Bearer guess", "Basic eDp5"}) {
      assertThat(post(world.tenant, tokenId, bearer, body).status()).isEqualTo(401);
    }
    assertThat(post(world.tenant, "nobody", "Bearer x", body).status()).isEqualTo(401);
    assertThat(post("nobody", tokenId, "Bearer x", body).status()).isEqualTo(401);
    assertThat(
            world
                .server
                .get(world.caller, "/fettle/vpp/notifications/" + world.tenant + "/" + tokenId)
                .status())
        .isEqualTo(405);
  }

  @Test
  void deleting_the_vpp_token_ends_the_notifications() {
    world.admin.clearRequests();

    assertThat(world.server.delete(world.caller, VppWorld.TOKENS + "/" + tokenId).status())
        .isEqualTo(204);

    Awaitility.await()
        .untilAsserted(() -> assertThat(world.admin.requests().of("clientConfig")).isEqualTo(2));
    assertThat(world.count("vpp_app")).isZero();
  }

  private int fire(String type, JsonNode notification, String id) {
    return world.admin.fireNotification(library.uId(), type, notification, id);
  }

  private static JsonNode count(int delta) {
    return Json.object()
        .put("adamId", FIELD_NOTES)
        .put("pricingParam", "STDQ")
        .put("countDelta", delta);
  }

  private static JsonNode managed(String type, String result, String serial) {
    return Json.readTrusted(
        """
        {"assignments":[{"adamId":"408709785","pricingParam":"STDQ","serialNumber":"%s"}],
         "eventId":"e","result":"%s","type":"%s"}\
        """
            .formatted(serial, result, type));
  }

  private InProcess.Answer post(String tenant, String id, String bearer, String body) {
    Headers headers = Headers.of("Content-Type", "application/json");
    return world.server.send(
        "POST",
        "/fettle/vpp/notifications/" + tenant + "/" + id,
        bearer.isEmpty() ? headers : headers.with("Authorization", bearer),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private int total() {
    return app().path("totalLicenseCount").asInt();
  }

  private int used() {
    return app().path("usedLicenseCount").asInt();
  }

  private JsonNode app() {
    return world
        .server
        .get(world.caller, BETA_APPS + "?$filter=displayName%20eq%20'Field%20Notes'")
        .json()
        .path("value")
        .get(0);
  }
}
