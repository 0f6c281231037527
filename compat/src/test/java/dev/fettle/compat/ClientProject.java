package dev.fettle.compat;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder with the packages of one client, in which programs run against a server.
 *
 * <p>Without the client's language, or without a way to its registry, the tests are left out and
 * say why; with {@code -Dfettle.realClients=required} they fail instead.
 */
final class ClientProject {
  private static final List<String> NPM =
      List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact");

  private final Path folder;
  private final List<String> command;

  /**
   * A folder of target, with the files of its name from the test resources.
   *
   * @param command what runs a program; the program's file comes after it
   */
  private ClientProject(String name, List<String> command, String... files) {
    this.folder = Path.of("target", name).toAbsolutePath();
    this.command = command;
    require(command);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List.of(files).forEach(this::copy);
  }

  /** The Graph client of JavaScript, and what makes and checks the packages of Teams apps. */
  static ClientProject javaScript() {
    return new ClientProject("javascript", List.of("node"), "fettle.cjs")
        .npm(
            "@microsoft/microsoft-graph-client@3.0.7",
            "@microsoft/teams-manifest@0.1.9",
            "@microsoft/app-manifest@1.1.2",
            "adm-zip@0.6.1",
            "pngjs@7.0.0");
  }

  /** The SDKs of TypeScript, which Kiota generates as it does Java's, and how they fetch tokens. */
  static ClientProject typeScript() {
    return new ClientProject("typescript", List.of("node"), "fettle.mjs")
        .npm(
            "@microsoft/msgraph-sdk@1.0.0-preview.90",
            "@microsoft/msgraph-sdk-users@1.0.0-preview.90",
            "@microsoft/msgraph-sdk-chats@1.0.0-preview.80",
            "@microsoft/msgraph-sdk-teams@1.0.0-preview.80",
            "@microsoft/msgraph-beta-sdk@1.0.0-preview.81",
            "@microsoft/msgraph-sdk-core@1.0.0-preview.17",
            "@microsoft/kiota-abstractions@1.0.0-preview.109",
            "@microsoft/kiota-http-fetchlibrary@1.0.0-preview.109",
            "@azure/identity@4.13.1");
  }

  /** CLI for Microsoft 365; its programs are shell scripts. */
  static ClientProject commandLine() {
    return new ClientProject("m365", List.of("bash", "-e")).npm("@pnp/cli-microsoft365@11.11.0");
  }

  /** The library by which Node.js programs fetch tokens. */
  static ClientProject msal() {
    return new ClientProject("msal", List.of("node")).npm("@azure/msal-node@7.2.3");
  }

