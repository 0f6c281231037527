package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The programs that {@code fettle client} prints, and that docs/clients.md shows, run as they are
 * printed: a first call, an operation awaited, a refusal read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientRecipesIT {
  private static final String BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String MISSING = "404 NotFound The device was not found.";

  private final PackagedServer server = PackagedServer.start("recipes", "--devices", "4");

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void curl_runs_as_printed() {
    assertThat(ClientProject.shell("curl").runPrinted("curl", "devices.sh", server))
        .contains("\"id\":\"" + BAR + "\"", "\"succeeded\"", "The device was not found.", " 404\n");
  }

  @Test
  void the_standard_library_of_python_runs_as_printed() {
    awaited(ClientProject.urllib().runPrinted("urllib", "devices.py", server));
  }

  @Test
  void the_sdk_of_python_runs_as_printed() {
    awaited(ClientProject.python().runPrinted("python", "devices.py", server)).contains("upgraded");
  }

  @Test
  void the_sdk_of_java_runs_as_printed() {
    ClientProject java = ClientProject.java(server.authority());
    awaited(java.runPrinted("java", "Devices.java", server)).contains("upgraded");
  }

  @Test
  void the_client_of_javascript_runs_as_printed() {
    awaited(ClientProject.javaScript().runPrinted("javascript", "devices.cjs", server));
  }

  @Test
  void the_sdk_of_typescript_runs_as_printed() {
    assertThat(ClientProject.typeScript().runPrinted("typescript", "apps.mjs", server).lines())
        .contains("upgraded", "Power Apps", "OneNote", "restart succeeded")
        .anySatisfy(line -> assertThat(line).startsWith("404 NotFound "));
  }

  @Test
  void the_sdk_of_go_runs_as_printed() {
    assertThat(ClientProject.go().runPrinted("go", "apps.go", server).lines())
        .contains(
            "upgraded",
            "OneNote",
            "restart succeeded",
            "404 NotFound Chat with id 'nothing' not found.");
  }

  @Test
  void msal_for_node_runs_as_printed() {
    assertThat(ClientProject.msal().runPrinted("msal", "devices.mjs", server).lines())
        .contains(BAR, MISSING);
  }

  private static ListAssert<String> awaited(String said) {
    return assertThat(said.lines().toList())
        .anySatisfy(line -> assertThat(line).startsWith(BAR))
        .contains("update succeeded", MISSING)
        .anySatisfy(line -> assertThat(line).matches("request [0-9a-f-]{36}"));
  }
}
