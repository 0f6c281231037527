package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.simulator.apple.Caller.Reply;
import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.administration.Administration.NewApp;
import dev.fettle.simulator.apple.administration.Administration.NewLibrary;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sections 4.6, 4.7 and 5.1 of the contract: licences, users, and the events that move them. */
final class WritingContractTest {
  private final AppleStandIn standIn =
      AppleStandIn.start(
          AppleStandInSettings.builder()
              .seeded(false)
              .eventPace(new EventPace.Polls(0))
              .limits(new Limits(2, 3, 512, 2, 4, 4, 2, 1000))
              .build());
  private final Administration administration = standIn.administration();
  private String uId = "";
  private Caller caller = Caller.of("", null);

  @BeforeEach
  void open() {
    uId = administration.createLibrary(NewLibrary.business("Example", "Here"));
    administration.addShelf(uId);
    administration.addApp(uId, new NewApp("3", "Three", "com.example.three", "iOS", 3));
    caller = Caller.of(standIn.url(), administration.issueToken(uId));
  }

  @AfterEach
  void close() {
    standIn.close();
  }

  @Test
  void a_device_gets_a_licence_after_the_event_and_not_before() {
    administration.pace(new EventPace.Held());
    Reply begun = associate(List.of("3"), List.of(), List.of("S1"));
    assertThat(begun.status()).isEqualTo(200);
    assertThat(begun.text("uId")).isEqualTo(uId);
    assertThat(begun.body().has("tokenExpirationDate")).isTrue();
    Reply pending = status(begun);
    assertThat(pending.text("eventStatus")).isEqualTo("PENDING");
    assertThat(pending.text("eventType")).isEqualTo("ASSOCIATE");
    assertThat(pending.number("numCompleted")).isZero();
    assertThat(pending.number("numRequested")).isEqualTo(1);
    assertThat(available("3")).isEqualTo(3);

    administration.finishEvents(uId);
    assertThat(status(begun).text("eventStatus")).isEqualTo("COMPLETE");
    assertThat(status(begun).number("numCompleted")).isEqualTo(1);
    assertThat(available("3")).isEqualTo(2);
    JsonNode assignment = caller.get("/assignments").body().path("assignments").get(0);
    assertThat(assignment.propertyNames())
        .containsExactlyInAnyOrder("adamId", "serialNumber", "pricingParam");
    assertThat(assignment.path("serialNumber").stringValue()).isEqualTo("S1");
  }

  @Test
  void an_event_passes_through_a_partial_count_and_ends_by_itself() {
    administration.pace(new EventPace.Polls(1));
    Reply begun = associate(List.of("408709785"), List.of(), List.of("S1", "S2", "S3", "S4"));
    Reply half = status(begun);
    assertThat(half.text("eventStatus")).isEqualTo("PENDING");
    assertThat(half.number("numCompleted")).isEqualTo(2);
    assertThat(status(begun).text("eventStatus")).isEqualTo("COMPLETE");

    administration.pace(new EventPace.After(Duration.ofMillis(5)));
    Reply soon = associate(List.of("408709785"), List.of(), List.of("S5"));
    await().untilAsserted(() -> assertThat(status(soon).text("eventStatus")).isEqualTo("COMPLETE"));
  }

  @Test
  void licences_run_out_and_the_event_fails_in_part() {
    Reply begun = associate(List.of("3"), List.of(), List.of("S1", "S2", "S3", "S4"));
    Reply done = status(begun);
    assertThat(done.text("eventStatus")).isEqualTo("FAILED");
    assertThat(done.number("numCompleted")).isEqualTo(3);
    assertThat(done.number("numRequested")).isEqualTo(4);
    JsonNode failure = done.body().path("failures").get(0);
    assertThat(failure.path("errorNumber").intValue()).isEqualTo(9709);
    assertThat(failure.path("errorInfo").path("serialNumbers").get(0).stringValue())
        .isEqualTo("S4");
    assertThat(available("3")).isZero();
    assertThat(caller.get("/assignments?adamId=3").number("size")).isEqualTo(3);
  }

