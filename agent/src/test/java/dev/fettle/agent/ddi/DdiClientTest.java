package dev.fettle.agent.ddi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.agent.downloads.Artifact;
import dev.fettle.agent.downloads.DownloadProgress;
import dev.fettle.agent.downloads.DownloadSink;
import dev.fettle.agent.downloads.FileSink;
import dev.fettle.agent.downloads.WrongFileException;
import dev.fettle.agent.support.ScriptedServer;
import dev.fettle.agent.support.ScriptedServer.Action;
import dev.fettle.agent.support.ScriptedServer.File;
import dev.fettle.agent.support.ScriptedServer.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DdiClientTest {
  private static final byte[] CONTENT = bytes(300_000);

  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private ScriptedServer server = new ScriptedServer();
  private DdiHttp http = http(null, Duration.ofSeconds(10));

  @TempDir private Path folder = Path.of("");

  DdiClientTest() throws IOException {}

  @BeforeEach
  void offer() {
    server.offer("panel-17", "teamsClient", "2.0", new File("app.bin", CONTENT));
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  @Test
  void a_download_that_breaks_goes_on_where_it_broke() throws Exception {
    server.breakDownloads(100_000, 2);

    download(client(), FileSinkOrNot.FILE);

    List<Seen> gets = server.seen("GET", "/artifacts/");
    assertThat(gets.stream().map(g -> g.header("Range")))
        .containsExactly("", "bytes=100000-", "bytes=200000-");
    assertThat(gets.get(1).header("If-range"))
        .isEqualTo("\"" + ScriptedServer.hash("SHA-1", CONTENT) + "\"");
    assertThat(folder.resolve("app.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void what_an_earlier_run_left_is_not_fetched_again() throws Exception {
    Files.write(folder.resolve("app.bin"), Arrays.copyOf(CONTENT, 250_000));

    download(client(), FileSinkOrNot.FILE);

    assertThat(server.seen("GET", "/artifacts/").getFirst().header("Range"))
        .isEqualTo("bytes=250000-");
    assertThat(folder.resolve("app.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void what_an_earlier_run_left_of_another_file_is_thrown_away() throws Exception {
    Files.write(folder.resolve("app.bin"), new byte[250_000]);

    download(client(), FileSinkOrNot.FILE);

    assertThat(folder.resolve("app.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_file_that_changes_in_the_middle_is_fetched_from_the_start() throws Exception {
    byte[] other = bytes(300_000);
    other[0]++;
    Action action = Objects.requireNonNull(server.device("panel-17").action);
    action.files.getFirst().content = other;
    action.files.getFirst().sha256 = ScriptedServer.hash("SHA-256", CONTENT);
    server.breakDownloads(100_000, 1);
    DdiHttp changing =
        new DdiHttp(
            null,
            Retry.standard(),
            new Random(1),
            _ -> action.files.getFirst().content = CONTENT,
            Duration.ofSeconds(10));

    download(client(changing), FileSinkOrNot.FILE);

    assertThat(folder.resolve("app.bin")).hasBinaryContent(CONTENT);
    changing.close();
  }

  @Test
  void a_file_with_another_hash_is_refused() {
    Action action = Objects.requireNonNull(server.device("panel-17").action);
    action.files.getFirst().sha256 = "00".repeat(32);

    assertThatThrownBy(() -> download(client(), FileSinkOrNot.NONE))
        .isInstanceOf(WrongFileException.class)
        .hasMessageContaining("SHA-256 of 'app.bin'");
  }

  @Test
  void a_file_longer_than_announced_is_refused() {
    Action action = Objects.requireNonNull(server.device("panel-17").action);
    action.files.getFirst().size = 1000;

    assertThatThrownBy(() -> download(client(), FileSinkOrNot.FILE))
        .isInstanceOf(WrongFileException.class)
        .hasMessageContaining("longer than the announced 1000");
    assertThat(folder.resolve("app.bin")).isEmptyFile();
  }

  @Test
  void an_empty_file_is_asked_for_too() throws Exception {
    server.offer("panel-17", "teamsClient", "2.0", new File("empty.bin", new byte[0]));

    download(client(), FileSinkOrNot.NONE);

    assertThat(server.seen("GET", "/artifacts/")).hasSize(1);
  }

  @Test
  void a_download_that_stands_still_is_begun_again() throws Exception {
    server.stallDownload(50_000);
    try (DdiHttp impatient = http(null, Duration.ofMillis(300))) {
      download(client(impatient), FileSinkOrNot.FILE);
    }

    assertThat(server.seen("GET", "/artifacts/")).hasSize(2);
    assertThat(folder.resolve("app.bin")).hasBinaryContent(CONTENT);
  }

  /** Each next byte came in time, and the agent waited for the last one for ever. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nX-Slow: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n"
      })
  @Timeout(30)
  void an_answer_that_trickles_is_given_up(String begin) throws Exception {
    try (ServerSocket trickling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DdiHttp impatient =
            new DdiHttp(
                null,
                new Retry(1, Duration.ZERO, Duration.ZERO),
                new Random(1),
                pauses::add,
                Duration.ofMillis(400))) {
      Thread.ofVirtual().start(() -> trickle(trickling, begin));
      URI address = URI.create("http://127.0.0.1:" + trickling.getLocalPort());

      assertThatThrownBy(
              () ->
                  new DdiClient(impatient, new DdiAddress(address, "DEFAULT", "p"), secret())
                      .poll())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer from " + address);
    }
  }

  private static void trickle(ServerSocket server, String begin) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write(begin.getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write(' ');
        LockSupport.parkNanos(10_000_000);
      }
    } catch (IOException e) {
      // The agent has gone, which is what the test waits for.
      return;
    }
  }

  @Test
  void an_address_that_cannot_be_asked_is_a_failure_and_not_the_end_of_the_agent() {
    server.fail("GET", "/artifacts/", 302, 1);
    server.redirect = "http://127.0.0.1:99999/x";

    assertThatThrownBy(() -> download(client(), FileSinkOrNot.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be followed");
  }

  @Test
  void closed_connections_are_a_failure_of_the_device_that_asks_meanwhile() {
    http.close();

    assertThatThrownBy(() -> client().poll())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void server_errors_are_waited_out_with_growing_pauses() throws Exception {
    server.fail("GET", "panel-17", 500, 3);

    assertThat(client().poll().deploymentBase()).isNotNull();

    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(0)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
    assertThat(pauses.get(2)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void retry_after_is_obeyed() throws Exception {
    server.fail("POST", "feedback", 429, 1);

    client()
        .feedback(
            ActionKind.DEPLOYMENT,
            Objects.requireNonNull(server.device("panel-17").action).id,
            Feedback.proceeding("x"));

    assertThat(pauses).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void a_refusal_is_not_repeated() {
    server.fail("GET", "panel-17", 401, 9);

    assertThatThrownBy(() -> client().poll())
        .isInstanceOfSatisfying(DdiException.class, e -> assertThat(e.status()).isEqualTo(401));
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void a_redirect_to_another_host_gets_no_token() throws Exception {
    try (ScriptedServer other = new ScriptedServer()) {
      server.fail("GET", "/artifacts/", 302, 1);
      server.redirect = other.url() + "/file";
      assertThatThrownBy(() -> download(client(), FileSinkOrNot.NONE))
          .isInstanceOf(DdiException.class);

      assertThat(server.seen("GET", "/artifacts/").getFirst().header("Authorization"))
          .isEqualTo("TargetToken secret");
      assertThat(other.requests).hasSize(1);
      assertThat(other.requests.getFirst().headers()).doesNotContainKey("Authorization");
    }
  }

  @Test
  void a_redirect_on_the_same_host_is_followed_with_the_token() throws Exception {
    server.fail("GET", "/artifacts/0", 302, 1);
    server.redirect = "/DEFAULT/controller/v1/panel-17/softwaremodules/1/artifacts/0";

    download(client(), FileSinkOrNot.NONE);

    assertThat(server.seen("GET", "/artifacts/"))
        .hasSize(2)
        .allMatch(g -> g.header("Authorization").equals("TargetToken secret"));
  }

  @ParameterizedTest
  @CsvSource({"00:00:05,5", "01:02:03,3723", "00:00:00,0", "PT5S,", "5,", "00:60:00,", "-1:00:00,"})
  void sleep_is_read_in_its_one_form(String text, Integer seconds) throws Exception {
    server.sleep = text;

    assertThat(client().poll().sleep())
        .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
  }

  @Test
  void ids_are_percent_encoded() {
    DdiAddress address = new DdiAddress(URI.create("http://h:1/"), "a b", "../ü?/x");

    assertThat(address.controller())
        .hasToString("http://h:1/a%20b/controller/v1/..%2F%C3%BC%3F%2Fx");
  }

  @Test
  void a_token_is_never_printed() {
    assertThat(DdiCredential.targetToken("secret").toString()).doesNotContain("secret");
  }

  @Test
  void https_with_an_own_authority_works_with_its_file_and_fails_without() throws Exception {
    Path store = folder.resolve("store.p12");
    Path pem = folder.resolve("ca.pem");
    keytool(
        "-genkeypair",
        "-alias",
        "s",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit");
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "s",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit",
        "-file",
        pem.toString());
    try (ScriptedServer secure = new ScriptedServer(tls(store))) {
      DdiAddress address = new DdiAddress(secure.url(), "DEFAULT", "panel-17");
      try (DdiHttp trusting = http(pem, Duration.ofSeconds(10))) {
        assertThat(new DdiClient(trusting, address, secret()).poll().sleep())
            .isEqualTo(Duration.ofSeconds(1));
      }
      assertThatThrownBy(() -> new DdiClient(http, address, secret()).poll())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("certification path");
    }
  }

  private static SSLContext tls(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private enum FileSinkOrNot {
    FILE,
    NONE
  }

  private void download(DdiClient client, FileSinkOrNot kind) throws Exception {
    URI link = Objects.requireNonNull(client.poll().deploymentBase());
    Artifact artifact = client.deployment(link).chunks().getFirst().artifacts().getFirst();
    switch (kind) {
      case FILE -> {
        try (FileSink sink = new FileSink(folder.resolve("app.bin"), artifact)) {
          client.download(artifact, sink, DownloadProgress.IGNORED);
        }
      }
      case NONE ->
          client.download(artifact, DownloadSink.discarding(artifact), DownloadProgress.IGNORED);
    }
  }

  private DdiClient client() {
    return client(http);
  }

  private DdiClient client(DdiHttp way) {
    return new DdiClient(way, new DdiAddress(server.url(), "DEFAULT", "panel-17"), secret());
  }

  private static DdiCredential secret() {
    return DdiCredential.targetToken("secret");
  }

  private DdiHttp http(@Nullable Path ca, Duration patience) throws IOException {
    return new DdiHttp(ca, Retry.standard(), new Random(1), pauses::add, patience);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(42).nextBytes(bytes);
    return bytes;
  }
}
