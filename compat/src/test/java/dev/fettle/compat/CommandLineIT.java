package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * CLI for Microsoft 365 calls Microsoft's names, which lead to this server, and its commands for
 * Teams do what they are for.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandLineIT {
  private static final String CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";

  private final ClientProject cli = ClientProject.commandLine();
  private final PackagedServer server =
      PackagedServer.start(
          "m365", "--set", "https.names=graph.microsoft.com,login.microsoftonline.com");
  private JsonNode seen;

  @BeforeAll
  void commands() {
    cli.print("m365", "apps.sh", server);
    seen = cli.run("commands.sh", server);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void the_printed_commands_log_in_list_upgrade_and_meet_a_refusal() {
    assertThat(text("recipe"))
        .contains(
            "\"authType\": \"secret\"",
            "0d820ecd-def2-4297-adad-78056cde7c78  OneNote",
            "\"0f3ce432-e432-0f3c-32e4-3c0f32e43c0f\"",
            "Error: No team found with Group Id '00000000-0000-0000-0000-000000000000'.");
  }

  @Test
  void apps_of_users_are_listed_installed_upgraded_and_removed() {
    list("organization").contains("OneNote", "Power Apps").doesNotContain("Help desk");
    list("apps").containsExactlyInAnyOrder("OneNote", "Power Apps");
    for (String command : new String[] {"added", "upgraded", "removed"}) {
      assertThat(seen.path(command).isNull()).as(command + seen.path(command)).isTrue();
    }
    assertThat(text("removedAgain")).isEqualTo("Error: The specified Teams app does not exist");
    assertThat(text("unknown")).isEqualTo("Error: Not Found");
  }

  @Test
  void chats_and_teams_are_read_and_made() {
    list("chats").contains(CHAT);
    assertThat(text("chat")).isEqualTo("Room upgrades");
    list("chatMembers").containsExactlyInAnyOrder("Megan Bowen", "Alex Wilber");
    assertThat(text("team")).hasSize(36);
    list("teamApps").containsExactly("Channel helper");
    assertThat(text("made")).isEqualTo("succeeded");
  }

  @Test
  void what_the_command_line_asks_of_the_directory_is_answered() {
    list("appsByName").containsExactlyInAnyOrder("OneNote", "Power Apps");
    list("teams").contains("Field service", "Contoso");
    list("teamUsers").contains("Owner");
  }

  private String text(String member) {
    return seen.path(member).stringValue("no text: " + seen.path(member));
  }

  private ListAssert<String> list(String member) {
    assertThat(seen.path(member).isArray()).as(member + ": " + seen.path(member)).isTrue();
    return assertThat(seen.path(member).valueStream().map(JsonNode::stringValue).toList())
        .as(member);
  }
}
