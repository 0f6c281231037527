package dev.fettle.compat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The server as users get it: the packaged jars in a process of their own, {@code dev} mode, an
 * empty data directory, free ports.
 *
 * <p>What it prints is in {@code compat/target/servers}, one file for each start.
 */
final class PackagedServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final String READY = "Fettle is ready";

  private final String name;
  private final List<String> command;
  private final Path data;
  private final boolean temporary;
  private final int httpPort;
  private final int httpsPort;
  private final Authority authority;
  private final List<Path> logs = new ArrayList<>();
  private Process process;

  private PackagedServer(
      String name, List<String> command, Path data, boolean temporary, int http, int https) {
    this.name = name;
    this.command = command;
    this.data = data;
    this.temporary = temporary;
    this.httpPort = http;
    this.httpsPort = https;
    this.logs.add(log(name));
    this.process = Programs.start(command, logs.getLast());
    awaitReady();
    authority = Authority.of(download("/fettle/dev/ca.pem"), data.resolve("authority.pem"));
  }

  /** Starts {@code fettle dev} with further options and waits until it is ready. */
  static PackagedServer start(String name, String... options) {
    try {
      Path data = Files.createTempDirectory("fettle-compat-");
      int http = freePort();
      int https = freePort();
      List<String> command = new ArrayList<>(fettle("dev"));
      command.addAll(List.of("--data", data.resolve("data").toString()));
      command.addAll(List.of("--http-port", Integer.toString(http)));
      command.addAll(List.of("--https-port", Integer.toString(https)));
      command.addAll(List.of(options));
      return new PackagedServer(name, command, data, true, http, https);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts {@code fettle serve} with a configuration file and waits until it is ready.
   *
   * @param folder the data directory's parent, which is the caller's to remove
   */
  static PackagedServer serve(String name, Path folder, Map<String, String> settings) {
    try {
      int http = freePort();
      int https = freePort();
      Map<String, String> all = new TreeMap<>(settings);
      all.put("data.directory", folder.resolve("data").toString());
      all.put("http.port", Integer.toString(http));
      all.put("https.port", Integer.toString(https));
      all.put("https.address", "127.0.0.1");
      Path config =
          Files.writeString(
              folder.resolve(name + ".properties"),
              all.entrySet().stream()
                  .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                  .collect(Collectors.joining()));
      return new PackagedServer(
          name, fettle("serve", "--config", config.toString()), folder, false, http, https);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The command line of the packaged program. */
  static List<String> fettle(String... arguments) {
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Xmx512m");
      // As the launcher says them.
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.addAll(List.of("-cp", classPath(), "dev.fettle.app.Main"));
      command.addAll(List.of(arguments));
      return command;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a program of that name says what it has to say. */
  static Path log(String name) {
    try {
      return Files.createDirectories(Path.of("target", "servers")).resolve(name + ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process as a failing machine would, with {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks it to end, as an operator's system does with SIGTERM; answers how it ended. */
  int stop() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  /** Starts the same server on what the one before it left behind. */
  void startAgain() {
    logs.add(log(name + "-again"));
    process = Programs.start(command, logs.getLast());
    awaitReady();
  }

  /** The jar of the server and the jars beside it, as the launcher puts them together. */
  private static String classPath() throws IOException {
    Path target = Path.of("..", "server", "target").toAbsolutePath().normalize();
    try (Stream<Path> files = Files.list(target)) {
      Path jar =
          files
              .filter(file -> file.getFileName().toString().matches("fettle-server-[0-9.]+\\.jar"))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "No server jar in " + target + ": run 'mvn verify', which packages it"));
      return jar + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() {
    try {
      Awaitility.await()
          .atMost(START)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !process.isAlive() || output().contains(READY));
    } catch (ConditionTimeoutException e) {
      close();
      throw new IllegalStateException("The server did not get ready. It said:\n" + output(), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException("The server ended. It said:\n" + output());
    }
  }

  /** Everything that the server printed since its last start. */
  String output() {
    try {
      return Files.readString(logs.getLast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it printed at this start and at those before it. */
  List<Path> logs() {
    return logs;
  }

  /** Scheme, host and port over TLS, by the name that the certificate is for. */
  String https() {
    return "https://localhost:" + httpsPort;
  }

  /** Scheme, host and port without TLS. */
  String http() {
    return "http://127.0.0.1:" + httpPort;
  }

  Authority authority() {
    return authority;
  }

  /** The data directory's parent, which is the server's and the test's to write into. */
  Path folder() {
    return data;
  }

  private String download(String path) {
    return send(HttpRequest.newBuilder(URI.create(http() + path)).build()).body();
  }

  /** Sends a request without any SDK; the address is {@link #http()} or {@link #https()} based. */
  HttpResponse<String> send(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      if (!temporary) {
        return;
      }
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
