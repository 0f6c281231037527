package dev.fettle.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remains of an earlier start in the data folder: a server still running or shutting down, or only
 * its process id file.
 *
 * <p>We hold the folder's lock, so any PostgreSQL that works in it has lost its Fettle. Processes
 * are found by their working directory, which every part of a server has and no stranger: the
 * number in the file may by now belong to somebody else, or to a zombie that nobody reaps, and
 * PostgreSQL would refuse to start for either. Only when no such process is left is the file
 * removed; removing it earlier could let two servers write to one cluster.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Leftovers() {}

  static void clear(Path data) {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    List<Long> running = working(data);
    if (!running.isEmpty()) {
      LOG.info("event=postgres_leftover action=stop processes={}", running);
      if (!endedWithin(PATIENCE, data, "INT") && !endedWithin(PATIENCE, data, "QUIT")) {
        throw new EmbeddedPostgresFailure(
            "A PostgreSQL of an earlier run still works in %s and does not stop (processes %s). End it, then start again."
                .formatted(data, working(data)));
      }
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure("Cannot remove %s: %s.".formatted(file, e), e);
    }
  }

  private static boolean endedWithin(Duration patience, Path data, String signal) {
    long end = System.nanoTime() + patience.toNanos();
    leader(data).forEach(pid -> signal(pid, signal));
    while (!working(data).isEmpty()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** The server itself is the one whose parent does not work in the folder. */
  private static List<Long> leader(Path data) {
    List<Long> all = working(data);
    return all.stream()
        .filter(
            pid ->
                ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .map(parent -> !all.contains(parent.pid()))
                    .orElse(true))
        .toList();
  }

  static void signal(long pid, String signal) {
    Commands.run(List.of("sh", "-c", "kill -" + signal + " " + pid));
  }

  private static List<Long> working(Path data) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      Path real = data.toRealPath();
      return processes
          .map(path -> path.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .filter(name -> worksIn(name, real))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure("Cannot look for other servers: " + e + ".", e);
    }
  }

  private static boolean worksIn(String process, Path data) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", process, "cwd")).equals(data);
    } catch (IOException e) {
      // Gone meanwhile, a zombie, or somebody else's: none of them works in our folder.
      return false;
    }
  }
}