  @Test
  void a_user_who_is_not_registered_fails_alone_with_9609() {
    createUsers("u1");
    Reply done = status(associate(List.of("3"), List.of("u1", "u2"), List.of("S1")));
    assertThat(done.text("eventStatus")).isEqualTo("FAILED");
    assertThat(done.number("numCompleted")).isEqualTo(2);
    JsonNode failure = done.body().path("failures").get(0);
    assertThat(failure.path("errorNumber").intValue()).isEqualTo(9609);
    assertThat(failure.path("errorInfo").propertyNames()).containsExactly("clientUserIds");
    assertThat(failure.path("errorInfo").path("clientUserIds").get(0).stringValue())
        .isEqualTo("u2");
  }

  @Test
  void a_target_that_has_the_asset_takes_no_second_licence() {
    run(associate(List.of("3"), List.of(), List.of("S1")));
    Reply again = status(associate(List.of("3"), List.of(), List.of("S1")));
    assertThat(again.text("eventStatus")).isEqualTo("COMPLETE");
    assertThat(available("3")).isEqualTo(2);
  }

  @Test
  void disassociate_gives_the_licence_back_once() {
    run(associate(List.of("3"), List.of(), List.of("S1", "S2")));
    run(disassociate(List.of("3"), List.of("S1")));
    run(disassociate(List.of("3"), List.of("S1")));
    assertThat(available("3")).isEqualTo(2);
    assertThat(caller.get("/assignments?serialNumber=S1").number("size")).isZero();
    assertThat(caller.get("/assignments?serialNumber=S2").number("size")).isEqualTo(1);
  }

  @Test
  void revoke_takes_every_revocable_asset_of_its_targets() {
    createUsers("u1");
    run(associate(List.of("3", "408709785"), List.of("u1"), List.of("S1", "S2")));
    run(associate(List.of("1400000123"), List.of("u1"), List.of()));
    Reply begun =
        caller.post("/assets/revoke", "{\"clientUserIds\":[\"u1\"],\"serialNumbers\":[\"S1\"]}");
    Reply done = status(begun);
    assertThat(done.text("eventType")).isEqualTo("REVOKE");
    assertThat(done.number("numRequested")).isEqualTo(4);
    assertThat(caller.get("/assignments").number("size")).isEqualTo(3);
    assertThat(caller.get("/assignments?clientUserId=u1").number("size")).isEqualTo(1);
    assertThat(available("3")).isEqualTo(2);
  }

  @Test
  void requests_are_checked_whole_before_anything_happens() {
    assertError(associate(List.of(), List.of(), List.of("S1")), 9718);
    assertError(associate(List.of("3"), List.of(), List.of()), 9719);
    assertError(associate(List.of("3", "408709785", "377298193"), List.of(), List.of("S1")), 9700);
    List<String> five = IntStream.range(0, 5).mapToObj(i -> "T" + i).toList();
    assertError(associate(List.of("3"), five, List.of()), 9701);
    assertError(associate(List.of("3"), List.of(), five), 9702);
    assertError(associate(List.of("3", "3"), List.of(), List.of("S1")), 9703);
    assertError(associate(List.of("3"), List.of("u", "u"), List.of()), 9704);
    assertError(associate(List.of("3"), List.of(), List.of("S1", "S1")), 9705);
    assertError(disassociate(List.of("1400000123"), List.of("S1")), 9706);
    assertError(associate(List.of("1400000123"), List.of(), List.of("S1")), 9707);
    assertError(associate(List.of("586447913"), List.of("u"), List.of("S1")), 9707);
    assertError(associate(List.of("999"), List.of(), List.of("S1")), 9602);
    assertError(caller.post("/assets/associate", "{\"assets\":{},\"serialNumbers\":[]}"), 9602);
    assertError(
        caller.post("/assets/associate", "{\"assets\":[{\"adamId\":3}],\"serialNumbers\":[]}"),
        9602);
    assertError(caller.post("/assets/revoke", "{\"serialNumbers\":[\"a\",\"b\",\"c\"]}"), 9702);
    assertThat(caller.get("/assignments").number("size")).isZero();
    Reply library = Caller.of(standIn.administrationUrl(), null).get("/libraries/" + uId);
    assertThat(library.number("pendingEvents")).isZero();
  }

