package dev.fettle.db.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Short commands of the operating system, with their outcome. */
final class Commands {
  /** The output and exit code of a command; 127 if it does not exist or may not be run. */
  record Outcome(int exitCode, String output) {
    boolean ok() {
      return exitCode == 0;
    }
  }

  private static final long SECONDS = 120;

  private Commands() {}

  static Outcome run(List<String> command) {
    return run(command, null, null);
  }

  static Outcome run(List<String> command, @Nullable Path folder, @Nullable String input) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    // Else initdb searches the whole time zone database for the machine's own.
    builder.environment().put("TZ", "UTC");
    try {
      Process process = builder.start();
      try (var stdin = process.getOutputStream()) {
        if (input != null) {
          stdin.write(input.getBytes(UTF_8));
        }
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Outcome(124, output + "\n(stopped after " + SECONDS + " seconds)");
      }
      return new Outcome(process.exitValue(), output);
    } catch (IOException e) {
      return new Outcome(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome(130, "interrupted");
    }
  }
}
