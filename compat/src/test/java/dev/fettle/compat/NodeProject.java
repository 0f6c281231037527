package dev.fettle.compat;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with {@code @microsoft/microsoft-graph-client} from npm, in which scripts run against a
 * server.
 *
 * <p>Without Node.js or npm, or without a way to the registry, the tests are left out and say why;
 * with {@code -Dfettle.realClients=required} they fail instead.
 */
final class NodeProject {
  private static final String PINNED = "@microsoft/microsoft-graph-client@3.0.7";

  private final Path folder;

  private NodeProject(Path folder) {
    this.folder = folder;
  }

  static NodeProject install() {
    Path folder = Path.of("target", "javascript").toAbsolutePath();
    try {
      Files.createDirectories(folder);
      if (!Files.exists(folder.resolve("node_modules/@microsoft/microsoft-graph-client"))) {
        Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
        Output npm =
            run(
                folder,
                null,
                List.of(
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--save-exact",
                    PINNED),
                180);
        if (npm.code() != 0) {
          leaveOut("npm cannot install " + PINNED + ": " + npm.text());
        }
      }
    } catch (IOException e) {
      leaveOut("npm does not run here: " + e.getMessage());
    }
    return new NodeProject(folder);
  }

  private static void leaveOut(String reason) {
    if ("required".equals(System.getProperty("fettle.realClients"))) {
      fail(reason);
    }
    abort(reason);
  }

  /** Runs a script from the test resources; its standard output must be one JSON document. */
  JsonNode run(String script, PackagedServer server) {
    try {
      copy("fettle.cjs");
      Path file = copy(script);
      Output output = run(folder, server, List.of("node", file.toString()), 120);
      if (output.code() != 0) {
        fail(script + " ended with " + output.code() + ":\n" + output.text());
      }
      return new JsonMapper().readTree(output.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path copy(String script) throws IOException {
    try (InputStream source =
        Objects.requireNonNull(getClass().getResourceAsStream("/javascript/" + script))) {
      return Files.write(folder.resolve(script), source.readAllBytes());
    }
  }

  private record Output(int code, String text) {}

  private static Output run(
      Path folder, @Nullable PackagedServer server, List<String> command, int seconds)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    File output = Files.createTempFile(folder, "output", ".txt").toFile();
    builder.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output);
    if (server != null) {
      builder.environment().put("FETTLE_URL", server.https());
      builder.environment().put("NODE_EXTRA_CA_CERTS", server.authority().pem().toString());
    }
    Process process = builder.start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      String text = Files.readString(output.toPath());
      Files.delete(output.toPath());
      return new Output(process.exitValue(), text);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
