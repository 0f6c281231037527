package dev.fettle.compat;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with Microsoft's packages from npm, in which scripts run against a server.
 *
 * <p>Without Node.js or npm, or without a way to the registry, the tests are left out and say why;
 * with {@code -Dfettle.realClients=required} they fail instead.
 */
final class NodeProject {
  private final String name;
  private final String shared;
  private final Path folder;

  private NodeProject(String name, String shared, Path folder) {
    this.name = name;
    this.shared = shared;
    this.folder = folder;
  }

  /** The Graph client of JavaScript, and what makes and checks the packages of Teams apps. */
  static NodeProject javaScript() {
    return install(
        "javascript",
        "fettle.cjs",
        List.of(
            "@microsoft/microsoft-graph-client@3.0.7",
            "@microsoft/teams-manifest@0.1.9",
            "@microsoft/app-manifest@1.1.2",
            "adm-zip@0.6.1",
            "pngjs@7.0.0"));
  }

  /** The SDKs of TypeScript, which Kiota generates as it does Java's, and how they fetch tokens. */
  static NodeProject typeScript() {
    return install(
        "typescript",
        "fettle.mjs",
        List.of(
            "@microsoft/msgraph-sdk@1.0.0-preview.90",
            "@microsoft/msgraph-sdk-users@1.0.0-preview.90",
            "@microsoft/msgraph-sdk-chats@1.0.0-preview.80",
            "@microsoft/msgraph-sdk-teams@1.0.0-preview.80",
            "@microsoft/msgraph-beta-sdk@1.0.0-preview.81",
            "@microsoft/msgraph-sdk-core@1.0.0-preview.17",
            "@microsoft/kiota-abstractions@1.0.0-preview.109",
            "@microsoft/kiota-http-fetchlibrary@1.0.0-preview.109",
            "@azure/identity@4.13.1"));
  }

  /**
   * Installs packages, once for all runs that want the same ones.
   *
   * @param name the folder of the scripts in the test resources, and of the project in target
   * @param shared the file that each of the scripts needs beside it
   */
  private static NodeProject install(String name, String shared, List<String> pinned) {
    Programs.require("node", "npm");
    Path folder = Path.of("target", name).toAbsolutePath();
    try {
      Files.createDirectories(folder);
      Path installed = folder.resolve("installed.txt");
      String wanted = String.join("\n", pinned);
      if (!Files.exists(installed) || !Files.readString(installed).equals(wanted)) {
        Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
        List<String> command =
            new ArrayList<>(
                List.of(
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--save-exact"));
        command.addAll(pinned);
        Programs.Output npm = Programs.run(folder, Map.of(), command, 180);
        if (npm.code() != 0) {
          Programs.leaveOut("npm cannot install " + pinned + ": " + npm.text());
        }
        Files.writeString(installed, wanted);
      }
    } catch (IOException e) {
      Programs.leaveOut("npm does not run here: " + e.getMessage());
    }
    return new NodeProject(name, shared, folder);
  }

  /** Runs a script from the test resources; its standard output must be one JSON document. */
  JsonNode run(String script, PackagedServer server) {
    try {
      copy(shared);
      return new JsonMapper().readTree(said(copy(script), server));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the program says that {@code fettle client} prints for a kind of client. */
  String runPrinted(String kind, String file, PackagedServer server) {
    try {
      List<String> client = PackagedServer.fettle("client", kind, "--url", server.https());
      Programs.Output printed = Programs.run(folder, Map.of(), client, 60);
      if (printed.code() != 0) {
        fail("fettle client ended with " + printed.code() + ":\n" + printed.text());
      }
      return said(Files.writeString(folder.resolve(file), printed.text()), server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String said(Path script, PackagedServer server) throws IOException {
    Programs.Output output =
        Programs.run(
            folder,
            Map.of(
                "FETTLE_URL",
                server.https(),
                "NODE_EXTRA_CA_CERTS",
                server.authority().pem().toString()),
            List.of("node", script.toString()),
            120);
    if (output.code() != 0) {
      fail(script.getFileName() + " ended with " + output.code() + ":\n" + output.text());
    }
    return output.text();
  }

  private Path copy(String script) throws IOException {
    try (InputStream source =
        Objects.requireNonNull(getClass().getResourceAsStream("/" + name + "/" + script))) {
      return Files.write(folder.resolve(script), source.readAllBytes());
    }
  }
}
