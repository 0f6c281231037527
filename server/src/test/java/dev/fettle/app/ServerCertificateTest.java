package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Response;
import dev.fettle.support.TestAuthority;
import dev.fettle.support.TestAuthority.Issued;
import dev.fettle.support.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Listeners while the files of their certificate change. */
class ServerCertificateTest {
  private final TestAuthority authority = new TestAuthority("Test");
  private final Issued first = authority.issue("CN=first", null);
  private final Issued second = authority.issue("CN=second", null);
  private final SSLContext client = TestAuthority.client(authority.certificate(), null);
  private final TestClock clock = new TestClock(Instant.now());
  private final Logger log = (Logger) LoggerFactory.getLogger(ServerCertificate.class);
  private final @Nullable Level before = log.getLevel();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private @TempDir Path folder = Path.of("");

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void forget() {
    log.detachAppender(lines);
    log.setLevel(before);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private ServerCertificate ofFiles() {
    return ServerCertificate.ofFiles(file("server.pem"), file("server-key.pem"), clock);
  }

  private static HttpServer serve(ServerCertificate certificate) {
    return HttpServer.start(
        List.of(
            new HttpServer.Listener("tls", InetAddress.getLoopbackAddress(), 0, certificate.tls())),
        request -> Response.text(200, "text/plain", "answered"));
  }

  /** An open connection after its handshake. */
  private static SSLSocket connect(HttpServer server, SSLContext client) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port("tls"));
    socket.setSoTimeout(5_000);
    socket.startHandshake();
    return socket;
  }

  /** Asks for something over a connection that stays open, and answers the status line. */
  private static String ask(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /a HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("answered") < 0) {
      int read = socket.getInputStream().read();
      if (read < 0) {
        throw new AssertionError("closed after " + answer);
      }
      answer.append((char) read);
    }
    return answer.substring(0, answer.indexOf("\r"));
  }

  private String shown(HttpServer server) throws IOException {
    // A client that remembers no session, and so is shown the certificate of today.
    try (SSLSocket socket = connect(server, TestAuthority.client(authority.certificate(), null))) {
      return name(socket);
    }
  }

  private static String name(SSLSocket socket) throws IOException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  @Test
  void another_certificate_is_shown_to_whoever_comes_and_open_connections_live_on()
      throws IOException {
    first.write(file("server.pem"), file("server-key.pem"));
    ServerCertificate certificate = ofFiles();
    try (HttpServer server = serve(certificate);
        SSLSocket open = connect(server, client)) {
      assertThat(name(open)).isEqualTo("CN=first");
      assertThat(ask(open)).isEqualTo("HTTP/1.1 200 OK");

      certificate.look();
      assertThat(shown(server)).isEqualTo("CN=first");
      second.write(file("server.pem"), file("server-key.pem"));
      certificate.look();

      assertThat(shown(server)).isEqualTo("CN=second");
      assertThat(ask(open)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(lines.list)
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line.getFormattedMessage())
                      .startsWith("event=certificate_exchanged subject=\"CN=second\""));
    }
  }

  @Test
  void what_cannot_be_used_is_said_once_for_each_change_and_the_old_one_stays() throws IOException {
    first.write(file("server.pem"), file("server-key.pem"));
    ServerCertificate certificate = ofFiles();
    try (HttpServer server = serve(certificate)) {
      // The certificate comes before its key, as most programs write them.
      second.write(file("server.pem"), file("another-key.pem"));
      certificate.look();
      certificate.look();
      assertThat(lines.list)
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line.getFormattedMessage())
                      .startsWith("event=certificate_unusable")
                      .contains("is not that of the first certificate"));
      assertThat(shown(server)).isEqualTo("CN=first");

      Files.writeString(file("server.pem"), "no certificate");
      certificate.look();
      certificate.look();
      assertThat(lines.list).hasSize(2);
      Files.delete(file("server.pem"));
      certificate.look();
      certificate.look();
      assertThat(lines.list).hasSize(3);
      assertThat(lines.list.getLast().getFormattedMessage()).contains("does not exist");
      assertThat(shown(server)).isEqualTo("CN=first");

      second.write(file("server.pem"), file("server-key.pem"));
      certificate.look();
      assertThat(shown(server)).isEqualTo("CN=second");
    }
  }

  @Test
  void a_key_of_another_certificate_is_refused_at_the_start() throws IOException {
    first.write(file("server.pem"), file("server-key.pem"));
    second.write(file("other.pem"), file("server-key.pem"));

    assertThatThrownBy(this::ofFiles)
        .isInstanceOf(TlsFailure.class)
        .hasMessage(
            "https.certificate and https.key cannot be used: the key in %s is not that of the first"
                + " certificate in %s.",
            file("server-key.pem"), file("server.pem"));
  }

  @Test
  void a_key_that_is_cut_off_is_refused_in_words() throws IOException {
    first.write(file("server.pem"), file("server-key.pem"));
    Files.writeString(
        file("server-key.pem"), "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n");

    assertThatThrownBy(this::ofFiles)
        .isInstanceOf(TlsFailure.class)
        .hasMessageContaining("is not whole");
  }

  @Test
  void the_local_authority_s_certificate_is_renewed_while_the_server_runs() throws IOException {
    // A year ago, so that the client takes what is made today.
    clock.set(Instant.now().minus(Duration.ofDays(370)));
    ServerCertificate certificate = ServerCertificate.ofLocalAuthority(folder, Set.of(), clock);
    X509Certificate trusted = TestAuthority.read(LocalAuthority.certificate(folder));
    try (HttpServer server = serve(certificate)) {
      Instant end = end(server, trusted);
      clock.advance(Duration.ofDays(360));
      certificate.look();
      assertThat(end(server, trusted)).isEqualTo(end);
      clock.advance(Duration.ofDays(10));
      certificate.look();
      assertThat(end(server, trusted)).isAfter(end.plus(Duration.ofDays(300)));
    }
  }

  private static Instant end(HttpServer server, X509Certificate trusted) throws IOException {
    try (SSLSocket socket = connect(server, TestAuthority.client(trusted, null))) {
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getNotAfter()
          .toInstant();
    }
  }

  @Test
  void a_session_is_taken_up_again_with_the_keys_of_a_day() throws IOException {
    first.write(file("server.pem"), file("server-key.pem"));
    ServerCertificate certificate = ofFiles();
    try (HttpServer server = serve(certificate)) {
      long session = session(server);
      certificate.look();
      assertThat(session(server)).isEqualTo(session);
      clock.advance(Duration.ofDays(1));
      certificate.look();
      assertThat(session(server)).isNotEqualTo(session);
      assertThat(lines.list).isEmpty();
    }
  }

  /**
   * The begin of the session of a new connection: earlier than the connection if it is an old one.
   */
  private long session(HttpServer server) throws IOException {
    try (SSLSocket socket = connect(server, client)) {
      // The ticket comes with the first answer.
      ask(socket);
      SSLSession session = socket.getSession();
      return session.getCreationTime();
    }
  }
}
