package dev.fettle.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one command in such a way that its outcome is known even if the agent dies meanwhile.
 *
 * <p>A shell between the agent and the command writes its own process id first and the exit code
 * last; the output goes to a file and not to a pipe, so that a command whose agent was killed goes
 * on undisturbed. The next agent finds the files, and from the process id and the time of its file
 * whether that very process still runs.
 */
final class Installer {
  // What is written here lies in files that have their size already: on a disk that the command has
  // filled up its exit code would be lost otherwise, and it would be run again.
  private static final String WRAPPER =
      """
      printf '%s\\n' $$ 1<> "$FETTLE_RUN/pid.new" && mv "$FETTLE_RUN/pid.new" "$FETTLE_RUN/pid"
      ( eval "$FETTLE_COMMAND \\"\\$@\\"" )
      code=$?
      printf '%s\\n' $code 1<> "$FETTLE_RUN/exit.new" && mv "$FETTLE_RUN/exit.new" "$FETTLE_RUN/exit"
      """;

  private static final String ROOM = " ".repeat(15) + "\n";

  private final Path folder;
  private @Nullable Process started;

  /**
   * @param folder where this run's files lie; one folder for each run
   */
  Installer(Path folder) {
    this.folder = folder;
  }

  /** Starts the command; the arguments are added to it. */
  void start(String command, List<String> arguments, Map<String, String> environment)
      throws IOException {
    delete(folder);
    Files.createDirectories(folder);
    for (String file : List.of("pid.new", "exit.new")) {
      Files.writeString(folder.resolve(file), ROOM);
    }
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", WRAPPER, "fettle-agent"));
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    builder.environment().put("FETTLE_RUN", folder.toAbsolutePath().toString());
    builder.environment().put("FETTLE_COMMAND", command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(output().toFile());
    started = builder.start();
    started.getOutputStream().close();
  }

  /** Whether the command of this run, started by this agent or an earlier one, is still at work. */
  boolean running() throws IOException {
    if (exitCode().isPresent()) {
      return false;
    }
    Process own = started;
    if (own != null) {
      return own.isAlive();
    }
    return orphan().isPresent();
  }

  /** Waits for the end of the command, at most so long; tells whether it has ended. */
  boolean await(Duration time) throws IOException, InterruptedException {
    Process own = started;
    if (own != null) {
      return own.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }
    long end = System.nanoTime() + time.toNanos();
    while (running()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      // The process is no child of this one, so that there is nothing to wait on.
      TimeUnit.NANOSECONDS.sleep(Math.min(left, Duration.ofMillis(100).toNanos()));
    }
    return true;
  }

  /** When the command was started. */
  Instant began() throws IOException {
    return Files.getLastModifiedTime(folder).toInstant();
  }

  /** Ends the command with all that it started, and notes this exit code for it. */
  void stop(int code) throws IOException {
    Process own = started;
    Optional<ProcessHandle> shell = own == null ? orphan() : Optional.of(own.toHandle());
    Files.writeString(folder.resolve("exit"), Integer.toString(code));
    if (shell.isPresent()) {
      List<ProcessHandle> below = shell.get().descendants().toList();
      // The shell first: it would write another code.
      shell.get().destroyForcibly();
      below.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** The exit code; empty while the command runs, and for ever if it was cut off in the middle. */
  OptionalInt exitCode() throws IOException {
    Path exit = folder.resolve("exit");
    return Files.exists(exit)
        ? OptionalInt.of(Integer.parseInt(Files.readString(exit).strip()))
        : OptionalInt.empty();
  }

  Path output() {
    return folder.resolve("output");
  }

  /** The last lines of the command's output. */
  List<String> lastLines(int most) throws IOException {
    return Files.exists(output()) ? Tail.of(output(), most) : List.of();
  }

  private Optional<ProcessHandle> orphan() throws IOException {
    Path pidFile = folder.resolve("pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    long pid = Long.parseLong(Files.readString(pidFile, StandardCharsets.US_ASCII).strip());
    Instant written = Files.getLastModifiedTime(pidFile).toInstant();
    // Another process may have the number by now; that one began after the file was written.
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            process ->
                process
                    .info()
                    .startInstant()
                    .map(start -> !start.isAfter(written.plusSeconds(1)))
                    .orElse(true));
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> tree = Files.walk(folder)) {
      files = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : files) {
      Files.deleteIfExists(path);
    }
  }
}
