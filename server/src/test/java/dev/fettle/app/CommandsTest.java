package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Setting;
import dev.fettle.db.DbSettings;
import dev.fettle.db.embedded.EmbeddedPostgres;
import dev.fettle.support.TestPostgres;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands as people type them: what they print, and how they end. */
@WithPostgres
class CommandsTest {

  /** The exit code of a command and what it printed. */
  private record Outcome(int code, String out, String err) {}

  private final DbSettings db;

  @TempDir private Path folder = Path.of("");

  CommandsTest(DbSettings db) {
    this.db = db;
  }

  private static Outcome fettle(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine program = Main.commandLine();
    program.setOut(new PrintWriter(out));
    program.setErr(new PrintWriter(err));
    int code = program.execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  /** The options that put a command on this test's database and folder. */
  private String[] here(String... command) {
    return on(db, command);
  }

  private String[] on(DbSettings database, String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--data", folder.toString()));
    TestServer.on(database)
        .forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
    arguments.addAll(List.of("--set", "log.level=error"));
    return arguments.toArray(String[]::new);
  }

  @Test
  void help_names_every_command_and_what_is_no_command_is_said_to_be_none() {
    Outcome help = fettle("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("dev", "serve", "token", "client", "trust", "keys", "doctor", "version")
        .contains("devices", "agent", "apple-stand-in")
        .contains("not affiliated with Microsoft or Apple");

    assertThat(fettle())
        .satisfies(
            nothing -> {
              assertThat(nothing.code()).isEqualTo(2);
              assertThat(nothing.err()).contains("such as: fettle dev");
            });
    assertThat(fettle("serv"))
        .satisfies(
            wrong -> {
              assertThat(wrong.code()).isEqualTo(2);
              assertThat(wrong.err()).contains("serv");
            });
  }

  @Test
  void help_settings_lists_every_setting_with_its_default_and_its_bounds() {
    Outcome help = fettle("help", "settings");

    assertThat(help.code()).isZero();
    assertThat(Setting.all())
        .isNotEmpty()
        .allSatisfy(setting -> assertThat(help.out()).contains("\n" + setting.name() + ": "));
    assertThat(help.out().replaceAll("\\s+", " "))
        .contains(
            "devices are asked to poll; 1s to 23h; default: dev 3s, serve 5m", "see certificates;")
        .doesNotContain("`", "](");
    assertThat(fettle("settings").out()).isEqualTo(help.out());
  }

  @Test
  void version_says_what_it_is_and_what_it_runs_on() {
    Outcome version = fettle("version");
    assertThat(version.code()).isZero();
    assertThat(version.out())
        .containsPattern("Fettle \\S+")
        .contains("Java 25", "PostgreSQL " + EmbeddedPostgres.version());
    assertThat(fettle("--version").out()).startsWith("Fettle ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java",
        "dotnet",
        "javascript",
        "typescript",
        "python",
        "php",
        "powershell",
        "curl"
      })
  void client_prints_a_whole_snippet_for_the_address_that_is_said(String kind) {
    Outcome snippet = fettle("client", kind, "--url", "https://fettle.example:9443");

    assertThat(snippet.code()).isZero();
    assertThat(snippet.out())
        .contains("fettle.example:9443")
        .doesNotContain("@URL@", "@HOST@", "@TENANT@")
        .containsIgnoringCase("teamwork");
  }

  // An address without its scheme used to end in a stack trace that called it a fault of Fettle.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8080",
        "localhost",
        "ftp://localhost",
        "http://",
        "http://h/beta",
        "x y"
      })
  void an_address_that_is_none_is_named_with_an_example(String url) {
    for (String[] command : List.of(new String[] {"token"}, new String[] {"client", "java"})) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--url", url));
      Outcome wrong = fettle(arguments.toArray(String[]::new));
      assertThat(wrong.code()).isEqualTo(2);
      assertThat(wrong.err())
          .contains("'" + url + "' is no address of a server", "http://localhost:8080")
          .doesNotContain("Exception");
    }
  }

  @Test
  void client_knows_the_kinds_that_it_names() {
    Outcome unknown = fettle("client", "cobol");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("cobol").contains("powershell");
  }

  @Test
  void token_prints_a_token_that_opens_what_it_says_and_nothing_else() {
    try (TestServer server = TestServer.start(Mode.DEV, db, folder, Map.of())) {
      String url = server.url().toString();
      Outcome reader = fettle("token", "--url", url, "--permissions", "TeamworkDevice.Read.All");
      assertThat(reader.code()).isZero();
      assertThat(reader.out().lines()).hasSize(1);
      String header = "Bearer " + reader.out().strip();
      assertThat(server.get(header, "/beta/teamwork/devices").status()).isEqualTo(200);
      assertThat(server.post(header, "/beta/teamwork/devices", "{}").status()).isEqualTo(403);

      Outcome elsewhere =
          fettle("token", "--url", url + "/", "--tenant", "0a0a0a0a-0000-4000-8000-000000000001");
      assertThat(
              server
                  .get("Bearer " + elsewhere.out().strip(), "/beta/teamwork/devices")
                  .json()
                  .path("value"))
          .isEmpty();

      Outcome nonsense = fettle("token", "--url", url, "--expires-in", "-1");
      assertThat(nonsense.code()).isEqualTo(1);
      assertThat(nonsense.out()).isEmpty();
      assertThat(nonsense.err()).contains("gives no token").contains("expiresIn");
    }
  }

  @Test
  void token_says_what_to_do_where_no_development_server_is(TestPostgres postgres)
      throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      nobody = socket.getLocalPort();
    }
    Outcome alone = fettle("token", "--url", "http://127.0.0.1:" + nobody);
    assertThat(alone.code()).isEqualTo(1);
    assertThat(alone.err()).contains("No Fettle answers").contains("./fettle dev");

    try (TestServer server =
        TestServer.start(
            Mode.SERVE, postgres.clone(4), folder, Map.of("identity.tenants", "contoso"))) {
      Outcome refused = fettle("token", "--url", server.url().toString());
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err()).contains("'fettle dev' only");
    }
  }

  @Test
  void doctor_looks_at_what_a_server_needs() {
    Outcome doctor = fettle("doctor", "--data", folder.resolve("new/data").toString());
    assertThat(doctor.out()).contains("Java 25", "writable: " + folder, "port 8080", "MB free");
    assertThat(doctor.code()).isEqualTo(doctor.out().contains("missing") ? 1 : 0);
  }

  @Test
  void trust_leads_to_the_authority_once_there_is_one() {
    Outcome before = fettle("trust", "--data", folder.toString());
    assertThat(before.code()).isEqualTo(ExitCode.DIRECTORY.number());
    assertThat(before.err()).contains("./fettle dev");

    try (TestServer server = TestServer.start(Mode.DEV, db, folder, Map.of("https.port", "0"))) {
      String https = server.server().urls().getFirst();
      assertThat(https).startsWith("https://");
      assertThat(fettle("token", "--url", https).err()).contains("not trusted here", "--ca-file");
      Outcome token =
          fettle("token", "--url", https, "--ca-file", folder.resolve("tls/ca.pem").toString());
      assertThat(token.code()).as(token.err()).isZero();
    }

    Outcome after = fettle("trust", "--data", folder.toString());
    assertThat(after.code()).isZero();
    assertThat(after.out()).contains(folder.resolve("tls/ca.pem").toString());
  }

  @Test
  void keys_rotate_makes_a_new_key_and_says_how_many_secrets_have_it(TestPostgres postgres)
      throws IOException {
    // Its own database: those of other tests hold secrets that the keys of other folders open.
    DbSettings fresh = postgres.clone(4);
    Outcome before = fettle(on(fresh, "keys", "rotate"));
    assertThat(before.code()).isEqualTo(2);
    assertThat(before.err()).contains("no server has stored a secret with these settings");

    TestServer.start(Mode.DEV, fresh, folder, Map.of()).close();
    Path file = folder.resolve("keys/vpp.json");
    String key = Files.readString(file);

    Outcome rotated = fettle(on(fresh, "keys", "rotate", "--dev"));
    assertThat(rotated.code()).as(rotated.err()).isZero();
    assertThat(rotated.out())
        .containsPattern("A new key is in .*vpp\\.json; \\d+ secrets are encrypted with it\\.");
    assertThat(Files.readString(file)).isNotEqualTo(key);

    // And a server starts with it as before.
    try (TestServer server = TestServer.start(Mode.DEV, fresh, folder, Map.of())) {
      assertThat(server.get(null, "/health/ready").status()).isEqualTo(200);
    }
    assertThat(fettle("keys").out()).contains("rotate");
  }

  @Test
  void a_bad_option_or_file_is_named_and_nothing_is_started() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.properties"), "http.prt = 1\nlog.level = x\n");
    Outcome settings = fettle("serve", "--config", bad.toString());
    assertThat(settings.code()).isEqualTo(2);
    assertThat(settings.err())
        .contains("did you mean http.port?", "log.level=x", "docs/operations.md");

    Outcome missing = fettle("serve", "--config", folder.resolve("none").toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("The configuration file " + folder.resolve("none"));

    Path seed = Files.writeString(folder.resolve("seed.json"), "[1");
    Outcome seeded = fettle(here("dev", "--seed", seed.toString()));
    assertThat(seeded.code()).isEqualTo(2);
    assertThat(seeded.err()).contains("The seed file " + seed);

    assertThat(fettle("dev", "--devices", "many").code()).isEqualTo(2);
    assertThat(fettle("serve", "--devices", "5").err()).contains("--devices");
  }

  @Test
  void a_taken_port_ends_with_three_and_a_data_directory_in_use_with_four() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      Outcome outcome = fettle(here("dev", "--http-port", port, "--https-port", "none"));
      assertThat(outcome.code()).isEqualTo(3);
      assertThat(outcome.err()).contains(port, "http.port", "--http-port");
    }
    Path file = Files.writeString(folder.resolve("file"), "");
    Outcome outcome =
        fettle(
            "dev",
            "--data",
            file.resolve("below").toString(),
            "--http-port",
            "0",
            "--https-port",
            "none",
            "--set",
            "log.level=error");
    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.err()).contains("The data directory " + file.resolve("below"), "--data");
  }

  @Test
  void a_data_directory_and_a_database_belong_to_one_way_to_run(@TempDir Path other) {
    TestServer.start(Mode.DEV, db, folder, Map.of()).close();
    String[] serve = {"serve", "--http-port", "0", "--https-port", "none"};

    Outcome directory = fettle(here(serve));
    assertThat(directory.code()).isEqualTo(4);
    assertThat(directory.err()).contains("that of a 'fettle dev'").contains("--data");

    String[] elsewhere = here(serve);
    elsewhere[List.of(elsewhere).indexOf("--data") + 1] = other.toString();
    Outcome database = fettle(elsewhere);
    assertThat(database.code()).isEqualTo(5);
    assertThat(database.err()).contains("that of a 'fettle dev'").contains("database.url");
  }

  @Test
  void a_database_that_does_not_answer_ends_with_five_and_without_its_password() {
    Outcome outcome =
        fettle(
            "serve",
            "--data",
            folder.toString(),
            "--http-port",
            "0",
            "--https-port",
            "none",
            "--set",
            "database.url=jdbc:postgresql://127.0.0.1:1/fettle?options=s3cret",
            "--set",
            "database.password=s3cret",
            "--set",
            "log.level=error");
    assertThat(outcome.code()).isEqualTo(5);
    assertThat(outcome.err())
        .contains("jdbc:postgresql://127.0.0.1:1/fettle")
        .doesNotContain("s3cret");
  }
}
