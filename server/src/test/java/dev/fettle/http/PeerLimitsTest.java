package dev.fettle.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections a peer gets, and how much memory its bodies. */
class PeerLimitsTest {
  private static final Networks SOME = Networks.parse(List.of("127.0.0.0/8"));

  /** Three bodies of 40,000 bytes grow to 64 KiB each, and what arrives meanwhile has room too. */
  private static final long ROOM = 250_000;

  private final List<Socket> sockets = new ArrayList<>();

  private static HttpServer start(HttpLimits limits) {
    return HttpServer.start(
        limits,
        List.of(new HttpServer.Listener("test", InetAddress.getLoopbackAddress(), 0, null)),
        request -> {
          try {
            return Response.text(200, "text/plain", "read " + request.body(1 << 20).length);
          } catch (Refusal refusal) {
            return refusal.reason() instanceof Reason.Unavailable full
                ? Response.text(503, "text/plain", refusal.getMessage())
                    .with("Retry-After", Long.toString(full.retryAfter().toSeconds()))
                : Response.text(400, "text/plain", refusal.getMessage());
          }
        },
        (status, problem) -> Response.text(status, "text/plain", problem));
  }

  private static HttpLimits limits(int all, int perAddress, Networks exempt, Networks proxies) {
    HttpLimits standard = HttpLimits.standard();
    return new HttpLimits(all, perAddress, exempt, proxies, standard.bodyBytes(), standard.waits());
  }

  private Socket connect(HttpServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("test"));
    socket.setSoTimeout(5_000);
    sockets.add(socket);
    return socket;
  }

  /** Whether a connection is heard; one that was refused is closed at once. */
  private static boolean isHeard(Socket socket) {
    try {
      send(socket, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
      return socket.getInputStream().read() == 'H';
    } catch (IOException e) {
      return false;
    }
  }

  private static void send(Socket socket, String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
  }

  @AfterEach
  void closeAll() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void one_connection_too_many_of_an_address_is_refused_until_another_one_closes()
      throws IOException {
    try (HttpServer server = start(limits(100, 2, Networks.none(), Networks.none()))) {
      Socket first = connect(server);
      assertThat(isHeard(first)).isTrue();
      assertThat(isHeard(connect(server))).isTrue();
      assertThat(isHeard(connect(server))).isFalse();
      assertThat(server.usage().refused()).isOne();

      first.close();
      await().untilAsserted(() -> assertThat(server.usage().connections()).isOne());
      assertThat(isHeard(connect(server))).isTrue();
    }
  }

  @Test
  void networks_that_are_exempt_and_trusted_proxies_have_no_limit_of_their_own()
      throws IOException {
    try (HttpServer exempt = start(limits(100, 1, SOME, Networks.none()));
        HttpServer proxied = start(limits(100, 1, Networks.none(), SOME))) {
      for (int i = 0; i < 5; i++) {
        assertThat(isHeard(connect(exempt))).isTrue();
        assertThat(isHeard(connect(proxied))).isTrue();
      }
    }
  }

  @Test
  void connections_altogether_are_limited_for_everybody() throws IOException {
    try (HttpServer server = start(limits(3, 100, SOME, SOME))) {
      for (int i = 0; i < 3; i++) {
        assertThat(isHeard(connect(server))).isTrue();
      }
      assertThat(isHeard(connect(server))).isFalse();
      sockets.getFirst().close();
      await().untilAsserted(() -> assertThat(server.usage().connections()).isEqualTo(2));
      assertThat(isHeard(connect(server))).isTrue();
    }
  }

  // Slow uploads of JSON held their bytes in memory without any bound but that of each one.
  @Test
  void bodies_for_which_there_is_no_room_are_503_and_the_others_are_read() throws IOException {
    HttpLimits standard = HttpLimits.standard();
    HttpLimits limits = new HttpLimits(100, 100, SOME, SOME, ROOM, standard.waits());
    try (HttpServer server = start(limits)) {
      String most = "x".repeat(40_000);
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Socket socket = connect(server);
        send(socket, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40001\r\n\r\n" + most);
        slow.add(socket);
      }
      await().untilAsserted(() -> assertThat(server.usage().bodyBytes()).isGreaterThan(190_000));

      Socket late = connect(server);
      send(late, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40001\r\n\r\n" + most + "x");
      assertThat(head(late)).startsWith("HTTP/1.1 503").contains("Retry-After: 2");

      for (Socket socket : slow) {
        send(socket, "x");
        assertThat(head(socket)).startsWith("HTTP/1.1 200");
      }
      await().untilAsserted(() -> assertThat(server.usage().bodyBytes()).isZero());
      Socket again = connect(server);
      send(again, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40001\r\n\r\n" + most + "x");
      assertThat(head(again)).startsWith("HTTP/1.1 200");
    }
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = socket.getInputStream().read();
      if (read < 0) {
        throw new AssertionError("closed after " + head);
      }
      head.append((char) read);
    }
    return head.toString();
  }
}
