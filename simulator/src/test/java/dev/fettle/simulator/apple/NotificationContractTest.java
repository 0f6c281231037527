package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fettle.simulator.apple.Caller.Reply;
import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.administration.Administration.NewLibrary;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Section 5.2 of the contract: where notifications go, what they say, and how they get lost. */
final class NotificationContractTest {
  private final Listener listener;
  private final AppleStandIn standIn =
      AppleStandIn.start(
          AppleStandInSettings.builder()
              .seeded(false)
              .plainNotifications(true)
              .notificationRetry(Duration.ofMillis(20))
              .eventPace(new EventPace.After(Duration.ZERO))
              .limits(Limits.documented().withMaxRequestPerSecond(1000))
              .build());
  private final Administration administration = standIn.administration();
  private String uId = "";
  private Caller caller = Caller.of("", null);

  NotificationContractTest() throws IOException {
    listener = new Listener();
  }

  @BeforeEach
  void open() {
    uId = administration.createLibrary(NewLibrary.business("Example", "Here"));
    administration.addShelf(uId);
    caller = Caller.of(standIn.url(), administration.issueToken(uId));
  }

  @AfterEach
  void close() {
    standIn.close();
    listener.close();
  }

  @Test
  void setting_a_url_sends_a_test_first_and_keeps_what_was_set() {
    Reply set = subscribe(listener.url());
    assertThat(set.status()).isEqualTo(200);
    assertThat(set.text("notificationUrl")).isEqualTo(listener.url());
    assertThat(set.text("notificationAuthToken")).isEqualTo("s3cret");
    assertThat(set.body().path("subscribedNotificationTypes").size()).isEqualTo(4);
    assertThat(listener.arrived()).hasSize(1);
    Listener.Arrived test = listener.arrived().getFirst();
    assertThat(test.type()).isEqualTo("TEST_NOTIFICATION");
    assertThat(test.authorization()).isEqualTo("Bearer s3cret");
    assertThat(test.contentType()).isEqualTo("application/json");
    assertThat(test.body().propertyNames())
        .containsExactlyInAnyOrder("notification", "notificationId", "notificationType", "uId");
    assertThat(test.body().path("uId").stringValue()).isEqualTo(uId);
  }

  @Test
  void a_url_that_does_not_take_the_test_is_refused_and_nothing_is_stored() {
    listener.answer(500);
    Reply refused =
        caller.post(
            "/client/config",
            """
            {"mdmInfo":{"id":"i","name":"n","metadata":"m"},
             "notificationUrl":"%s","notificationAuthToken":"s"}
            """
                .formatted(listener.url()));
    assertThat(refused.error()).isEqualTo(9728);
    assertThat(caller.get("/client/config").body().has("mdmInfo")).isFalse();
    assertThat(caller.get("/client/config").body().has("notificationUrl")).isFalse();
    assertThat(subscribe("http://127.0.0.1:1/closed").error()).isEqualTo(9728);
  }

  @Test
  void url_and_bearer_come_together_and_are_https_with_host_and_path_only() {
    assertThat(caller.post("/client/config", "{\"notificationUrl\":\"https://a.example\"}").error())
        .isEqualTo(9710);
    assertThat(caller.post("/client/config", "{\"notificationAuthToken\":\"a\"}").error())
        .isEqualTo(9710);
    for (String url :
        List.of(
            "http://a.example/x",
            "https://a.example/x?y=1",
            "https://a.example/x#y",
            "https://me@a.example/x",
            "ftp://a.example/x",
            "not a url",
            "/x")) {
      assertThat(subscribe(url).error()).as(url).isEqualTo(9712);
    }
    assertThat(subscribe("https://a.example/" + "x".repeat(512)).error()).isEqualTo(9711);
    assertThat(caller.post("/client/config", "{\"notificationTypes\":[\"NONSENSE\"]}").error())
        .isEqualTo(9602);
  }

