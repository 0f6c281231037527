package dev.fettle.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.support.TestDoor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The way of a request to its row, and of what goes wrong to its answer. */
class RouterTest {
  private final List<Router.Exchanged> seen = new ArrayList<>();

  private Response ask(Handler handler, String method, String path) {
    return router(handler).handle(request(method, path));
  }

  private Router router(Handler handler, Router.Gate... gates) {
    return new Router(List.of(new TestDoor(handler)), List.of(gates), Ids.random(), seen::add);
  }

  private static Request request(String method, String path) {
    return new Request(
        method,
        path,
        "",
        Headers.none(),
        "https",
        "h",
        Peer.of("127.0.0.1"),
        RequestBody.of(new byte[0]));
  }

  @Test
  void a_refusal_is_answered_in_the_shape_of_its_door() {
    Response answer =
        ask(
            request -> {
              throw new Refusal(Reason.invalid(null, "not so"));
            },
            "GET",
            "/a");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(seen).singleElement().satisfies(one -> assertThat(one.fault()).isFalse());
  }

  // Each door caught for itself: what the device protocol threw was answered by the edge, with
  // neither an id nor a line in the log that told which request it was.
  @Test
  void a_fault_is_500_in_the_shape_of_its_door_and_logged_once_with_the_id_of_its_request() {
    Logger log = (Logger) LoggerFactory.getLogger(Router.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    Response answer;
    try {
      answer =
          ask(
              request -> {
                throw new IllegalStateException("secret detail");
              },
              "GET",
              "/a");
    } finally {
      log.detachAppender(lines);
    }
    String id = answer.headers().first("request-id");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).isInstanceOf(Response.Bytes.class);
    assertThat(id).isNotBlank();
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.getFormattedMessage())
                    .contains("request-id=" + id, "door=test", "outcome=fault"));
    assertThat(seen).singleElement().satisfies(one -> assertThat(one.fault()).isTrue());
  }

  @Test
  void a_gate_refuses_before_the_row_is_looked_for() {
    Router router =
        router(
            request -> Response.empty(204),
            (door, request) ->
                request.rawPath().equals("/closed")
                    ? Optional.of(Reason.forbidden("closed"))
                    : Optional.empty());
    assertThat(router.handle(request("GET", "/closed")).status()).isEqualTo(400);
    assertThat(router.handle(request("GET", "/open")).status()).isEqualTo(204);
    assertThat(seen).extracting(one -> one.row().path()).containsExactly("none", "/{anything}");
  }

  @Test
  void names_win_over_keys_in_any_letter_case_and_keys_are_decoded_once() {
    Endpoints endpoints =
        new Endpoints(
            List.of(
                new Endpoints.Endpoint("GET", "/{a}/keys", (r, keys) -> text("a", keys.get("a"))),
                new Endpoints.Endpoint("GET", "/own/{b}", (r, keys) -> text("b", keys.get("b"))),
                new Endpoints.Endpoint("PUT", "/own/{b}", (r, keys) -> text("put", "")),
                Endpoints.Endpoint.any("/{a}/any", (r, keys) -> text("any", keys.get("a")))));
    assertThat(answer(endpoints, "GET", "/x/KEYS")).isEqualTo("a x");
    assertThat(answer(endpoints, "HEAD", "/OWN/keys/")).isEqualTo("b keys");
    assertThat(answer(endpoints, "GET", "/own/a%2Fb%252F")).isEqualTo("b a/b%2F");
    assertThat(answer(endpoints, "BREW", "/own/any")).isEqualTo("405 [GET, PUT]");
    assertThat(answer(endpoints, "BREW", "/x/any")).isEqualTo("any x");
    assertThat(answer(endpoints, "GET", "/x/none")).isEqualTo("404");
    assertThat(answer(endpoints, "GET", "/own")).isEqualTo("404");
    assertThat(endpoints.has(request("DELETE", "/own/x"))).isTrue();
    assertThat(endpoints.has(request("GET", "/%zz/keys"))).isFalse();
  }

  private static Response text(String row, String key) {
    return Response.text(200, "text/plain", row + " " + key);
  }

  private static String answer(Endpoints endpoints, String method, String path) {
    try {
      Response answer = endpoints.match(request(method, path)).work().apply("id");
      return new String(((Response.Bytes) answer.body()).bytes());
    } catch (Refusal refusal) {
      return switch (refusal.reason()) {
        case Reason.NotFound ignored -> "404";
        case Reason.MethodNotAllowed other -> "405 " + new TreeSet<>(other.allowed());
        default -> throw refusal;
      };
    }
  }
}
