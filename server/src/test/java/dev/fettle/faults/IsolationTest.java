package dev.fettle.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.CoveragePage;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.SocketServer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every row that reads, asked by a stranger with every permission, in a tenant of its own. */
@WithPostgres
class IsolationTest {

  private static final String STRANGER = "6f1e77ae-0000-4000-8000-00000000eeee";
  private static final Pattern KEY = Pattern.compile("\\{([^}]+)}");

  /** Where each collection's ids come from; other keys get a name that is nowhere. */
  private static final Map<String, String> COLLECTIONS =
      Map.ofEntries(
          Map.entry("device-id", "/beta/teamwork/devices"),
          Map.entry("operation-id", "/beta/teamwork/devices/{device-id}/operations"),
          Map.entry("release-id", "/fettle/v1.0/releases"),
          Map.entry("user-id", "/v1.0/users"),
          Map.entry("chat-id", "/v1.0/users/{user-id}/chats"),
          Map.entry("app-id", "/v1.0/appCatalogs/teamsApps"),
          Map.entry("vpp-token-id", "/v1.0/deviceAppManagement/vppTokens"));

  private final InProcess server;
  private final Db db;
  private final TestClock clock = new TestClock();

  IsolationTest(Db db, @TempDir Path data) {
    this.db = db;
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void seed() {
    Tenants tenants = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR);
    assertThat(tenants.ensure(InProcess.TENANT, "DEFAULT", null).ddiName()).isEqualTo("DEFAULT");
    assertThat(tenants.ensure(STRANGER, null, null).tenantId()).isEqualTo(STRANGER);
    server.application().seed(InProcess.TENANT, SocketServer.documented());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void nothing_of_a_tenant_is_read_from_another() {
    KnownPermissions known = server.application().knownPermissions();
    Set<String> all = new HashSet<>(known.application());
    String[] permissions = all.toArray(String[]::new);
    String owner = InProcess.app(permissions);
    String stranger = InProcess.appOf(STRANGER, permissions);
    int readByOwner = 0;
    for (String template : CoveragePage.readable(server.application().coverage())) {
      String target = filled(template, owner);
      InProcess.Answer own = server.get(owner, target);
      InProcess.Answer other = server.get(stranger, target);
      assertThat(own.status()).as(target).isIn(200, 400, 403, 404);
      if (own.status() == 200) {
        readByOwner++;
      }
      if (other.status() == 200) {
        String body = other.body();
        boolean empty =
            body.equals("0")
                || (body.startsWith("{") && Json.readTrusted(body).path("value").isEmpty());
        assertThat(empty).as("%s for a stranger: %s", target, body).isTrue();
      } else {
        assertThat(other.status()).as(target).isIn(400, 403, 404);
        assertThat(other.body()).as(target).doesNotContain(InProcess.TENANT);
      }
    }
    assertThat(readByOwner).isGreaterThan(10);
  }

  private String filled(String template, String owner) {
    return KEY.matcher(template)
        .replaceAll(key -> Matcher.quoteReplacement(id(key.group(1), owner)));
  }

  /** The first id that the owner sees in the key's collection. */
  private String id(String key, String owner) {
    String collection = COLLECTIONS.get(key);
    if (collection == null) {
      return "nowhere";
    }
    JsonNode value = server.get(owner, filled(collection, owner)).json().path("value");
    assertThat(value).as(collection).isNotEmpty();
    return value.get(0).path("id").asString();
  }
}