  @Test
  void plain_http_is_refused_unless_it_was_allowed() {
    try (AppleStandIn strict = AppleStandIn.start(AppleStandInSettings.defaults())) {
      Caller strictly = Caller.of(strict.url(), strict.seeded().getFirst().contentToken());
      assertThat(subscribe(strictly, listener.url()).error()).isEqualTo(9712);
    }
  }

  @Test
  void an_empty_url_with_an_empty_bearer_ends_notifications() {
    subscribe(listener.url());
    Reply ended =
        caller.post("/client/config", "{\"notificationUrl\":\"\",\"notificationAuthToken\":\"\"}");
    assertThat(ended.status()).isEqualTo(200);
    assertThat(ended.body().has("notificationUrl")).isFalse();
    administration.changeTotal(uId, "408709785", 1);
    assertThat(listener.of("ASSET_COUNT")).isEmpty();
  }

  @Test
  void a_purchase_is_told_as_a_signed_delta() {
    subscribe(listener.url());
    administration.changeTotal(uId, "408709785", -12);
    await().until(() -> !listener.of("ASSET_COUNT").isEmpty());
    JsonNode notification = listener.of("ASSET_COUNT").getFirst().notification();
    assertThat(notification.path("adamId").stringValue()).isEqualTo("408709785");
    assertThat(notification.path("pricingParam").stringValue()).isEqualTo("STDQ");
    assertThat(notification.path("countDelta").intValue()).isEqualTo(-12);
  }

  @Test
  void an_event_brings_a_notification_for_each_result_with_one_error_at_most() {
    subscribe(listener.url());
    Reply begun = associate("640199958", 5);
    await().until(() -> listener.of("ASSET_MANAGEMENT").size() == 2);
    JsonNode success = listener.of("ASSET_MANAGEMENT").get(0).notification();
    assertThat(success.path("result").stringValue()).isEqualTo("SUCCESS");
    assertThat(success.path("type").stringValue()).isEqualTo("ASSOCIATE");
    assertThat(success.path("eventId").stringValue()).isEqualTo(begun.text("eventId"));
    assertThat(success.path("assignments").size()).isEqualTo(3);
    assertThat(success.has("error")).isFalse();
    JsonNode failure = listener.of("ASSET_MANAGEMENT").get(1).notification();
    assertThat(failure.path("result").stringValue()).isEqualTo("FAILURE");
    assertThat(failure.path("error").path("errorNumber").intValue()).isEqualTo(9709);
    assertThat(failure.path("assignments").size()).isEqualTo(2);
  }

  @Test
  void a_notification_carries_at_most_a_hundred_elements() {
    subscribe(listener.url());
    associate("408709785", 250);
    await().until(() -> listener.of("ASSET_MANAGEMENT").size() == 3);
    assertThat(
            listener.of("ASSET_MANAGEMENT").stream()
                .map(one -> one.notification().path("assignments").size()))
        .containsExactly(100, 100, 50);
  }

  @Test
  void users_are_told_of_when_created_and_when_associated() {
    subscribe(listener.url());
    caller.post("/users/create", "{\"users\":[{\"clientUserId\":\"u1\"}]}");
    await().until(() -> !listener.of("USER_MANAGEMENT").isEmpty());
    JsonNode created = listener.of("USER_MANAGEMENT").getFirst().notification();
    assertThat(created.path("type").stringValue()).isEqualTo("CREATE");
    assertThat(created.path("users").get(0).path("clientUserId").stringValue()).isEqualTo("u1");
    administration.acceptInvitation(uId, "u1");
    await().until(() -> !listener.of("USER_ASSOCIATED").isEmpty());
    JsonNode associated = listener.of("USER_ASSOCIATED").getFirst().notification();
    assertThat(associated.path("associatedUsers").get(0).path("idHash").stringValue()).isNotBlank();
  }

