package dev.fettle.compat;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Programs of the machine that tests call.
 *
 * <p>A test that needs a program which is not there is left out and says why; with {@code
 * -Dfettle.realClients=required} it fails instead.
 */
final class Programs {
  private Programs() {}

  /** What a program said, and how it ended. */
  record Output(int code, String text) {}

  static void require(String... names) {
    for (String name : names) {
      boolean found =
          List.of(System.getenv("PATH").split(":", -1)).stream()
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
      if (!found) {
        leaveOut("There is no program '" + name + "' on this machine");
      }
    }
  }

  static void leaveOut(String reason) {
    if ("required".equals(System.getProperty("fettle.realClients"))) {
      fail(reason);
    }
    abort(reason);
  }

  /** Runs a program to its end, with further environment variables. */
  static Output run(Path folder, Map<String, String> environment, List<String> command, int seconds)
      throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      String text = Files.readString(output);
      Files.delete(output);
      return new Output(process.exitValue(), text);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts a program that goes on by itself; what it says is in the file. */
  static Process start(List<String> command, Path log) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program that must succeed. */
  static void succeed(Path folder, String... command) {
    try {
      Output output = run(folder, Map.of(), List.of(command), 60);
      if (output.code() != 0) {
        fail(String.join(" ", command) + " ended with " + output.code() + ":\n" + output.text());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
