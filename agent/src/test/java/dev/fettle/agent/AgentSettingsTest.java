package dev.fettle.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentSettingsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void a_whole_file_is_read_and_paths_start_at_its_folder() throws Exception {
    Files.writeString(folder.resolve("token"), "abc\n");
    Path file = folder.resolve("agent.properties");
    Files.writeString(
        file,
        """
        server = https://updates.example
        tenant = OTHER
        id = panel-17
        token-file = token
        state = var/agent
        attribute.model = vc210
        install.teamsClient = dpkg -i
        restart.wait-seconds = 5
        """);

    AgentSettings settings = AgentSettings.read(file, Map.of("id", "panel-18"));

    assertThat(settings.address().controller())
        .hasToString("https://updates.example/OTHER/controller/v1/panel-18");
    assertThat(settings.credential().token()).isEqualTo("abc");
    assertThat(settings.stateFolder()).isEqualTo(folder.resolve("var/agent"));
    assertThat(settings.attributes()).isEqualTo(Map.of("model", "vc210"));
    assertThat(settings.installers()).isEqualTo(Map.of("teamsClient", "dpkg -i"));
    assertThat(settings.restartWait()).hasSeconds(5);
  }

  @Test
  void all_problems_are_told_at_once() {
    assertThatThrownBy(
            () ->
                AgentSettings.read(
                    null,
                    Map.of(
                        "sever",
                        "x",
                        "token",
                        "a",
                        "gateway-token",
                        "b",
                        "restart.wait-seconds",
                        "soon")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("'sever' is not a setting")
        .hasMessageContaining("'server' is missing")
        .hasMessageContaining("'id' is missing")
        .hasMessageContaining("'state' is missing")
        .hasMessageContaining("exactly one of")
        .hasMessageContaining("'restart.wait-seconds' is a number of seconds");
  }

  /** The server refused them at each poll, and the agent never got to its updates. */
  @Test
  void attributes_that_no_server_takes_are_named_at_the_start() {
    Map<String, String> values =
        new TreeMap<>(Map.of("server", "http://h", "id", "a", "state", "s", "token", "t"));
    values.put("attribute.room", "x".repeat(129));
    for (int number = 0; number < 97; number++) {
      values.put("attribute.number" + number, "x");
    }

    assertThatThrownBy(() -> AgentSettings.read(null, values))
        .hasMessageContaining("'attribute.room': names and values have at most 128 characters")
        .hasMessageContaining("there are more than 97 attributes and versions");
  }

  @Test
  void a_token_file_that_is_not_there_is_named() {
    assertThatThrownBy(
            () ->
                AgentSettings.read(
                    null,
                    Map.of("server", "http://h", "id", "a", "state", "s", "token-file", "/no/t")))
        .hasMessageContaining("/no/t cannot be read");
  }
}
