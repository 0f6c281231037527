package dev.fettle.graph.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.graph.schema.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextPathTest {

  private static final Schema BETA = Schema.load("beta");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /users | false | users
          /users/5b | true | users/$entity
          /USERS('5b') | true | users/$entity
          /teamwork/devices | false | teamwork/devices
          /teamwork/devices/ | false | teamwork/devices
          /teamwork/devices/0f | true | teamwork/devices/$entity
          /teamwork/devices | true | teamwork/devices/$entity
          /teamwork/devices/0f/operations | false | teamwork/devices('0f')/operations
          /teamwork/devices('0f')/operations('1') | true | teamwork/devices('0f')/operations/$entity
          /teamwork/devices/0f/health | true | teamwork/devices('0f')/health
          /teamwork/devices%28%270f%27%29 | true | teamwork/devices/$entity
          /teamwork/devices(id='0f')/health | true | teamwork/devices('0f')/health
          /chats/19%3Ad6@thread.v2/installedApps | false | chats('19%3Ad6%40thread.v2')/installedApps
          /chats/a%2Fb'c/installedApps | false | chats('a%2Fb''c')/installedApps
          /teams('o''k')/channels/1 | true | teams('o''k')/channels/$entity
          /users/5b/teamwork/installedApps/NW | true | users('5b')/teamwork/installedApps/$entity
          /chats/1/installedApps/2/teamsApp | true | appCatalogs/teamsApps/$entity
          /users/1/teamwork/installedApps/2/chat | true | chats/$entity
          /users/1/joinedTeams | false | teams
          /deviceAppManagement/mobileApps/graph.iosVppApp | false | deviceAppManagement/mobileApps/microsoft.graph.iosVppApp
          /deviceAppManagement/mobileApps/1/graph.iosVppApp | true | deviceAppManagement/mobileApps/microsoft.graph.iosVppApp/$entity
          /deviceAppManagement/mobileApps/1/graph.iosVppApp/assignedLicenses | false | deviceAppManagement/mobileApps('1')/microsoft.graph.iosVppApp/assignedLicenses
          /deviceAppManagement/vppTokens/9c/syncLicenses | true | deviceAppManagement/vppTokens/$entity
          /deviceAppManagement/vppTokens/9c/microsoft.graph.syncLicenses | true | deviceAppManagement/vppTokens/$entity
          /somewhere/else | false | somewhere/else
          """)
  void context_follows_the_path(String path, boolean entity, String fragment) {
    assertThat(ContextPath.fragment(BETA, path, entity, "")).isEqualTo(fragment);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /groups | false | groups(displayName,id)
          /users/1/teamwork/installedApps/2 | true | users('1')/teamwork/installedApps(displayName,id)/$entity
          """)
  void selected_names_stand_before_the_entity(String path, boolean entity, String fragment) {
    assertThat(ContextPath.fragment(BETA, path, entity, "(displayName,id)")).isEqualTo(fragment);
  }
}
