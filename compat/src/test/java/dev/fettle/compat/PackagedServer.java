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
import java.util.concurrent.TimeUnit;
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

  private final Process process;
  private final Path data;
  private final Path log;
  private final int httpPort;
  private final int httpsPort;
  private final Authority authority;

  private PackagedServer(Process process, Path data, Path log, int httpPort, int httpsPort) {
    this.process = process;
    this.data = data;
    this.log = log;
    this.httpPort = httpPort;
    this.httpsPort = httpsPort;
    awaitReady();
    authority = Authority.of(download("/fettle/dev/ca.pem"), data.resolve("authority.pem"));
  }

  /** Starts {@code fettle dev} with further options and waits until it is ready. */
  static PackagedServer start(String name, String... options) {
    try {
      Path data = Files.createTempDirectory("fettle-compat-");
      Path log = Files.createDirectories(Path.of("target", "servers")).resolve(name + ".log");
      int http = freePort();
      int https = freePort();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Xmx512m");
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("-cp");
      command.add(classPath());
      command.add("dev.fettle.app.Main");
      command.add("dev");
      command.addAll(List.of("--data", data.resolve("data").toString()));
      command.addAll(List.of("--http-port", Integer.toString(http)));
      command.addAll(List.of("--https-port", Integer.toString(https)));
      command.addAll(List.of(options));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new PackagedServer(process, data, log, http, https);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** Everything that the server printed so far. */
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
