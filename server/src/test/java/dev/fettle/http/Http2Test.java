package dev.fettle.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.support.TestTls;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2 by ALPN with the JDK's client, and by frames with a client that breaks the rules. */
class Http2Test {
  private static final int LARGE = 8 << 20;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicLong read = new AtomicLong();
  private HttpServer server;
  private HttpClient client;

  @BeforeEach
  void open(@TempDir Path folder) {
    TestTls tls = TestTls.in(folder);
    server =
        HttpServer.start(
            HttpLimits.standard().with(HttpLimits.Waits.all(Duration.ofSeconds(1))),
            List.of(
                new HttpServer.Listener("tls", InetAddress.getLoopbackAddress(), 0, tls.server()),
                new HttpServer.Listener("plain", InetAddress.getLoopbackAddress(), 0, null)),
            this::answer,
            (status, problem) -> Response.text(status, "text/plain", problem));
    client = HttpClient.newBuilder().sslContext(tls.client()).build();
  }

  @AfterEach
  void close() {
    go.countDown();
    client.close();
    server.close();
  }

  private Response answer(Request request) {
    return switch (request.rawPath()) {
      case "/large" -> Response.of(200, "text/plain", new byte[LARGE]);
      case "/unread" -> Response.empty(401);
      case "/slow" -> {
        awaitGo();
        yield counted(request.body());
      }
      case "/upload" -> counted(request.body());
      default -> Response.text(200, "text/plain", request.method() + " " + request.origin());
    };
  }

  private void awaitGo() {
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Response counted(InputStream body) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        read.addAndGet(n);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return Response.text(200, "text/plain", Long.toString(read.get()));
  }

  @Test
  void requests_over_tls_are_http_2_for_those_who_speak_it() throws Exception {
    HttpResponse<String> answer =
        client.send(request("/a").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).isEqualTo("GET https://localhost:" + server.port("tls"));
    awaitNothingHeld();
  }

