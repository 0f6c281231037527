package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fettle.simulator.apple.Caller.Reply;
import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.MdmInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Rate limits and everything that goes wrong on demand (section 9 of the contract). */
final class FaultContractTest {
  private final AppleStandIn standIn = AppleStandIn.start(AppleStandInSettings.defaults());
  private final Administration administration = standIn.administration();
  private String uId = "";
  private Caller caller = Caller.of("", null);
  private Caller admin = Caller.of("", null);

  @BeforeEach
  void open() {
    AppleStandIn.SeededLibrary library = standIn.seeded().getFirst();
    uId = library.uId();
    caller = Caller.of(standIn.url(), library.contentToken());
    admin = Caller.of(standIn.administrationUrl(), null);
  }

  @AfterEach
  void close() {
    standIn.close();
  }

  @Test
  void too_many_requests_in_a_second_are_429_with_retry_after() {
    administration.limits(Limits.documented().withMaxRequestPerSecond(3));
    assertThat(
            Caller.of(standIn.url(), null)
                .get("/service/config")
                .body()
                .path("limits")
                .path("maxRequestPerSecond")
                .intValue())
        .isEqualTo(3);
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      statuses.add(caller.get("/client/config").status());
    }
    assertThat(statuses).contains(200, 429).containsOnly(200, 429);
    Reply refused = refused();
    assertThat(refused.error()).isEqualTo(9646);
    assertThat(refused.retryAfter()).isEqualTo("1");
    Caller other = caller.bearer(standIn.seeded().get(1).contentToken());
    assertThat(other.get("/client/config").status()).isEqualTo(200);
    await().until(() -> caller.get("/client/config").status() == 200);
  }

  private Reply refused() {
    Reply reply = caller.get("/client/config");
    while (reply.status() == 200) {
      reply = caller.get("/client/config");
    }
    return reply;
  }

  @ParameterizedTest
  @EnumSource(AppleError.class)
  void every_error_number_can_be_had(AppleError error) {
    administration.addFault(Fault.always(Fault.Refuse.with(error.number())).times(1));
    Reply reply = caller.get("/assets");
    assertThat(reply.error()).isEqualTo(error.number());
    assertThat(reply.status()).isEqualTo(error.status());
    assertThat(caller.get("/assets").status()).isEqualTo(200);
  }

  @Test
  void an_error_can_have_any_number_any_status_and_a_date_in_retry_after() {
    administration.addFault(
        Fault.on("getAssets", new Fault.Refuse(9999, 503, "Sat, 21 Nov 2026 10:00:00 GMT")));
    Reply reply = caller.get("/assets");
    assertThat(reply.error()).isEqualTo(9999);
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.retryAfter()).isEqualTo("Sat, 21 Nov 2026 10:00:00 GMT");
    assertThat(caller.get("/users").status()).isEqualTo(200);
    administration.clearFaults();
    administration.addFault(Fault.always(new Fault.Refuse(9625, 200, null)));
    assertThat(caller.get("/assets").status()).isEqualTo(200);
    assertThat(caller.get("/assets").error()).isEqualTo(9625);
  }

  @Test
  void a_fault_can_wait_for_one_page_of_one_library() {
    administration.pageSize(2);
    administration.addFault(
        Fault.on("getAssets", Fault.Refuse.with(9603)).library(uId).page(3).times(1));
    assertThat(caller.get("/assets?pageIndex=2").status()).isEqualTo(200);
    Caller other = caller.bearer(standIn.seeded().get(1).contentToken());
    assertThat(other.get("/assets?pageIndex=3").status()).isEqualTo(200);
    assertThat(caller.get("/assets?pageIndex=3").status()).isEqualTo(500);
    assertThat(caller.get("/assets?pageIndex=3").status()).isEqualTo(200);
  }

  @Test
  void an_answer_can_be_garbage_with_a_good_face() {
    administration.addFault(Fault.always(Fault.Replace.garbage()).times(1));
    assertThatThrownBy(() -> caller.get("/assets")).isInstanceOf(JacksonException.class);
  }

  @Test
  void an_answer_can_break_off_in_the_middle_or_not_come_at_all() {
    administration.addFault(Fault.always(new Fault.HalfBody()).times(1));
    assertThatThrownBy(() -> caller.get("/assets"))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(IOException.class);
    administration.addFault(Fault.on("createUsers", new Fault.Reset()).times(1));
    assertThatThrownBy(() -> caller.post("/users/create", "{\"users\":[{\"clientUserId\":\"a\"}]}"))
        .isInstanceOf(UncheckedIOException.class);
    administration.finishEvents(uId);
    assertThat(caller.get("/users").number("size")).isZero();
  }

  @Test
  void the_connection_can_close_after_the_work_was_done() {
    administration.addFault(Fault.on("createUsers", new Fault.ResetAfterWork()).times(1));
    assertThatThrownBy(() -> caller.post("/users/create", "{\"users\":[{\"clientUserId\":\"a\"}]}"))
        .isInstanceOf(UncheckedIOException.class);
    administration.finishEvents(uId);
    assertThat(caller.get("/users").number("size")).isEqualTo(1);
  }

  @Test
  void an_answer_can_be_late() {
    administration.addFault(Fault.always(new Fault.Delay(Duration.ofSeconds(20))).times(1));
    assertThatThrownBy(
            () ->
                caller.send(
                    caller.request("/client/config").timeout(Duration.ofMillis(300)).build()))
        .cause()
        .isInstanceOf(HttpTimeoutException.class);
  }

  /** Never silent for long, so that only a deadline for the whole call catches it. */
  @Test
  void an_answer_can_drip() {
    administration.addFault(Fault.always(new Fault.Drip(Duration.ofMillis(1))).times(1));
    long start = System.nanoTime();
    Reply reply = caller.get("/client/config");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThan(Duration.ofMillis(reply.body().toString().length()));
  }

  @Test
  void somebody_else_can_take_the_library_between_two_requests() {
    caller.post(
        "/client/config", "{\"mdmInfo\":{\"id\":\"me\",\"name\":\"n\",\"metadata\":\"m\"}}");
    administration.addFault(
        Fault.on("getAssets", new Fault.TakeOver(new MdmInfo("other", "Other", "1"))).times(1));
    assertThat(owner(caller.get("/users"))).isEqualTo("me");
    assertThat(owner(caller.get("/assets"))).isEqualTo("other");
    assertThat(owner(caller.get("/users"))).isEqualTo("other");
  }

  private static String owner(Reply reply) {
    return reply.body().path("mdmInfo").path("id").stringValue();
  }

  @Test
  void it_can_be_down_and_come_back_with_everything() {
    caller.post(
        "/client/config", "{\"mdmInfo\":{\"id\":\"me\",\"name\":\"n\",\"metadata\":\"m\"}}");
    standIn.suspend();
    assertThatThrownBy(() -> Caller.of(standIn.url(), null).get("/service/config"))
        .isInstanceOf(UncheckedIOException.class);
    standIn.resume();
    assertThat(owner(caller.get("/client/config"))).isEqualTo("me");
  }

  @Test
  void requests_are_counted_without_their_secrets() {
    caller.get("/assets");
    caller.get("/assets?pageIndex=7");
    caller.bearer("garbage").get("/users");
    await().until(() -> administration.requests().total() == 3);
    assertThat(administration.requests().of("getAssets")).isEqualTo(2);
    assertThat(administration.requests().errors()).containsOnlyKeys(9622, 9650);
    assertThat(administration.requests().parallelPeaks()).containsEntry(uId, 1);
    String log = admin.get("/requests/log").body().toString();
    assertThat(log).contains("pageIndex=7").doesNotContain("Bearer");
    assertThat(log).doesNotContain(standIn.seeded().getFirst().contentToken());
    admin.method("DELETE", "/requests", "");
    assertThat(administration.requests().total()).isZero();
  }

  @Test
  void everything_can_be_driven_over_http() {
    Reply created =
        admin.post(
            "/libraries", "{\"organisation\":\"Over HTTP\",\"generated\":30,\"shelf\":true}");
    Caller client = caller.bearer(created.text("contentToken"));
    String path = "/libraries/" + created.text("uId");
    assertThat(client.get("/assets").number("size")).isEqualTo(41);
    assertThat(admin.get(path).number("assets")).isEqualTo(41);
    admin.method("PATCH", "/rules", "{\"pageSize\":10,\"eventPace\":{\"polls\":2}}");
    assertThat(client.get("/assets").number("totalPages")).isEqualTo(5);
    admin.post(path + "/assets/408709785/total", "{\"delta\":5}");
    assertThat(asset(client, "408709785").path("totalCount").intValue()).isEqualTo(15_005);
    admin.post(path + "/assets", "{\"adamId\":\"5\",\"total\":7}");
    assertThat(asset(client, "5").path("totalCount").intValue()).isEqualTo(7);
    admin.method("DELETE", path + "/assets/5", "");
    assertThat(client.get("/assets?adamId=5").number("size")).isZero();
    admin.method("PUT", path + "/owner", "{\"id\":\"other\"}");
    assertThat(owner(client.get("/client/config"))).isEqualTo("other");
    admin.post(
        "/faults", "{\"effect\":\"refuse\",\"number\":9729,\"retryAfter\":\"7\",\"times\":1}");
    assertThat(client.get("/users").retryAfter()).isEqualTo("7");
    String second = admin.post(path + "/tokens", "{}").text("contentToken");
    admin.post("/tokens/revoke", "{\"contentToken\":\"" + second + "\"}");
    assertThat(client.bearer(second).get("/users").error()).isEqualTo(9625);
    admin.post("/clock", "{\"advance\":\"P366D\"}");
    assertThat(client.get("/users").error()).isEqualTo(9621);
    admin.post("/reset", "{}");
    assertThat(client.get("/users").error()).isEqualTo(9622);
    assertThat(caller.get("/users").status()).isEqualTo(200);
  }

  @Test
  void mistakes_in_the_administration_are_told() {
    assertThat(admin.get("/nothing").status()).isEqualTo(404);
    assertThat(admin.get("/nothing").text("error")).contains("POST /stand-in/faults");
    assertThat(admin.post("/faults", "{\"effect\":\"magic\"}").status()).isEqualTo(400);
    assertThat(admin.post("/clock", "{\"advance\":\"soon\"}").status()).isEqualTo(400);
    assertThat(admin.post("/libraries/1/tokens", "{}").text("error")).contains("No such library");
    assertThat(admin.post("/tokens/revoke", "{\"contentToken\":\"x\"}").status()).isEqualTo(400);
    assertThat(admin.post("/libraries", "{").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "PATCH | /rules | {'pagesize':5} | there are: pageSize, limits",
        "PATCH | /rules | {'pageSize':'five'} | pageSize must be a whole number",
        "PATCH | /rules | {'pageSize':5,'eventPace':{'polls':1.5}} | polls must be a whole number",
        "PATCH | /rules | {'limits':{'maxAsset':1}} | there are: maxAssets",
        "POST | /faults | {'effect':'reset','operatoin':'getAssets'} | no member 'operatoin'",
        "POST | /faults | {'effect':'reset','operation':'getasset'} | there are: serviceConfig",
        "POST | /faults | {'effect':'delay','duration':'soon'} | duration must be a time such as",
        "POST | /faults | {'effect':'takeOver','owner':{'ID':'x'}} | there are: id, name",
        "POST | /libraries | {'shelf':'yes'} | shelf must be true or false",
        "POST | /reset | {'seed':1} | there is none",
      })
  void nothing_that_is_said_is_guessed_or_left_out(
      String method, String path, String body, String told) {
    Reply answer = admin.method(method, path, body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).contains(told);
    assertThat(admin.get("").body().path("faults")).isEmpty();
    assertThat(admin.get("").body().path("rules").path("pageSize").intValue()).isEqualTo(999);
  }

  private static JsonNode asset(Caller client, String adamId) {
    return client.get("/assets?adamId=" + adamId).body().path("assets").get(0);
  }
}
