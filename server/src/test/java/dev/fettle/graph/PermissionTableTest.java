package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.identity.Caller;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PermissionTableTest {

  private static PermissionTable read(String... lines) {
    return new PermissionTable(String.join("\n", lines));
  }

  @Test
  void a_list_holds_for_each_row_and_version_above_it() {
    Permissions beta = Permissions.of(GraphVersion.BETA, "PATCH", "/chats/{chat-id}");
    assertThat(beta).isEqualTo(Permissions.of(GraphVersion.V1, "PATCH", "/chats/{chat-id}"));
    assertThat(beta.delegated()).containsExactly("Chat.ReadWrite");
    assertThat(beta.application()).containsExactly("Chat.ReadWrite.All");
    assertThat(beta.resourceSpecific())
        .containsExactly("ChatSettings.ReadWrite.Chat", "Chat.Manage.Chat");
    assertThat(beta.target()).isEqualTo("chat");
    assertThat(beta.targetKey()).isEqualTo("chat-id");
  }

  @Test
  void a_list_for_both_kinds_of_callers_goes_from_the_least_privileged_up() {
    Permissions devices = Permissions.of(GraphVersion.BETA, "GET", "/teamwork/devices");
    assertThat(devices.delegated())
        .containsExactly("TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All")
        .isEqualTo(devices.application());
    assertThat(devices.narrow()).isEmpty();
  }

  @Test
  void a_permission_for_a_part_only_is_among_those_of_the_list() {
    Permissions chat = Permissions.of(GraphVersion.V1, "GET", "/chats/{chat-id}/installedApps");
    assertThat(chat.narrow()).isNotEmpty().isSubsetOf(chat.application());
  }

  @Test
  void below_me_no_app_by_itself_is_let_in() {
    assertThat(PermissionTable.rows())
        .filteredOn(row -> row.contains("/me/") || row.endsWith("/me"))
        .isNotEmpty()
        .allSatisfy(
            row -> {
              String path = row.substring(row.indexOf("/me"));
              GraphVersion version = row.contains("/beta/") ? GraphVersion.BETA : GraphVersion.V1;
              String method = row.substring(0, row.indexOf(' '));
              assertThat(Permissions.of(version, method, path).accepted(Caller.Kind.APPLICATION))
                  .isEmpty();
            });
  }

  @Test
  void a_row_without_a_list_stops_the_start() {
    assertThatThrownBy(
            () ->
                new RouteIndex(
                    List.of(Route.get(GraphVersion.BETA, "/things").notBuilt()), Map.of()))
        .hasMessageContaining("has no permissions for GET /things");
  }

  @Test
  void a_document_that_is_unclear_or_says_two_things_is_not_read() {
    assertThatThrownBy(() -> read("GET beta /a", "  both A.Read", "", "GET beta /a", "  open"))
        .hasMessageContaining("two lists for GET /beta/a");
    assertThatThrownBy(() -> read("GET beta /a", "", "  both A.Read"))
        .hasMessageContaining("nothing clear about [GET beta /a]");
    assertThatThrownBy(() -> read("GET beta /a", "  open", "  both A.Read"))
        .hasMessageContaining("nothing clear");
    assertThatThrownBy(() -> read("GET beta /a", "  aplication A.Read", "  delegated A.Read"))
        .hasMessageContaining("nothing clear");
  }
}
