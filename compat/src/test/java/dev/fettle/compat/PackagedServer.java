package dev.fettle.compat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The server as users get it: the packaged jars in a process of their own, {@code dev} mode, an
 * empty data directory, and whichever ports the system gives it.
 *
 * <p>What it prints is in {@code compat/target/servers}, one file for each start.
 */
final class PackagedServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final int PORT_TAKEN = 3;
  private static final Pattern READY = Pattern.compile("event=ready urls=\\[(.*?)]");

  private final String name;
  private final List<String> command;
  private final Path data;
  private final boolean temporary;
  private final Authority authority;
  private final List<Path> logs = new ArrayList<>();
  private Process process;
  private List<String> urls = List.of();

  private PackagedServer(String name, List<String> command, Path data, boolean temporary) {
    this.name = name;
    this.command = command;
    this.data = data;
    this.temporary = temporary;
    this.logs.add(log(name));
    this.process = Programs.start(command, logs.getLast());
    awaitReady();
    authority = Authority.of(download("/fettle/dev/ca.pem"), data.resolve("authority.pem"));
  }

  /** Starts {@code fettle dev} with further options and waits until it is ready. */
  static PackagedServer start(String name, String... options) {
    try {
      Path data = Files.createTempDirectory("fettle-compat-");
      List<String> command = new ArrayList<>(fettle("dev"));
      command.addAll(List.of("--data", data.resolve("data").toString()));
      command.addAll(List.of("--http-port", "0", "--https-port", "0"));
      command.addAll(List.of(options));
      return new PackagedServer(name, command, data, true);
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
      Map<String, String> all = new TreeMap<>(settings);
      all.put("data.directory", folder.resolve("data").toString());
      all.put("http.port", "0");
      all.put("https.port", "0");
      all.put("https.address", "127.0.0.1");
      Path config =
          Files.writeString(
              folder.resolve(name + ".properties"),
              all.entrySet().stream()
                  .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                  .collect(Collectors.joining()));
      return new PackagedServer(
          name, fettle("serve", "--config", config.toString()), folder, false);
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

  /**
   * Starts the same server on what the one before it left behind, with the ports that were its own,
   * since devices know them. If another process got one of them meanwhile, it is waited for.
   */
  void startAgain() throws InterruptedException {
    logs.add(log(name + "-again"));
    List<String> again = new ArrayList<>(command);
    again.set(again.indexOf("--http-port") + 1, Integer.toString(port("http")));
    again.set(again.indexOf("--https-port") + 1, Integer.toString(port("https")));
    process = Programs.start(again, logs.getLast());
    for (int more = 5; more > 0 && endsForAPort(); more--) {
      process = Programs.start(again, logs.getLast());
    }
    awaitReady();
  }

  private boolean endsForAPort() throws InterruptedException {
    Awaitility.await()
        .atMost(START)
        .until(() -> !process.isAlive() || READY.matcher(output()).find());
    return !process.isAlive() && process.waitFor() == PORT_TAKEN;
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
                          "No server jar in "
                              + target
                              + ": run './mvnw verify', which packages it"));
      return jar + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }
  }

  private void awaitReady() {
    try {
      Awaitility.await()
          .atMost(START)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !process.isAlive() || READY.matcher(output()).find());
    } catch (ConditionTimeoutException e) {
      close();
      throw new IllegalStateException("The server did not get ready. It said:\n" + output(), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException("The server ended. It said:\n" + output());
    }
    Matcher ready = READY.matcher(output());
    if (ready.find()) {
      urls = List.of(ready.group(1).split(", "));
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
    return "https://localhost:" + port("https");
  }

  /** Scheme, host and port without TLS. */
  String http() {
    return "http://127.0.0.1:" + port("http");
  }

  private int port(String scheme) {
    return urls.stream()
        .map(URI::create)
        .filter(url -> url.getScheme().equals(scheme))
        .findFirst()
        .orElseThrow()
        .getPort();
  }

  long pid() {
    return process.pid();
  }

  Authority authority() {
    return authority;
  }

  /** The data directory's parent, which is the server's and the test's to write into. */
  Path folder() {
    return data;
  }

  /**
   * Bytes, as Latin-1, of all that the starts printed, stored and logged, the WAL included and the
   * database's programs not. The database goes on meanwhile: a file that it removes while this
   * looks is left out.
   */
  Map<Path, String> everything() throws IOException {
    List<Path> files = new ArrayList<>(logs);
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    Map<Path, String> texts = new LinkedHashMap<>();
    for (Path file : files) {
      try {
        if (Files.isRegularFile(file) && !file.toString().contains("postgresql-")) {
          texts.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      } catch (NoSuchFileException gone) {
        continue;
      }
    }
    return texts;
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
