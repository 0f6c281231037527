package dev.fettle.vpp.apple;

import static dev.fettle.vpp.apple.ScriptedServer.SILENCE;
import static dev.fettle.vpp.apple.ScriptedServer.error;
import static dev.fettle.vpp.apple.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AppleClientTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String STANDING =
      "\"tokenExpirationDate\":\"2030-11-08T22:33:22+0000\",\"uId\":\"2049025000431439\"";
  private static final ContentToken TOKEN =
      ContentToken.parse(
          Base64.getEncoder()
              .encodeToString(
                  """
                  {"token":"s3cret","expDate":"2030-11-08T22:33:22+0000","orgName":"o"}\
                  """
                      .getBytes(StandardCharsets.UTF_8)));

  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void client_config_is_read_with_the_whole_base64_text_as_bearer() {
    ScriptedServer apple =
        server(
            request ->
                json(
                    200,
                    """
                    {"countryISO2ACode":"US","defaultPlatform":"volumestore","locationName":"PS01",
                     "mdmInfo":{"id":"i","name":"n","metadata":"m"},
                     "subscribedNotificationTypes":["ASSET_COUNT"],%s}\
                    """
                        .formatted(STANDING)));

    ClientConfig config = client(apple).clientConfig(TOKEN);

    assertThat(config.country()).isEqualTo("US");
    assertThat(config.locationName()).isEqualTo("PS01");
    assertThat(config.library())
        .isEqualTo(
            new LibraryInfo(
                "2049025000431439",
                Instant.parse("2030-11-08T22:33:22Z"),
                new MdmInfo("i", "n", "m")));
    assertThat(apple.requests().getFirst()).contains("Authorization: Bearer " + TOKEN.reveal());
  }

  @ParameterizedTest
  @CsvSource({"200, 9622", "401, 9625", "401, 9621", "403, 9637", "400, 12345", "200, 9601"})
  void an_error_counts_by_its_number_and_not_by_its_status(int status, int number) {
    ScriptedServer apple = server(request -> error(status, number));

    AppleFailure failure = failure(client(apple)::clientConfig);

    assertThat(failure.kind())
        .isEqualTo(new AppleFailure.Kind.Refused(status, AppleError.of(number)));
    assertThat(apple.requests()).hasSize(1);
    assertThat(failure.toString()).doesNotContain("Apple's words").doesNotContain("s3cret");
  }

  @Test
  void numbers_say_whether_a_token_has_expired_or_was_revoked() {
    assertThat(AppleError.of(9621).remedy()).isEqualTo(AppleError.Remedy.RENEW_EXPIRED);
    assertThat(AppleError.of(9625).remedy()).isEqualTo(AppleError.Remedy.RENEW_INVALID);
    assertThat(AppleError.of(9999))
        .isEqualTo(new AppleError(9999, AppleError.Remedy.NONE, "not known to this version"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9603", "9644", "9646", "9729", "html", "half", "nonsense"})
  void a_read_is_repeated_until_the_trouble_has_passed(String trouble) {
    AtomicInteger asked = new AtomicInteger();
    ScriptedServer apple =
        server(
            request ->
                asked.incrementAndGet() < 4 ? trouble(trouble) : json(200, "{" + STANDING + "}"));

    assertThat(client(apple).clientConfig(TOKEN).library().libraryId())
        .isEqualTo("2049025000431439");
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
  }

  private static String trouble(String kind) {
    return switch (kind) {
      case "html" -> json(502, "<html>bad gateway</html>");
      case "half" -> "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"uId\":";
      case "nonsense" -> json(200, "no json at all");
      default -> error(500, Integer.parseInt(kind));
    };
  }

  @Test
  void a_read_is_given_up_after_the_last_attempt() {
    ScriptedServer apple = server(request -> json(503, "{}"));

    AppleFailure failure = failure(client(apple)::clientConfig);

    assertThat(failure.kind()).isEqualTo(new AppleFailure.Kind.Unavailable("HTTP 503", null));
    assertThat(apple.requests()).hasSize(5);
  }

  @Test
  void garbage_to_the_end_is_called_garbage() {
    ScriptedServer apple = server(request -> json(200, "[]"));

    assertThat(failure(client(apple)::clientConfig).kind())
        .isInstanceOf(AppleFailure.Kind.Unreadable.class);
  }

  @Test
  void an_answer_without_the_library_is_no_answer() {
    ScriptedServer apple = server(request -> json(200, "{}"));

    assertThat(failure(client(apple)::clientConfig).kind())
        .isEqualTo(new AppleFailure.Kind.Unreadable("the member uId is missing"));
  }

  @ParameterizedTest
  @CsvSource({
    "'7', 7",
    "'Sat, 21 Nov 2026 12:00:09 GMT', 9",
    "'Sat, 21 Nov 2026 11:00:00 GMT', 0",
  })
  void retry_after_is_honoured_in_seconds_and_as_a_date(String header, long seconds) {
    AtomicInteger asked = new AtomicInteger();
    ScriptedServer apple =
        server(
            request ->
                asked.incrementAndGet() == 1
                    ? error(429, 9646, "Retry-After: " + header)
                    : json(200, "{" + STANDING + "}"));

    client(apple).clientConfig(TOKEN);

    assertThat(pauses).first().isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void a_long_wait_is_handed_to_the_caller_and_not_slept_through() {
    ScriptedServer apple = server(request -> error(429, 9646, "Retry-After: 600"));

    AppleFailure failure = failure(client(apple)::clientConfig);

    assertThat(failure.kind())
        .isInstanceOfSatisfying(
            AppleFailure.Kind.Unavailable.class,
            why -> assertThat(why.retryAfter()).isEqualTo(Duration.ofMinutes(10)));
    assertThat(pauses).isEmpty();
    assertThat(apple.requests()).hasSize(1);
  }

  @Test
  void a_server_that_says_nothing_is_given_up_in_time() {
    ScriptedServer apple = server(request -> SILENCE);

    AppleFailure failure =
        failure(client(apple, Duration.ofMillis(200), Duration.ofMillis(500))::clientConfig);

    assertThat(failure.kind())
        .isEqualTo(new AppleFailure.Kind.Unavailable("no answer in time", null));
  }

  @Test
  void a_body_that_stops_in_the_middle_is_given_up_in_time() {
    ScriptedServer apple =
        server(request -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"uI");

    assertThat(
            failure(client(apple, Duration.ofMillis(300), Duration.ofMillis(500))::clientConfig)
                .kind())
        .isInstanceOf(AppleFailure.Kind.Unavailable.class);
  }

  @Test
  void nobody_there_is_told_and_repeated_even_for_a_write() {
    AppleClient client =
        new AppleClient(
            settings(
                URI.create("http://127.0.0.1:9/mdm/v2"),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5)),
            InstantSource.fixed(NOW),
            pauses::add,
            null);
    open.add(client);

    assertThat(failure(client::clientConfig).kind())
        .isEqualTo(new AppleFailure.Kind.Unavailable("no connection", null));
    assertThat(pauses).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9603", "html", "half", "9729"})
  void taking_licences_is_never_repeated_when_it_may_have_been_done(String trouble) {
    ScriptedServer apple = server(request -> trouble(trouble));

    AppleFailure failure =
        failure(
            token ->
                client(apple)
                    .disassociate(token, "1", "STDQ", List.of(LicenceHolder.device("serial"))));

    assertThat(failure.kind()).isInstanceOf(AppleFailure.Kind.class);
    assertThat(apple.requests()).hasSize(1);
  }

  @Test
  void taking_licences_is_repeated_when_it_was_one_request_too_many() {
    AtomicInteger asked = new AtomicInteger();
    ScriptedServer apple =
        server(
            request ->
                asked.incrementAndGet() == 1
                    ? error(429, 9646)
                    : json(200, "{\"eventId\":\"e\"," + STANDING + "}"));

    String event =
        client(apple)
            .disassociate(
                TOKEN, "1", "STDQ", List.of(LicenceHolder.user("u"), LicenceHolder.device("s")));

    assertThat(event).isEqualTo("e");
    assertThat(apple.requests().getLast())
        .contains("Content-Type: application/json")
        .endsWith(
            """
            {"assets":[{"adamId":"1","pricingParam":"STDQ"}],"clientUserIds":["u"],\
            "serialNumbers":["s"]}\
            """);
  }

  @Test
  void an_event_that_failed_in_part_says_how_much_was_done() {
    ScriptedServer apple =
        server(
            request ->
                json(
                    200,
                    """
                    {"eventStatus":"FAILED","eventType":"ASSOCIATE","numCompleted":14,
                     "numRequested":16,"failures":[{"errorInfo":{"clientUserIds":["client-4"]},
                     "errorNumber":9609,"errorMessage":"x"}],%s}\
                    """
                        .formatted(STANDING)));

    EventStatus status = client(apple).status(TOKEN, "954910a8-3d9c");

    assertThat(status.failed()).isEqualTo(2);
    assertThat(status.state()).isEqualTo(EventStatus.State.FAILED);
    assertThat(apple.requests().getFirst()).startsWith("GET /mdm/v2/status?eventId=954910a8-3d9c ");
  }

  @Test
  void pages_are_read_to_the_last_one_even_if_the_list_grows() {
    ScriptedServer apple = server(request -> page(request, index(request) < 3 ? 9 : 12, "v"));

    List<String> seen = new ArrayList<>();
    boolean still =
        client(apple).assets(TOKEN, page -> page.records().forEach(a -> seen.add(a.adamId())));

    assertThat(still).isTrue();
    assertThat(seen)
        .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
  }

  @Test
  void a_list_that_changed_while_it_was_read_is_told() {
    ScriptedServer apple =
        server(request -> page(request, 4, index(request) < 2 ? "before" : "after"));

    assertThat(client(apple).assets(TOKEN, page -> {})).isFalse();
  }

  @Test
  void at_most_five_pages_are_under_way_at_once() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ScriptedServer apple =
        server(
            request -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              String page = page(request, 40, "v");
              now.decrementAndGet();
              return page;
            });

    client(apple).assets(TOKEN, page -> {});

    assertThat(most.get()).isBetween(1, 5);
    assertThat(apple.requests()).hasSize(40);
  }

  @Test
  void trouble_in_the_middle_of_sixty_pages_is_repeated_for_that_page_only() {
    AtomicInteger troubles = new AtomicInteger();
    ScriptedServer apple =
        server(
            request ->
                index(request) == 37 && troubles.incrementAndGet() < 3
                    ? json(500, "{}")
                    : page(request, 60, "v"));

    AtomicInteger pages = new AtomicInteger();
    client(apple).assets(TOKEN, page -> pages.incrementAndGet());

    assertThat(pages.get()).isEqualTo(60);
    assertThat(apple.requests()).hasSize(62);
  }

  @Test
  void requests_keep_the_pace_that_apple_names() {
    RateLimit pace = new RateLimit();

    assertThat(pace.reserve(1_000, 10)).isZero();
    assertThat(pace.reserve(1_000, 10)).isEqualTo(100_000_000L);
    assertThat(pace.reserve(1_000, 10)).isEqualTo(200_000_000L);
    pace.hold(5_000_000_000L);
    assertThat(pace.reserve(1_000_000_000L, 10)).isEqualTo(4_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://vpp.example/mdm/v2",
        "https://vpp.example/mdm/v2?x=1",
        "https://user@vpp.example/",
        "ftp://127.0.0.1/"
      })
  void content_tokens_are_not_sent_to_unsafe_addresses(String url) {
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> AppleSettings.at(URI.create(url), null)))
        .hasMessageContaining("Apple's address must be");
  }

  @Test
  void a_redirect_is_not_followed() {
    ScriptedServer other = server(request -> json(200, "{" + STANDING + "}"));
    ScriptedServer apple =
        server(request -> json(302, "{}", "Location: " + other.url() + "/client/config"));

    failure(client(apple)::clientConfig);

    assertThat(other.requests()).isEmpty();
  }

  private static int index(String request) {
    int at = request.indexOf("pageIndex=");
    return at < 0 ? 0 : Integer.parseInt(request.substring(at + 10, request.indexOf(' ', at)));
  }

  private static String page(String request, int total, String version) {
    int index = index(request);
    return json(
        200,
        """
        {"assets":[{"adamId":"%d","assignedCount":1,"totalCount":2,"supportedPlatforms":["iOS"]}],
         "currentPageIndex":%d,"size":1,"totalPages":%d,"versionId":"%s",%s%s}\
        """
            .formatted(
                index,
                index,
                total,
                version,
                index < total - 1 ? "\"nextPageIndex\":" + (index + 1) + "," : "",
                STANDING));
  }

  private ScriptedServer server(Function<String, String> script) {
    ScriptedServer server = new ScriptedServer(script);
    open.add(server);
    return server;
  }

  private AppleClient client(ScriptedServer apple) {
    return client(apple, Duration.ofSeconds(20), Duration.ofSeconds(60));
  }

  private AppleClient client(ScriptedServer apple, Duration answer, Duration call) {
    AppleClient client =
        new AppleClient(
            settings(apple.url(), answer, call), InstantSource.fixed(NOW), this::note, null);
    open.add(client);
    return client;
  }

  /** The pace's pauses, a microsecond each, are not what the tests look at. */
  private void note(Duration length) {
    if (length.compareTo(Duration.ofMillis(50)) > 0 || length.isZero()) {
      pauses.add(length);
    }
  }

  private static AppleSettings settings(URI url, Duration answer, Duration call) {
    return new AppleSettings(
        url, null, Duration.ofSeconds(5), answer, call, 5, Duration.ofMillis(100));
  }

  private static AppleFailure failure(Consumer<ContentToken> call) {
    return catchThrowableOfType(AppleFailure.class, () -> call.accept(TOKEN));
  }
}
