package dev.fettle.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.base.Refusal;
import dev.fettle.support.TestTls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on a socket: what becomes a request, what is refused, and when the connection ends. */
class HttpServerTest {
  private static final AtomicReference<Handler> HANDLER = new AtomicReference<>();
  private static HttpServer server;

  @BeforeAll
  static void open() throws IOException {
    server =
        HttpServer.start(
            HttpLimits.standard().with(HttpLimits.Waits.all(Duration.ofSeconds(1))),
            List.of(listener(null)),
            request -> HANDLER.get().handle(request),
            (status, problem) -> Response.text(status, "text/plain", "refused: " + problem));
  }

  private static HttpServer.Listener listener(@Nullable ServerTls tls) {
    return new HttpServer.Listener(
        tls == null ? "test" : "tls", InetAddress.getLoopbackAddress(), 0, tls);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void echo() {
    HANDLER.set(
        request -> {
          try {
            return Response.text(
                200,
                "text/plain",
                request.method()
                    + " "
                    + request.authority()
                    + " "
                    + request.rawPath()
                    + " ["
                    + new String(request.body(1 << 20), UTF_8)
                    + "]");
          } catch (Refusal refusal) {
            return Response.text(400, "text/plain", refusal.getMessage());
          }
        });
  }

  @Test
  void a_connection_is_closed_after_the_request_that_asks_for_it() {
    Answer answer = ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertThat(answer.text()).contains("Connection: close").endsWith("GET h /a []");
    assertThat(answer.closed()).isTrue();
  }

  @Test
  void a_refusal_is_read_in_full_by_a_client_that_sent_a_body_and_closes() {
    HANDLER.set(request -> Response.text(413, "text/plain", "too much"));
    Answer answer =
        ask(
            "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"
                + "x".repeat(300_000));
    assertThat(answer.text()).startsWith("HTTP/1.1 413").endsWith("too much");
    assertThat(answer.closed()).isTrue();
  }

  @Test
  void requests_that_come_in_one_piece_are_answered_in_turn() {
    Answer answer =
        ask(
            "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\n"
                + "Content-Length: 2\r\n\r\n{}"
                + "GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertThat(answer.text()).containsSubsequence("GET h /a []", "POST h /b [{}]", "GET h /c []");
  }

  @Test
  void a_path_may_come_in_the_absolute_form_and_names_the_host_then() {
    assertThat(ask("GET http://front.example:81/a/b?c=d HTTP/1.1\r\nHost: h\r\n" + LAST).text())
        .endsWith("GET front.example:81 /a/b []");
    assertThat(ask("GET http://front.example HTTP/1.1\r\nHost: h\r\n" + LAST).text())
        .endsWith("GET front.example / []");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/3.0", "HTTP/0.9"})
  void another_version_of_http_is_refused_with_words(String version) {
    Answer answer = ask("GET /a " + version + "\r\nHost: h\r\n\r\n");
    assertThat(answer.text())
        .startsWith("HTTP/1.1 505")
        .contains("Connection: close")
        .containsPattern("Content-Length: [1-9]")
        .contains("refused: This server speaks HTTP/1.0, HTTP/1.1 and HTTP/2, not " + version);
    assertThat(answer.closed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a\r\n\r\n",
        "GET /a HTTP/1.1\nHost: h\n\n",
        "\u0016\u0003\u0001 no\nTLS here",
        "EHLO mail.example\r\n",
      })
  void a_first_line_of_another_protocol_is_refused_with_words(String bytes) {
    Answer answer = ask(bytes);
    assertThat(answer.text()).startsWith("HTTP/1.1 400").contains("refused: The request is not");
    assertThat(answer.closed()).isTrue();
  }

  /** What stood there came back in links, and in the quotes of WWW-Authenticate. */
  @ParameterizedTest
  @ValueSource(strings = {"h\"x", "a b", "h/x", "u@h", "<h>", "h:", "h:123456", "[::1"})
  void a_host_that_is_none_is_refused_with_words(String host) {
    Answer answer = ask("GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(answer.text()).startsWith("HTTP/1.1 400").contains("its host is none");
    assertThat(answer.closed()).isTrue();
  }

  // nginx speaks HTTP/1.0 to what it stands before, unless it is told otherwise; this was refused.
  @Test
  void http_1_0_is_answered_with_and_without_an_open_connection() {
    Answer once = ask("GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
    assertThat(once.text()).startsWith("HTTP/1.1 200").endsWith("GET  /a []");
    assertThat(once.closed()).isTrue();
    Answer twice =
        ask(
            "POST /a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
                + "GET /b HTTP/1.0\r\nHost: h\r\n\r\n");
    assertThat(twice.text())
        .containsSubsequence("Connection: keep-alive", "POST  /a [{}]", "GET h /b []");
    assertThat(twice.closed()).isTrue();
    assertThat(ask("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").text())
        .startsWith("HTTP/1.1 400");
  }

  // A connection over which nothing came, half a request line or half a TLS handshake was kept for
  // ever: some ten thousand of them, which cost their peer nothing, and nobody else got through.
  @ParameterizedTest
  @ValueSource(strings = {"", "GE", "GET /a?", "\u0016\u0003\u0001\u0002"})
  void a_new_connection_without_a_request_is_closed(String bytes, @TempDir Path folder)
      throws Exception {
    TestTls tls = TestTls.in(folder);
    try (HttpServer both =
        HttpServer.start(
            HttpLimits.standard().with(HttpLimits.Waits.all(Duration.ofMillis(400))),
            List.of(listener(null), listener(tls.server())),
            request -> Response.empty(204),
            (status, problem) -> Response.empty(status))) {
      for (String name : List.of("test", "tls")) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), both.port(name))) {
          socket.setSoTimeout(10_000);
          socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
          assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(200);
        }
      }
    }
  }

  @Test
  void a_connection_that_was_used_may_rest() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("test"))) {
      byte[] request = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(ISO_8859_1);
      socket.getOutputStream().write(request);
      socket.setSoTimeout(3_000);
      StringBuilder answers = new StringBuilder();
      try {
        for (int read = 0; read >= 0; read = socket.getInputStream().read()) {
          answers.append((char) read);
        }
        throw new AssertionError("closed after " + answers);
      } catch (SocketTimeoutException e) {
        assertThat(answers).endsWith("[]");
      }
      socket.getOutputStream().write(request);
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
  }

  // Behind a proxy that ends TLS, links in answers said http, and clients that followed them left
  // the proxy; and whoever came through it was taken for this machine, to which /metrics answers.
  @Test
  void a_proxy_on_this_machine_says_how_its_client_came_and_who_it_is() {
    HANDLER.set(
        request ->
            Response.text(200, "text/plain", request.origin() + " " + request.remoteAddress()));
    assertThat(forwarded("")).isEqualTo("http://h 127.0.0.1");
    assertThat(forwarded("X-Forwarded-Proto: https\r\n")).isEqualTo("https://h 127.0.0.1");
    assertThat(
            forwarded(
                "x-forwarded-proto: HTTPS, http\r\nX-Forwarded-Host: graph.example:8443, inner\r\n"
                    + "X-Forwarded-For: 127.0.0.1, 192.0.2.7\r\n"))
        .isEqualTo("https://graph.example:8443 192.0.2.7");
    assertThat(forwarded("X-Forwarded-Host: [2001:db8::1]:443\r\nX-Forwarded-For: 2001:db8::7\r\n"))
        .isEqualTo("http://[2001:db8::1]:443 2001:db8::7");
    assertThat(forwarded("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.8\r\n"))
        .isEqualTo("http://h 192.0.2.8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: javascript\r\nX-Forwarded-Host: evil.example/path\r\n",
        "X-Forwarded-Proto: \r\nX-Forwarded-Host: user@evil.example\r\n",
        "X-Forwarded-Host: a\"b\r\n",
        "X-Forwarded-Host: a b\r\n",
        "X-Forwarded-Host: h:port\r\n",
        "X-Forwarded-Host: , evil.example\r\n",
      })
  void what_a_proxy_says_is_passed_over_if_it_cannot_stand_in_a_link(String headers) {
    HANDLER.set(request -> Response.text(200, "text/plain", request.origin()));
    assertThat(forwarded(headers)).isEqualTo("http://h");
  }

  @Test
  void a_client_whose_address_cannot_be_read_is_not_this_machine() {
    HANDLER.set(request -> Response.text(200, "text/plain", request.remoteAddress()));
    assertThat(forwarded("X-Forwarded-For: 127.0.0.1, _hidden\r\n")).isEqualTo("unknown");
    assertThat(forwarded("X-Forwarded-For:\r\n")).isEqualTo("unknown");
  }

  private static String forwarded(String headers) {
    String text = ask("GET /a HTTP/1.1\r\nHost: h\r\n" + headers + LAST).text();
    return text.substring(text.indexOf("\r\n\r\n") + 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /a HTTP/1.1\r\n"
            + "Host: h\r\n"
            + "Content-Length: 2\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: two\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: one\r\nHost: two\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nNo colon\r\n\r\n",
        // With these, a proxy that knows the coding and this server disagreed about the body's end.
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\n"
            + "Host: h\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
      })
  void what_is_no_http_is_refused_with_words_and_the_connection_closed(String bytes) {
    Answer answer = ask(bytes);
    assertThat(answer.text()).startsWith("HTTP/1.1 400").contains("refused: The request is not");
    assertThat(answer.closed()).isTrue();
  }

  @Test
  void a_request_line_of_any_length_is_answered() {
    assertThat(ask("GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: h\r\n" + LAST).text())
        .startsWith("HTTP/1.1 200");
    assertThat(ask("GET /" + "a".repeat(60_000) + " HTTP/1.1\r\nHost: h\r\n" + LAST).text())
        .startsWith("HTTP/1.1 414")
        .contains("The request line is longer than 49152 characters.");
  }

  @Test
  void headers_past_their_limit_are_refused_with_words() {
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(40_000) + "\r\n\r\n").text())
        .startsWith("HTTP/1.1 4")
        .contains("refused: ");
  }

  // Each field takes a hundred times the memory of its three bytes: 500 connections with 32 KiB of
  // them stopped the server for minutes.
  @Test
  void more_header_fields_than_anybody_needs_are_refused_while_they_come() {
    String fields = "a:\r\n".repeat(HttpServer.MOST_HEADERS - 2);
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\n" + fields + LAST).text())
        .startsWith("HTTP/1.1 200");
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\n" + fields + "a:\r\nb:\r\nc:\r\n").text())
        .startsWith("HTTP/1.1 431")
        .contains("or more than 100 fields");
  }

  @Test
  void requests_that_find_no_room_are_503_and_the_room_comes_back() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    HttpLimits standard = HttpLimits.standard();
    HttpLimits small =
        new HttpLimits(
            standard.connections(),
            standard.connectionsPerAddress(),
            standard.exempt(),
            standard.trustedProxies(),
            5_000,
            standard.waits());
    try (HttpServer narrow =
        HttpServer.start(
            small,
            List.of(listener(null)),
            request -> {
              awaitQuietly(go);
              return Response.empty(204);
            },
            (status, problem) -> Response.text(status, "text/plain", problem))) {
      byte[] request = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8);
      List<Socket> held = new ArrayList<>();
      while (narrow.usage().bodyBytes() < 3_000) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), narrow.port("test"));
        held.add(socket);
        socket.getOutputStream().write(request);
        await().until(() -> narrow.usage().requests() == held.size());
      }
      String tooMany =
          ask(
                  narrow,
                  ("GET /" + "a".repeat(2_000) + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(UTF_8))
              .text();
      assertThat(tooMany).startsWith("HTTP/1.1 503").contains("Retry-After: 2", "Try again");
      go.countDown();
      for (Socket socket : held) {
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        socket.close();
      }
      awaitNothingHeld(narrow);
    }
  }

  // Whatever becomes of a request, it is counted out, and what it held is given back.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /whole HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        "POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        "POST /silent HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n{",
        "POST /broken HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x",
        "GET /exception HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET /error HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET /split HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET /short HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /long HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /error-midway HTTP/1.1\r\nHost: h\r\n\r\n",
        "nothing",
      })
  void every_ending_gives_back_what_the_request_held(String request) {
    HANDLER.set(HttpServerTest::ending);
    Answer answer = ask(request);
    assertThat(answer.closed()).as(answer.text()).isTrue();
    assertThat(answer.text().split("HTTP/1.1 ", -1)).as("one answer").hasSizeLessThanOrEqualTo(2);
    assertThat(answer.text()).doesNotContain("evil");
    awaitNothingHeld(server);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/whole", "/unread", "/large", "/streamed"})
  void a_peer_that_is_gone_in_the_middle_gives_back_what_its_request_held(String path)
      throws IOException {
    HANDLER.set(HttpServerTest::ending);
    for (String body : List.of("", "{".repeat(9_000))) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("test"))) {
        socket.setSoLinger(true, 0);
        socket
            .getOutputStream()
            .write(
                ("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n" + body)
                    .getBytes(UTF_8));
        await()
            .until(() -> server.usage().requests() > 0 || socket.getInputStream().available() > 0);
      }
      awaitNothingHeld(server);
    }
  }

  // A list of a megabyte was kept for whoever did not read it for seventeen minutes.
  @ParameterizedTest
  @ValueSource(strings = {"/large", "/streamed"})
  void a_peer_that_does_not_read_its_answer_is_let_go(String path) throws IOException {
    HANDLER.set(HttpServerTest::ending);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("test"))) {
      socket
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(UTF_8));
      await().until(() -> server.usage().requests() == 1);
      awaitNothingHeld(server);
    }
  }

  // The server's end cut off answers that their peers were still taking.
  @Test
  void an_answer_under_way_is_taken_to_its_end_while_the_server_stops() throws Exception {
    HttpServer stopping =
        HttpServer.start(
            HttpLimits.standard(),
            List.of(listener(null)),
            HttpServerTest::ending,
            (status, problem) -> Response.empty(status));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stopping.port("test"))) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      Thread end = Thread.ofVirtual().start(stopping::close);
      await()
          .ignoreExceptions()
          .until(
              () -> {
                try (Socket other =
                    new Socket(InetAddress.getLoopbackAddress(), stopping.port("test"))) {
                  return !other.isConnected();
                } catch (ConnectException refused) {
                  return true;
                }
              });
      assertThat(socket.getInputStream().readAllBytes()).hasSizeGreaterThan(LARGE);
      assertThat(end.join(Duration.ofSeconds(5))).isTrue();
    }
  }

  // A chunk that is none used to be answered as a fault of the server, with the connection left
  // open in the middle of the body: whatever followed would have been read as a request.
  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}xx0\r\n\r\n", "-2\r\n{}\r\n"})
  void a_chunk_that_is_none_is_the_clients_fault_and_ends_the_connection(String chunks) {
    Answer answer =
        ask(
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunks
                + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(answer.text())
        .startsWith("HTTP/1.1 400")
        .contains("The request body could not be read")
        .doesNotContain("smuggled");
    assertThat(answer.closed()).isTrue();
  }

  @Test
  void a_zipped_body_is_unzipped() throws IOException {
    assertThat(zipped(zip("{\"a\":1}"), "gzip").text()).endsWith("POST h /a [{\"a\":1}]");
  }

  @Test
  void a_body_that_is_not_zipped_as_it_says_is_refused() {
    assertThat(zipped("{}".getBytes(UTF_8), "gzip").text())
        .startsWith("HTTP/1.1 400")
        .contains("The request body could not be read");
  }

  @Test
  void a_small_body_that_unzips_to_a_huge_one_is_too_large() throws IOException {
    assertThat(zipped(zip("0".repeat(20_000_000)), "gzip").text())
        .contains("larger than the limit of 1048576 bytes");
  }

  // The Go SDK zips each body, and sends it plain once it was told 415.
  @Test
  void a_coding_that_is_not_known_is_415_and_the_answer_names_the_one_that_is() {
    assertThat(zipped(new byte[] {1, 2, 3}, "br").text())
        .startsWith("HTTP/1.1 415")
        .contains("Accept-Encoding: gzip")
        .contains("refused: The Content-Encoding 'br' is not supported");
  }

  @Test
  void answers_are_zipped_for_those_who_take_them_so() throws IOException {
    String long1 = "long ".repeat(1000);
    HANDLER.set(
        request -> ZippedAnswers.fit(request, Response.text(200, "application/json", long1)));
    Answer answer = ask("GET /a HTTP/1.1\r\nHost: h\r\nAccept-Encoding: br, gzip\r\n" + LAST);
    assertThat(answer.text()).contains("Content-Encoding: gzip").contains("Vary: Accept-Encoding");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(long1);
    }
    for (String refusing : List.of("gzip;q=0", "identity", "br", "*;q=0", "gzip; q=0.0")) {
      assertThat(
              ask("GET /a HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " + refusing + "\r\n" + LAST)
                  .text())
          .doesNotContain("Content-Encoding");
    }
    assertThat(ask("HEAD /a HTTP/1.1\r\nHost: h\r\nAccept-Encoding: *\r\n" + LAST).text())
        .contains("Content-Encoding: gzip");
  }

  @Test
  void a_client_that_waits_for_100_continue_is_told_to_go_on() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("test"))) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write((EXPECTING + LAST).getBytes(UTF_8));
      String goOn = "HTTP/1.1 100 Continue\r\n\r\n";
      assertThat(socket.getInputStream().readNBytes(goOn.length())).asString().isEqualTo(goOn);
      socket.getOutputStream().write("{}".getBytes(UTF_8));
      assertThat(socket.getInputStream().readAllBytes()).asString().endsWith("POST h /a [{}]");
    }
  }

  // The answer left the connection open, and whoever had not sent the body sent the next request,
  // which was read as the body.
  @Test
  void a_refusal_before_100_continue_ends_the_connection() {
    HANDLER.set(request -> Response.text(413, "text/plain", "too much"));
    Answer answer = ask(EXPECTING + "\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(answer.text()).startsWith("HTTP/1.1 413").contains("Connection: close");
    assertThat(answer.text()).endsWith("too much");
    assertThat(answer.closed()).isTrue();
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\nExpect: the worst\r\n\r\n").text())
        .startsWith("HTTP/1.1 417");
  }

  // Connections of peers that vanished in the middle of a request used to stay for ever.
  @Test
  void a_peer_that_falls_silent_in_its_headers_is_let_go() {
    Answer answer = ask("GET /a HTTP/1.1\r\nHost: h\r\nX-");
    assertThat(answer.text()).isEmpty();
    assertThat(answer.closed()).isTrue();
  }

  @Test
  void a_peer_that_falls_silent_in_its_body_is_let_go_and_the_work_that_is_left_is_not_disturbed() {
    AtomicReference<String> seen = new AtomicReference<>("nothing");
    HANDLER.set(
        request -> {
          try {
            return Response.of(200, "text/plain", request.body(100));
          } catch (Refusal refusal) {
            seen.set(refusal.getMessage() + " " + Thread.currentThread().isInterrupted());
            throw refusal;
          }
        });
    Answer answer = ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{");
    assertThat(answer.closed()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(seen.get())
                    .startsWith("The request body could not be read")
                    .endsWith("false"));
  }

  @Test
  void a_handler_may_take_longer_than_a_peer_may_be_silent() {
    HANDLER.set(
        request -> {
          LockSupport.parkNanos(1_500_000_000L);
          return Response.text(200, "text/plain", "at last");
        });
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\n" + LAST).text()).endsWith("at last");
  }

  @Test
  void what_a_handler_throws_is_500_in_the_same_shape() {
    HANDLER.set(
        request -> {
          throw new IllegalStateException("a bug");
        });
    assertThat(ask("GET /a HTTP/1.1\r\nHost: h\r\n" + LAST).text())
        .startsWith("HTTP/1.1 500")
        .contains("refused: The server failed to answer the request.");
  }

  // ---- a client of bytes ------------------------------------------------------------------------

  private static final String LAST = "Connection: close\r\n\r\n";
  private static final String EXPECTING =
      "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n";

  private record Answer(byte[] bytes, boolean closed) {
    String text() {
      return new String(bytes, ISO_8859_1);
    }

    byte[] body() {
      int start = text().indexOf("\r\n\r\n") + 4;
      return java.util.Arrays.copyOfRange(bytes, start, bytes.length);
    }
  }

  private static Answer zipped(byte[] body, String coding) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST /a HTTP/1.1\r\nHost: h\r\nContent-Encoding: "
                + coding
                + "\r\nContent-Length: "
                + body.length
                + "\r\n"
                + LAST)
            .getBytes(UTF_8));
    request.writeBytes(body);
    return ask(request.toByteArray());
  }

  private static byte[] zip(String text) throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(sink)) {
      out.write(text.getBytes(UTF_8));
    }
    return sink.toByteArray();
  }

  private static final int LARGE = 16 << 20;

  /** Ends a request in the way that its path names. */
  private static Response ending(Request request) {
    return switch (request.rawPath()) {
      case "/whole", "/silent", "/broken" -> Response.of(200, "text/plain", request.body(1 << 20));
      case "/exception" -> throw new IllegalStateException("a bug");
      case "/error" -> throw new StackOverflowError();
      case "/split" -> Response.empty(200).with("Location", "/a\r\nX-Injected: evil");
      case "/large" -> Response.of(200, "text/plain", new byte[LARGE]);
      case "/streamed" -> streamed(LARGE, out -> out.write(new byte[LARGE]));
      case "/short" -> streamed(100, out -> out.write(new byte[10]));
      case "/long" -> streamed(100, out -> out.write(new byte[200]));
      case "/error-midway" ->
          streamed(
              100,
              out -> {
                out.write(new byte[10]);
                throw new StackOverflowError();
              });
      default -> Response.empty(204);
    };
  }

  private static Response streamed(long length, Response.Writer writer) {
    return new Response(200, Headers.none(), new Response.Stream(length, writer));
  }

  private static void awaitNothingHeld(HttpServer one) {
    await()
        .untilAsserted(
            () -> {
              assertThat(one.usage().requests()).isZero();
              assertThat(one.usage().bodyBytes()).isZero();
            });
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Answer ask(String request) {
    return ask(request.getBytes(UTF_8));
  }

  private static Answer ask(byte[] request) {
    return ask(server, request);
  }

  /** Sends bytes, and reads until the server closes; it has to, within some seconds. */
  private static Answer ask(HttpServer asked, byte[] request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), asked.port("test"))) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      try {
        for (int n = socket.getInputStream().read(buffer);
            n >= 0;
            n = socket.getInputStream().read(buffer)) {
          answer.write(buffer, 0, n);
        }
        return new Answer(answer.toByteArray(), true);
      } catch (SocketTimeoutException e) {
        return new Answer(answer.toByteArray(), false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