  /** Both SDKs of Python, and how they fetch tokens, in one virtual environment. */
  static ClientProject python() {
    String python = Path.of("venv", "bin", "python").toString();
    return new ClientProject("python", List.of(python), "fettle.py", "requirements.txt")
        .install(
            List.of(
                List.of("python3", "-m", "venv", "venv"),
                List.of(python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt")));
  }

  /** The packages that are needed of Go's SDK, which the first program compiles. */
  static ClientProject go() {
    return new ClientProject("go", List.of("go", "run"), "go.mod", "go.sum")
        .install(List.of(List.of("go", "mod", "download")));
  }

  /** What needs a shell and programs of the machine alone. */
  static ClientProject shell(String... programs) {
    Programs.require(programs);
    return new ClientProject("shell", List.of("bash", "-e"));
  }

  /** Python's standard library. */
  static ClientProject urllib() {
    return new ClientProject("urllib", List.of("python3"));
  }

  /** The SDKs of Java, which the tests have themselves, and a trust store for programs. */
  static ClientProject java(Authority authority) {
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    ClientProject java =
        new ClientProject(
            "java",
            List.of(
                bin.resolve("java").toString(),
                "-Djavax.net.ssl.trustStore=fettle-trust.p12",
                "-Djavax.net.ssl.trustStorePassword=changeit",
                "-cp",
                System.getProperty("java.class.path")));
    try {
      Files.deleteIfExists(java.folder.resolve("fettle-trust.p12"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Programs.succeed(
        java.folder,
        bin.resolve("keytool").toString(),
        "-importcert",
        "-noprompt",
        "-alias",
        "fettle",
        "-storepass",
        "changeit",
        "-keystore",
        "fettle-trust.p12",
        "-file",
        authority.pem().toString());
    return java;
  }

  private ClientProject npm(String... pinned) {
    return install(List.of(Stream.concat(NPM.stream(), Stream.of(pinned)).toList()));
  }

  private static void require(List<String> command) {
    // What has a folder is installed by the project itself.
    if (!command.getFirst().contains("/")) {
      Programs.require(command.getFirst());
    }
  }

  /** Runs commands that install packages, once for all runs that want the same ones. */
  private ClientProject install(List<List<String>> commands) {
    commands.forEach(ClientProject::require);
    try {
      StringBuilder wanted = new StringBuilder(commands.toString());
      for (String pins : List.of("requirements.txt", "go.sum")) {
        if (Files.exists(folder.resolve(pins))) {
          wanted.append(Files.readString(folder.resolve(pins)));
        }
      }
      Path installed = folder.resolve("installed.txt");
      if (Files.exists(installed) && Files.readString(installed).contentEquals(wanted)) {
        return this;
      }
      if (commands.getFirst().getFirst().equals("npm")) {
        Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
      }
      for (List<String> each : commands) {
        Programs.Output output = Programs.run(folder, Map.of(), each, 900);
        if (output.code() != 0) {
          Programs.leaveOut(String.join(" ", each) + " fails: " + output.text());
        }
      }
      Files.writeString(installed, wanted);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program from the test resources; what it says must be one JSON document. */
  JsonNode run(String program, PackagedServer server) {
    return new JsonMapper().readTree(said(copy(program), server));
  }

  /** What the program says that {@code fettle client} prints for a kind of client. */
  String runPrinted(String kind, String file, PackagedServer server) {
    return said(print(kind, file, server), server);
  }

  /** Writes the program that {@code fettle client} prints for a kind of client. */
  Path print(String kind, String file, PackagedServer server) {
    try {
      List<String> client = PackagedServer.fettle("client", kind, "--url", server.https());
      Programs.Output printed = Programs.run(folder, Map.of(), client, 60);
      if (printed.code() != 0) {
        fail("fettle client ended with " + printed.code() + ":\n" + printed.text());
      }
      return Files.writeString(folder.resolve(file), printed.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a program with the certificate to trust where the printed programs look for it, and named
   * by all variables that clients read.
   */
  private String said(Path program, PackagedServer server) {
    try {
      Path authority = folder.resolve(".fettle/tls/ca.pem");
      Files.createDirectories(authority.getParent());
      Files.copy(server.authority().pem(), authority, StandardCopyOption.REPLACE_EXISTING);
      String pem = authority.toString();
      String tools = folder.resolve("node_modules/.bin") + File.pathSeparator;
      Map<String, String> environment =
          Map.of(
              "FETTLE_URL", server.https(),
              "NODE_EXTRA_CA_CERTS", pem,
              "SSL_CERT_FILE", pem,
              "REQUESTS_CA_BUNDLE", pem,
              "PATH", tools + System.getenv("PATH"));
      List<String> all = new ArrayList<>(command);
      all.add(program.getFileName().toString());
      // Go compiles a hundred thousand lines at first.
      Programs.Output output = Programs.run(folder, environment, all, 900);
      if (output.code() != 0) {
        fail(program.getFileName() + " ended with " + output.code() + ":\n" + output.text());
      }
      return output.text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path copy(String file) {
    String resource = "/" + folder.getFileName() + "/" + file;
    try (InputStream source =
        Objects.requireNonNull(getClass().getResourceAsStream(resource), resource)) {
      return Files.write(folder.resolve(file), source.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
