package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.db.DbSettings;
import dev.fettle.support.TestAuthority;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own, to which SIGHUP is sent. */
@WithPostgres
class HangupSignalTest {
  private static final Pattern HTTPS = Pattern.compile("https://localhost:(\\d+)");

  private final TestAuthority authority = new TestAuthority("Test");
  private final DbSettings db;
  private final Path folder;

  HangupSignalTest(DbSettings db, @TempDir Path folder) {
    this.db = db;
    this.folder = folder;
  }

  @Test
  void sighup_shows_the_certificate_that_lies_there_and_stops_no_server() throws Exception {
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server-key.pem");
    authority.issue("CN=first", null).write(certificate, key);
    Process server =
        start(
            Map.of(
                "https.certificate", certificate.toString(),
                "https.key", key.toString()));
    try {
      assertThat(shown(authority.certificate())).isEqualTo("CN=first");
      authority.issue("CN=second", null).write(certificate, key);
      hangUp(server);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(output()).contains("event=hangup", "CN=second"));
      assertThat(shown(authority.certificate())).isEqualTo("CN=second");

      // Without the signal it takes as long as the next look.
      authority.issue("CN=third", null).write(certificate, key);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(shown(authority.certificate())).isEqualTo("CN=third"));
    } finally {
      stop(server);
    }
  }

  @Test
  void sighup_ends_no_server_that_has_no_certificate_of_its_own() throws Exception {
    Process server = start(Map.of());
    try {
      hangUp(server);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(output()).contains("event=hangup"));
      Path own = LocalAuthority.certificate(folder.resolve("data"));
      assertThat(shown(TestAuthority.read(own))).isEqualTo("CN=Fettle");
    } finally {
      stop(server);
    }
  }

  private Process start(Map<String, String> more) throws IOException {
    Map<String, String> settings = new TreeMap<>(TestServer.on(db));
    settings.put("data.directory", folder.resolve("data").toString());
    settings.put("http.port", "none");
    settings.put("https.port", "0");
    settings.put("https.address", "127.0.0.1");
    settings.putAll(more);
    Path config =
        Files.writeString(
            folder.resolve("fettle.properties"),
            settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                .collect(Collectors.joining()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--config", config.toString()));
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !server.isAlive() || output().contains("event=ready"));
    assertThat(server.isAlive()).as(output()).isTrue();
    return server;
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("output"));
  }

  private static void hangUp(Process server) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private static void stop(Process server) throws InterruptedException {
    server.destroy();
    assertThat(server.waitFor()).as("what a JVM ends with after SIGTERM").isEqualTo(143);
  }

  /** The subject of the certificate that a new connection is shown. */
  private String shown(X509Certificate trusted) throws IOException {
    Matcher url = HTTPS.matcher(output());
    assertThat(url.find()).isTrue();
    try (SSLSocket socket =
        (SSLSocket)
            TestAuthority.client(trusted, null)
                .getSocketFactory()
                .createSocket("127.0.0.1", URI.create(url.group()).getPort())) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }
}