  @Test
  void culprits_are_named_in_error_info() {
    Reply repeated = associate(List.of("3"), List.of(), List.of("S1", "S2", "S1"));
    assertThat(repeated.body().path("errorInfo").path("serialNumbers").get(0).stringValue())
        .isEqualTo("S1");
    Reply book = disassociate(List.of("1400000123"), List.of("S1"));
    assertThat(book.body().path("errorInfo").path("assets").get(0).path("adamId").stringValue())
        .isEqualTo("1400000123");
  }

  @Test
  void an_unknown_event_is_9708() {
    assertError(caller.get("/status?eventId=nothing"), 9708);
    assertError(caller.get("/status"), 9708);
  }

  @Test
  void chosen_tasks_fail_with_the_chosen_number() {
    administration.failTasks(uId, null, null, "S2", 9603, 1);
    Reply done = status(associate(List.of("3"), List.of(), List.of("S1", "S2")));
    assertThat(done.number("numCompleted")).isEqualTo(1);
    assertThat(done.body().path("failures").get(0).path("errorNumber").intValue()).isEqualTo(9603);
    run(associate(List.of("3"), List.of(), List.of("S2")));
  }

  @Test
  void assignments_tell_what_changed_since_a_version() {
    run(associate(List.of("3"), List.of(), List.of("S1")));
    String version = caller.get("/assignments").text("versionId");
    Reply nothing = caller.get("/assignments?sinceVersionId=" + version);
    assertThat(nothing.status()).isEqualTo(200);
    assertThat(nothing.number("size")).isZero();
    run(associate(List.of("3"), List.of(), List.of("S2")));
    JsonNode delta = caller.get("/assignments?sinceVersionId=" + version).body();
    assertThat(delta.path("assignments").size()).isEqualTo(1);
    assertThat(delta.path("assignments").get(0).path("serialNumber").stringValue()).isEqualTo("S2");
    assertError(caller.get("/assignments?sinceVersionId=nonsense"), 9721);
    assertError(
        caller.get("/assignments?sinceVersionId=" + caller.get("/users").text("versionId")), 9721);
  }

  @Test
  void users_register_link_and_retire() {
    run(
        caller.post(
            "/users/create",
            """
            {"users":[{"clientUserId":"u1","email":"u1@example.org"},
                      {"clientUserId":"u2","managedAppleId":"u2@example.org"}]}
            """));
    JsonNode users = caller.get("/users").body().path("users");
    assertThat(users.get(0).path("status").stringValue()).isEqualTo("Registered");
    assertThat(users.get(0).path("inviteCode").stringValue()).isNotBlank();
    assertThat(users.get(0).has("idHash")).isFalse();
    assertThat(users.get(1).path("status").stringValue()).isEqualTo("Associated");
    assertThat(users.get(1).path("idHash").stringValue()).isNotBlank();

    administration.acceptInvitation(uId, "u1");
    assertThat(userStatus("u1")).isEqualTo("Associated");

    run(associate(List.of("3"), List.of("u1"), List.of()));
    JsonNode held =
        caller.get("/assignments?includeUserState=true").body().path("assignments").get(0);
    assertThat(held.path("userStatus").stringValue()).isEqualTo("Associated");
    assertThat(held.has("idHash")).isTrue();
    assertThat(held.has("serialNumber")).isFalse();

    run(caller.post("/users/retire", "{\"users\":[{\"clientUserId\":\"u1\"}]}"));
    assertThat(userStatus("u1")).isEqualTo("Retired");
    assertThat(available("3")).isEqualTo(3);

    createUsers("u1");
    assertThat(caller.get("/users?clientUserId=u1").number("size")).isEqualTo(2);
    assertThat(caller.get("/users?activeOnly=true").number("size")).isEqualTo(2);
    assertThat(caller.get("/users?retiredOnly=true").number("size")).isEqualTo(1);
  }