  @Test
  void only_subscribed_types_are_sent() {
    caller.post(
        "/client/config",
        """
        {"notificationUrl":"%s","notificationAuthToken":"s3cret",
         "notificationTypes":["TEST_NOTIFICATION","USER_MANAGEMENT"]}
        """
            .formatted(listener.url()));
    administration.changeTotal(uId, "408709785", 1);
    caller.post("/users/create", "{\"users\":[{\"clientUserId\":\"u1\"}]}");
    await().until(() -> !listener.of("USER_MANAGEMENT").isEmpty());
    assertThat(listener.of("ASSET_COUNT")).isEmpty();
    assertThat(caller.get("/client/config").body().path("subscribedNotificationTypes").size())
        .isEqualTo(1);
  }

  @Test
  void a_failed_delivery_is_tried_three_times_with_the_same_id() {
    subscribe(listener.url());
    listener.answer(500, 503, 401, 204);
    administration.changeTotal(uId, "408709785", 1);
    await().until(() -> listener.of("ASSET_COUNT").size() == 3);
    administration.changeTotal(uId, "377298193", 1);
    await().until(() -> listener.of("ASSET_COUNT").size() == 4);
    List<String> ids =
        listener.of("ASSET_COUNT").stream()
            .map(one -> one.body().path("notificationId").stringValue())
            .toList();
    assertThat(ids.subList(0, 3)).containsOnly(ids.getFirst());
    assertThat(ids.get(3)).isNotEqualTo(ids.getFirst());
  }

  @Test
  void notifications_can_be_doubled_lost_and_turned_round() {
    subscribe(listener.url());
    administration.delivery(uId, true, 1, false);
    administration.changeTotal(uId, "408709785", 1);
    administration.changeTotal(uId, "408709785", 2);
    await().until(() -> listener.of("ASSET_COUNT").size() == 2);
    assertThat(listener.of("ASSET_COUNT").get(0).body())
        .isEqualTo(listener.of("ASSET_COUNT").get(1).body());
    assertThat(listener.of("ASSET_COUNT").getFirst().notification().path("countDelta").intValue())
        .isEqualTo(2);
    administration.delivery(uId, false, 0, true);
    associate("640199958", 5);
    await().until(() -> listener.of("ASSET_MANAGEMENT").size() == 2);
    assertThat(
            listener.of("ASSET_MANAGEMENT").getFirst().notification().path("result").stringValue())
        .isEqualTo("FAILURE");
  }

  @Test
  void any_notification_can_be_fired_by_hand_even_of_an_unknown_type() {
    JsonNode body = new JsonMapper().readTree("{\"anything\":1}");
    assertThatThrownBy(() -> administration.fireNotification(uId, "NEW_IN_2031", body, null))
        .isInstanceOf(IllegalArgumentException.class);
    subscribe(listener.url());
    assertThat(administration.fireNotification(uId, "NEW_IN_2031", body, "id-1")).isEqualTo(204);
    assertThat(administration.fireNotification(uId, "NEW_IN_2031", body, "id-1")).isEqualTo(204);
    assertThat(listener.of("NEW_IN_2031"))
        .hasSize(2)
        .allSatisfy(
            one -> assertThat(one.body().path("notificationId").stringValue()).isEqualTo("id-1"));
  }

  private Reply subscribe(String url) {
    return subscribe(caller, url);
  }

  private static Reply subscribe(Caller who, String url) {
    return who.post(
        "/client/config",
        """
        {"notificationUrl":"%s","notificationAuthToken":"s3cret","notificationTypes":
         ["ASSET_COUNT","ASSET_MANAGEMENT","USER_MANAGEMENT","USER_ASSOCIATED"]}
        """
            .formatted(url));
  }

  private Reply associate(String adamId, int devices) {
    String serials =
        IntStream.range(0, devices)
            .mapToObj(i -> "\"S" + i + "\"")
            .collect(Collectors.joining(","));
    return caller.post(
        "/assets/associate",
        "{\"assets\":[{\"adamId\":\"%s\"}],\"serialNumbers\":[%s]}".formatted(adamId, serials));
  }
}