  @Test
  void bodies_of_any_size_go_both_ways() throws Exception {
    HttpResponse<byte[]> large =
        client.send(request("/large").build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(large.body()).hasSize(LARGE);
    HttpResponse<String> upload =
        client.send(
            request("/upload")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LARGE]))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(upload.body()).isEqualTo(Integer.toString(LARGE));
    awaitNothingHeld();
  }

  @Test
  void an_upload_waits_for_its_reader() {
    AtomicLong sent = new AtomicLong();
    CompletableFuture<HttpResponse<String>> upload =
        client.sendAsync(
            request("/slow")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Counted(sent)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> sent.get() > 0);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> sent.get() < LARGE / 4 && server.usage().bodyBytes() < LARGE / 4);
    go.countDown();
    assertThat(upload.join().body()).isEqualTo(Integer.toString(LARGE));
    awaitNothingHeld();
  }

  /** So many zeros, counted when they are taken. */
  private static final class Counted extends InputStream {
    private final AtomicLong sent;

    Counted(AtomicLong sent) {
      this.sent = sent;
    }

    @Override
    public int read() {
      return sent.getAndIncrement() < LARGE ? 0 : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int count = (int) Math.min(length, LARGE - sent.get());
      sent.addAndGet(count);
      return count == 0 ? -1 : count;
    }
  }

  // ---- frames -----------------------------------------------------------------------------------

  static Stream<byte[]> floods() {
    byte[] head = head(1, "/a", END_STREAM);
    byte[] open = head(1, "/upload", 0);
    return Stream.of(
        repeated(1000, i -> join(head(1 + 2 * i, "/a", END_STREAM), reset(1 + 2 * i))),
        join(
            frame(HEADERS, 0, 1, new byte[0]),
            repeated(1000, i -> frame(CONTINUATION, 0, 1, new byte[0]))),
        join(open, repeated(1000, i -> frame(DATA, 0, 1, new byte[0]))),
        join(head, frame(8, 0, 0, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array())),
        frame(DATA, 0, 1, new byte[20_000]));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void a_flood_of_frames_ends_its_connection_and_nothing_else(byte[] flood) throws Exception {
    try (Peer peer = new Peer()) {
      peer.send(flood);
      assertThat(peer.frames())
          .as("the last word, with the number of its reason")
          .anyMatch(
              frame -> frame.type() == GOAWAY && ByteBuffer.wrap(frame.payload()).getInt(4) > 0);
    }
    awaitNothingHeld();
    assertThat(
            client.send(request("/a").build(), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void a_body_that_nobody_reads_is_called_off_and_the_connection_stays() throws Exception {
    try (Peer peer = new Peer()) {
      peer.send(head(1, "/unread", 0));
      Frame last = peer.next();
      while (last.type() != RESET) {
        last = peer.next();
      }
      assertThat(last.payload()).isEqualTo(new byte[4]);
      peer.send(head(3, "/a", END_STREAM));
      assertThat(peer.next()).matches(frame -> frame.type() == HEADERS && frame.stream() == 3);
    }
    awaitNothingHeld();
  }

  @Test
  void whoever_opens_no_window_for_an_answer_is_let_go() throws Exception {
    try (Peer peer = new Peer(frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}))) {
      for (int stream = 1; stream < 100; stream += 2) {
        peer.send(head(stream, stream % 4 == 1 ? "/large" : "/a", END_STREAM));
      }
      await().until(() -> server.usage().requests() > 0);
      awaitNothingHeld();
    }
  }

  @Test
  void a_body_that_stops_midway_is_let_go() throws Exception {
    try (Peer peer = new Peer()) {
      peer.send(join(head(1, "/upload", 0), frame(DATA, 0, 1, new byte[100])));
      await().until(() -> read.get() == 100);
      awaitNothingHeld();
    }
  }

  @Test
  void a_stream_that_is_reset_or_a_peer_that_is_gone_gives_back_what_it_held() throws Exception {
    try (Peer peer = new Peer()) {
      peer.send(join(head(1, "/upload", 0), frame(DATA, 0, 1, new byte[100]), reset(1)));
      await().until(() -> read.get() == 100);
      awaitNothingHeld();
      peer.send(join(head(3, "/upload", 0), frame(DATA, 0, 3, new byte[100])));
      await().until(() -> read.get() == 200);
    }
    awaitNothingHeld();
  }

  // While streams were open a connection heard nothing of the server's end, and went on asking.
  @Test
  void a_server_that_stops_says_so_and_lets_the_streams_end() throws Exception {
    try (Peer peer = new Peer()) {
      peer.send(join(head(1, "/slow", 0), frame(DATA, END_STREAM, 1, new byte[100])));
      await().until(() -> server.usage().requests() == 1);
      Thread end = Thread.ofVirtual().start(server::close);
      Frame next = peer.next();
      while (next.type() != GOAWAY) {
        next = peer.next();
      }
      peer.send(head(3, "/a", END_STREAM));
      go.countDown();
      assertThat(peer.frames())
          .anyMatch(frame -> frame.type() == HEADERS && frame.stream() == 1)
          .noneMatch(frame -> frame.type() == HEADERS && frame.stream() == 3);
      assertThat(end.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port("tls") + path))
        .timeout(Duration.ofSeconds(20));
  }

  private void awaitNothingHeld() {
    await()
        .untilAsserted(
            () -> {
              assertThat(server.usage().requests()).isZero();
              assertThat(server.usage().bodyBytes()).isZero();
            });
  }

  // ---- a client of frames -----------------------------------------------------------------------

  private record Frame(int type, int stream, byte[] payload) {}

  /** A plain connection that speaks HTTP/2 from the start. */
  private final class Peer implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Peer() throws IOException {
      this(frame(SETTINGS, 0, 0, new byte[0]));
    }

    Peer(byte[] settings) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.port("plain"));
      socket.setSoTimeout(10_000);
      in = new DataInputStream(socket.getInputStream());
      send(join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII), settings));
    }

    void send(byte[] bytes) throws IOException {
      try {
        socket.getOutputStream().write(bytes);
      } catch (SocketException e) {
        // The server closed in the middle of a flood; what it said before can be read.
        assertThat(bytes).hasSizeGreaterThan(1000);
      }
    }

    Frame next() throws IOException {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readByte();
      int stream = in.readInt();
      return new Frame(type, stream, in.readNBytes(length));
    }

    /** All frames up to the end of the connection. */
    List<Frame> frames() throws IOException {
      List<Frame> frames = new ArrayList<>();
      try {
        while (true) {
          frames.add(next());
        }
      } catch (EOFException | SocketException e) {
        return frames;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private interface Numbered {
    byte[] of(int number);
  }

  private static byte[] repeated(int times, Numbered frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(frames.of(i));
    }
    return all.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    return repeated(parts.length, i -> parts[i]);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static byte[] reset(int stream) {
    return frame(RESET, 0, stream, new byte[] {0, 0, 0, 8});
  }

  /** A request: fields of HPACK's static table by their numbers, and two texts. */
  private static byte[] head(int stream, String path, int flags) {
    byte[] text = path.getBytes(US_ASCII);
    byte[] block =
        ByteBuffer.allocate(7 + text.length)
            .put((byte) 0x83) // :method POST
            .put((byte) 0x86) // :scheme http
            .put((byte) 0x01) // :authority
            .put((byte) 1)
            .put((byte) 'h')
            .put((byte) 0x04) // :path
            .put((byte) text.length)
            .put(text)
            .array();
    return frame(HEADERS, flags | END_HEADERS, stream, block);
  }
}
