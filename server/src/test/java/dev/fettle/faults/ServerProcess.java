package dev.fettle.faults;

import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.support.SocketServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A server in a process of its own, which can be killed as {@code kill -9} does. */
final class ServerProcess implements AutoCloseable {

  private static final String READY = "the server process is ready on port ";

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The port that the system gave it. */
  int port() {
    return port;
  }

  /** Starts it and waits until it answers. */
  static ServerProcess start(DbSettings settings, Path data) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ServerProcess.class.getName(),
                    settings.url(),
                    String.valueOf(settings.user()),
                    data.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // The password goes by standard input, where no process list shows it.
    process.outputWriter(StandardCharsets.UTF_8).append(settings.password()).append('\n').flush();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return new ServerProcess(process, Integer.parseInt(line.substring(READY.length())));
      }
    }
    throw new IllegalStateException("The server process ended before it was ready.");
  }

  /** Ends it without a chance to tidy up. */
  void kill() throws InterruptedException {
    close();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process's own beginning. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    DbSettings settings =
        new DbSettings(
            arguments[0],
            arguments[1],
            in.readLine(),
            16,
            2,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20));
    SocketServer server = new SocketServer(new Db(settings), Path.of(arguments[2]));
    server.startJobs();
    System.out.println(READY + server.port());
    new CountDownLatch(1).await();
  }
}