  @Test
  void users_fail_one_by_one_in_the_event() {
    createUsers("u1");
    Reply done =
        status(
            caller.post(
                "/users/create",
                """
                {"users":[{"clientUserId":"u1"},
                          {"clientUserId":"u2","managedAppleId":"u2@elsewhere.com"},
                          {"clientUserId":"u3","managedAppleId":"u3@example.org"}]}
                """));
    assertThat(done.text("eventStatus")).isEqualTo("FAILED");
    assertThat(done.number("numCompleted")).isEqualTo(1);
    assertThat(failureNumbers(done)).containsExactly(9716, 9635);
    Reply linked =
        status(
            caller.post(
                "/users/update",
                """
                {"users":[{"clientUserId":"u1","managedAppleId":"u3@example.org"},
                          {"clientUserId":"nobody"}]}
                """));
    assertThat(failureNumbers(linked)).containsExactly(9641, 9609);
    assertThat(
            failureNumbers(
                status(
                    caller.post("/users/retire", "{\"users\":[{\"clientUserId\":\"nobody\"}]}"))))
        .containsExactly(9609);
  }

  @Test
  void user_requests_are_checked_whole() {
    assertError(caller.post("/users/create", "{}"), 9720);
    assertError(caller.post("/users/create", "{\"users\":[]}"), 9720);
    assertError(caller.post("/users/create", "{\"users\":[{}]}"), 9602);
    assertError(
        caller.post(
            "/users/create", "{\"users\":[{\"clientUserId\":\"a\"},{\"clientUserId\":\"a\"}]}"),
        9715);
    assertError(
        caller.post(
            "/users/create", "{\"users\":[{\"clientUserId\":\"a\",\"email\":\"not one\"}]}"),
        9717);
    String four =
        IntStream.range(0, 4)
            .mapToObj(i -> "{\"clientUserId\":\"u" + i + "\"}")
            .collect(Collectors.joining(","));
    assertError(caller.post("/users/create", "{\"users\":[" + four + "]}"), 9714);
  }

  private void createUsers(String... ids) {
    String users =
        List.of(ids).stream()
            .map(id -> "{\"clientUserId\":\"" + id + "\"}")
            .collect(Collectors.joining(","));
    run(caller.post("/users/create", "{\"users\":[" + users + "]}"));
  }

  private Reply associate(List<String> assets, List<String> users, List<String> serials) {
    return caller.post("/assets/associate", body(assets, users, serials));
  }

  private Reply disassociate(List<String> assets, List<String> serials) {
    return caller.post("/assets/disassociate", body(assets, List.of(), serials));
  }

  private static String body(List<String> assets, List<String> users, List<String> serials) {
    String numbers =
        assets.stream()
            .map(asset -> "{\"adamId\":\"" + asset + "\"}")
            .collect(Collectors.joining(","));
    return "{\"assets\":[%s],\"clientUserIds\":[%s],\"serialNumbers\":[%s]}"
        .formatted(numbers, quoted(users), quoted(serials));
  }

  private static String quoted(List<String> values) {
    return values.stream().map(value -> "\"" + value + "\"").collect(Collectors.joining(","));
  }

  private Reply status(Reply begun) {
    return caller.get("/status?eventId=" + begun.text("eventId"));
  }

  private void run(Reply begun) {
    assertThat(status(begun).text("eventStatus")).isEqualTo("COMPLETE");
  }

  private int available(String adamId) {
    return caller
        .get("/assets?adamId=" + adamId)
        .body()
        .path("assets")
        .get(0)
        .path("availableCount")
        .intValue();
  }

  private String userStatus(String clientUserId) {
    return caller
        .get("/users?clientUserId=" + clientUserId)
        .body()
        .path("users")
        .get(0)
        .path("status")
        .stringValue();
  }

  private static List<Integer> failureNumbers(Reply status) {
    return status
        .body()
        .path("failures")
        .valueStream()
        .map(failure -> failure.path("errorNumber").intValue())
        .toList();
  }

  private static void assertError(Reply reply, int number) {
    assertThat(reply.error()).isEqualTo(number);
    assertThat(reply.status()).isEqualTo(400);
  }
}
