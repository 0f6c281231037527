package dev.fettle.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server process and the thread that keeps it.
 *
 * <p>The kernel's signal for a parent's death follows the thread that forked, not the process. So
 * one platform thread forks and then stays, waiting; a server forked from a worker thread would be
 * stopped when that worker ended. The same thread starts the server again should it die.
 */
final class PostgresProcess {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresProcess.class);
  private static final Duration START = Duration.ofSeconds(60);
  private static final long[] RESTART_AFTER_MILLIS = {100, 500, 1_000, 2_000, 5_000};

  private final List<String> command;
  private final Path data;
  private final Path log;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Process current;

  private PostgresProcess(List<String> command, Path data, Path log) {
    this.command = command;
    this.data = data;
    this.log = log;
  }

  /** Starts the server and returns when it takes connections. */
  static PostgresProcess start(List<String> command, Path data, Path log) {
    PostgresProcess server = new PostgresProcess(command, data, log);
    Thread.ofPlatform().name("embedded-postgres").daemon(true).start(server::keep);
    try {
      server.ready.get();
      return server;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.stop(Duration.ofSeconds(5));
      throw new EmbeddedPostgresFailure("Interrupted while PostgreSQL was starting.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EmbeddedPostgresFailure failure) {
        throw failure;
      }
      throw new EmbeddedPostgresFailure("PostgreSQL did not start: " + e.getCause() + ".", e);
    }
  }

  long pid() {
    Process process = current;
    return process == null ? -1 : process.pid();
  }

  /** Asks for a fast shutdown, which writes everything down, and waits for it. */
  void stop(Duration patience) {
    stopping.countDown();
    Process process = current;
    if (process == null) {
      return;
    }
    Leftovers.signal(process.pid(), "INT");
    try {
      if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event=postgres_stop_slow action=quit pid={}", process.pid());
        Leftovers.signal(process.pid(), "QUIT");
        if (!ended.await(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() {
    int failures = 0;
    try {
      while (stopping.getCount() > 0) {
        long since = System.nanoTime();
        String end;
        try {
          end = "it ended with " + live(failures > 0);
        } catch (IOException | RuntimeException | Error e) {
          if (ready.completeExceptionally(e)) {
            LOG.error("event=postgres_failed problem=\"{}\"", e.getMessage());
            return;
          }
          // It ran before and may run again: without this thread it would be away for good.
          end = e.toString();
        }
        if (stopping.getCount() == 0) {
          return;
        }
        failures = System.nanoTime() - since > 60_000_000_000L ? 1 : failures + 1;
        LOG.error("event=postgres_died problem=\"{}\" action=restart log={}", end, log);
        long pause = RESTART_AFTER_MILLIS[Math.min(failures, RESTART_AFTER_MILLIS.length) - 1];
        if (stopping.await(pause, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /** One life of the server process, until it ends; the answer is its exit code. */
  private int live(boolean again) throws IOException, InterruptedException {
    if (again) {
      Leftovers.clear(data);
    }
    Process process = launch();
    current = process;
    try {
      awaitReady(process);
    } catch (RuntimeException | Error e) {
      process.destroyForcibly().waitFor();
      throw e;
    }
    if (again) {
      LOG.info("event=postgres_restarted pid={}", process.pid());
    }
    ready.complete(true);
    return process.waitFor();
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  /** The server itself notes in its process id file when it takes connections. */
  private void awaitReady(Process process) throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    Path file = data.resolve("postmaster.pid");
    while (!saysReady(file, process.pid())) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new EmbeddedPostgresFailure(
            "PostgreSQL ended with %d while starting: %s."
                .formatted(process.exitValue(), EmbeddedPostgres.tail(log)));
      }
      if (System.nanoTime() > end) {
        process.destroyForcibly();
        throw new EmbeddedPostgresFailure(
            "PostgreSQL did not get ready within %d seconds: %s."
                .formatted(START.toSeconds(), EmbeddedPostgres.tail(log)));
      }
    }
  }

  private static boolean saysReady(Path file, long pid) {
    try {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      return lines.size() >= 8
          && lines.getFirst().strip().equals(Long.toString(pid))
          && lines.get(7).strip().equals("ready");
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
