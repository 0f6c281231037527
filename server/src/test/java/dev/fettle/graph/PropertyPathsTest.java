package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.http.Headers;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Paths that lead into an entity, on the documented seed. */
@WithPostgres
class PropertyPathsTest {

  private static final String MEGAN = "5b649834-7412-4cce-9e69-176e95a394f5";
  private static final String DEVICE =
      "/beta/teamwork/devices/0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String TOKEN =
      "/v1.0/deviceAppManagement/vppTokens/9ceb2f92-2f92-9ceb-922f-eb9c922feb9c";

  private final InProcess server;
  private final Db db;
  private final TestClock clock = new TestClock();

  PropertyPathsTest(Db db, @TempDir Path data) {
    this.db = db;
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void seed() throws IOException {
    var _ =
        new Tenants(db, clock, Tenants.Birth.BY_OPERATOR)
            .ensure(InProcess.TENANT, "DEFAULT", "Contoso");
    for (String name : List.of("devices", "directory", "updates", "teams", "vpp")) {
      server.application().seed(InProcess.TENANT, document(name));
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** CLI for Microsoft 365 finds a user's id by its name with the first of these. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1.0/users/megan%40contoso.example/id | users('megan%40contoso.example')/id"
            + " | 5b649834-7412-4cce-9e69-176e95a394f5",
        "/beta/users('5b649834-7412-4cce-9e69-176e95a394f5')/DISPLAYNAME"
            + " | users('5b649834-7412-4cce-9e69-176e95a394f5')/displayName | Megan Bowen",
        "/v1.0/deviceAppManagement/vppTokens/9ceb2f92-2f92-9ceb-922f-eb9c922feb9c/organizationName/"
            + " | deviceAppManagement/vppTokens('9ceb2f92-2f92-9ceb-922f-eb9c922feb9c')/organizationName"
            + " | Organization Name value",
        "/beta/teamwork/devices/0f3ce432-e432-0f3c-32e4-3c0f32e43c0f/hardwareDetail/model |"
            + " teamwork/devices('0f3ce432-e432-0f3c-32e4-3c0f32e43c0f')/hardwareDetail/model |"
            + " vc210",
      })
  void a_property_is_answered_with_its_path_as_context(String path, String context, String value) {
    Answer answer = get(path);
    String version = path.substring(0, path.indexOf('/', 1));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().propertyNames()).containsExactly("@odata.context", "value");
    assertThat(answer.json().path("@odata.context").stringValue())
        .isEqualTo("https://graph.example" + version + "/$metadata#" + context);
    assertThat(answer.json().path("value").stringValue()).isEqualTo(value);
    Answer bare = get(path.replaceAll("/$", "") + "/$value");
    assertThat(bare.header("Content-Type")).startsWith("text/plain");
    assertThat(bare.body()).isEqualTo(value);
  }

  /** Every property of an entity of each kind that the seed has, held against the entity itself. */
  @Test
  void every_property_of_every_entity_is_what_select_shows_of_it() {
    List<String> wrong = new ArrayList<>();
    int read = 0;
    for (String version : List.of("v1.0", "beta")) {
      Schema schema = Schema.load(version);
      for (String path : entities(version)) {
        Answer entity = get("/" + version + path);
        assertThat(entity.status()).as(path).isEqualTo(200);
        EntityType type =
            Template.parse(path.replaceAll("/[^/]*[-:@=][^/]*", "/{key}"))
                .entity(schema)
                .orElseThrow();
        for (Property property : type.properties()) {
          String name = property.name();
          JsonNode expected = get("/" + version + path + "?$select=" + name).json().get(name);
          Answer answer = get("/" + version + path + "/" + name);
          if (!expected.equals(value(answer, property))) {
            wrong.add(answer.status() + " " + path + "/" + name + " " + answer.body());
          }
          Answer bare = get("/" + version + path + "/" + name + "/$value");
          boolean simple = !property.collection() && !(property.type() instanceof StructuredType);
          int wanted = !simple ? 400 : expected.isNull() ? 204 : 200;
          if (bare.status() != wanted) {
            wrong.add(bare.status() + " " + path + "/" + name + "/$value " + bare.body());
          }
          read++;
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(read).isGreaterThan(150);
  }

  /** Documents came as the database writes them, <code>{"a": 1}</code>, amid the rest. */
  @Test
  void answers_have_no_blanks_outside_strings() {
    List<String> documents = new ArrayList<>();
    for (String path : entities("beta")) {
      for (String target :
          List.of("/beta" + path, "/beta" + path.substring(0, path.lastIndexOf('/')) + "?$top=5")) {
        String body = get(target).body();
        assertThat(body.replaceAll("\"(\\\\.|[^\"\\\\])*\"", ""))
            .as(body)
            .doesNotContainPattern("\\s");
        if (body.contains("\"connection\":{") || body.contains("\"requiredPermissionSet\":{")) {
          documents.add(target);
        }
      }
    }
    assertThat(documents).isNotEmpty();
    for (String document :
        List.of(
            "{\"a b\": [1, \"c, \\\"d: \\\\\", {}], \"e\" : null}",
            "[\" \\\\\", \" \"]",
            "\" \"")) {
      assertThat(Json.compact(document)).isEqualTo(Json.text(Json.readTrusted(document)));
    }
  }

  private static JsonNode value(Answer answer, Property property) {
    if (answer.status() == 204) {
      return NullNode.getInstance();
    }
    if (property.collection() || !(property.type() instanceof StructuredType)) {
      return answer.json().path("value");
    }
    return ((ObjectNode) answer.json()).without("@odata.context");
  }

  private List<String> entities(String version) {
    List<String> paths = new ArrayList<>();
    for (String collection :
        List.of(
            "/users",
            "/chats",
            "/teams",
            "/appCatalogs/teamsApps",
            "/deviceAppManagement/vppTokens",
            "/users/" + MEGAN + "/teamwork/installedApps",
            "/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/members",
            "/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/installedApps")) {
      for (JsonNode entity : get("/" + version + collection + "?$top=1").json().path("value")) {
        paths.add(collection + "/" + entity.path("id").stringValue());
      }
    }
    String installation =
        paths.stream().filter(path -> path.contains("/teamwork/")).findFirst().orElseThrow();
    paths.add(installation + "/teamsApp");
    paths.add(installation + "/teamsAppDefinition");
    paths.add("/teamwork/teamsAppSettings");
    if (version.equals("beta")) {
      String device = DEVICE.substring("/beta".length());
      paths.addAll(
          List.of(device, device + "/activity", device + "/configuration", device + "/health"));
      paths.add(
          device
              + "/operations/"
              + get(DEVICE + "/operations").json().at("/value/0/id").stringValue());
    }
    return paths;
  }

  @Test
  void a_complex_property_stands_at_the_root_and_a_collection_in_value() {
    JsonNode hardware = get(DEVICE + "/hardwareDetail").json();
    assertThat(hardware.path("manufacturer").stringValue()).isEqualTo("yealink");
    assertThat(hardware.path("@odata.context").stringValue()).endsWith("/hardwareDetail");
    assertThat(get(DEVICE + "/health/connection/connectionStatus/$value").body())
        .isEqualTo("connected");
    assertThat(get(TOKEN.replace("v1.0", "beta") + "/roleScopeTagIds").json().path("value").get(0))
        .isEqualTo(Json.readTrusted("\"Role Scope Tag Ids value\""));
  }

  @Test
  void a_signed_in_user_reads_its_own_property_under_its_id() {
    Answer answer = server.get(InProcess.user(MEGAN, "User.Read"), "/v1.0/me/displayName");
    assertThat(answer.json().path("value").stringValue()).isEqualTo("Megan Bowen");
    assertThat(answer.json().path("@odata.context").stringValue())
        .endsWith("$metadata#users('" + MEGAN + "')/displayName");
  }

  @Test
  void a_property_of_a_derived_type_is_found_with_a_cast_and_without() {
    String chat = "/v1.0/chats/19:ea28e88c00e94c7786b065394a61f296@thread.v2/members";
    String member = chat + "/" + get(chat).json().at("/value/0/id").stringValue();
    String email = get(member).json().path("email").stringValue();
    assertThat(get(member + "/email/$value").body()).isEqualTo(email);
    assertThat(get(member + "/microsoft.graph.aadUserConversationMember/email/$value").body())
        .isEqualTo(email);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/users/5b649834-7412-4cce-9e69-176e95a394f5/nothing | nothing",
        "/users/5b649834-7412-4cce-9e69-176e95a394f5/displayName/nothing | nothing",
        "/users/5b649834-7412-4cce-9e69-176e95a394f5/displayName/$value/$value | $value",
        "/users/5b649834-7412-4cce-9e69-176e95a394f5/$value | $value",
        "/users/5b649834-7412-4cce-9e69-176e95a394f5/displayName/$count | $count",
      })
  void what_is_no_property_is_refused_by_its_segment(String path, String segment) {
    Answer answer = get("/v1.0" + path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").stringValue())
        .startsWith("Resource not found for the segment '" + segment + "'.");
  }

  @Test
  void a_property_of_another_version_is_said_to_be_there() {
    Answer answer = get("/v1.0/teams/6903fa93-605b-43ef-920e-77c4729f8258/discoverySettings");
    assertThat(answer.json().at("/error/message").stringValue())
        .isEqualTo(
            "Resource not found for the segment 'discoverySettings'. It is served under /beta, not"
                + " under /v1.0.");
  }

  /** "Resource not found" alone let people look for a mistake of their own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1.0/me/messages | messages | true",
        "/v1.0/me/messages/AAMk/attachments | messages | true",
        "/v1.0/sites/root | sites | true",
        "/beta/users/5b649834-7412-4cce-9e69-176e95a394f5/Calendar | Calendar | true",
        "/v1.0/users('5b649834-7412-4cce-9e69-176e95a394f5')/aboutMe | aboutMe | true",
        "/v1.0/teams/6903fa93-605b-43ef-920e-77c4729f8258/schedule | schedule | true",
        "/v1.0/users/5b649834-7412-4cce-9e69-176e95a394f5/schedule | schedule | false",
        "/v1.0/nowhere | nowhere | false",
        "/beta/deviceManagement/managedDevices | managedDevices | true",
        "/beta/deviceManagement/nothing | nothing | false",
        "/v1.0/deviceAppManagement | deviceAppManagement | true",
        "/fettle/v1.0/sites | sites | false",
      })
  void a_segment_that_graph_has_and_fettle_has_not_is_refused_with_that_said(
      String path, String segment, boolean said) {
    Answer answer = get(path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").stringValue())
        .isEqualTo(
            "Resource not found for the segment '%s'.%s"
                .formatted(
                    segment,
                    said
                        ? " Microsoft Graph has it, Fettle does not serve it; docs/coverage.md"
                            + " lists what it serves."
                        : ""));
  }

  @Test
  void a_vpp_token_is_the_same_in_any_letter_case_of_its_id() {
    int id = TOKEN.lastIndexOf('/') + 1;
    String upper = TOKEN.substring(0, id) + TOKEN.substring(id).toUpperCase(Locale.ROOT);
    assertThat(get(upper).json().path("id").stringValue()).isEqualTo(TOKEN.substring(id));
    assertThat(server.patch(all(), upper, "{\"appleId\":\"a@contoso.example\"}").status())
        .isEqualTo(200);
    assertThat(get(upper + "/appleId/$value").body()).isEqualTo("a@contoso.example");
    assertThat(server.post(all(), upper + "/syncLicenses", null).status()).isEqualTo(200);
    assertThat(server.delete(all(), upper).status()).isEqualTo(204);
  }

  @Test
  void a_property_is_read_in_a_batch_too() {
    Answer answer =
        server.post(
            all(),
            "/v1.0/$batch",
            """
            {"requests":[{"id":"1","method":"GET","url":"/users/%s/displayName"}]}\
            """
                .formatted(MEGAN));
    assertThat(answer.json().at("/responses/0/body/value").stringValue()).isEqualTo("Megan Bowen");
  }

  @Test
  void a_property_costs_the_permissions_of_its_entity_and_is_only_read() {
    String path = "/v1.0/users/" + MEGAN + "/displayName";
    assertThat(server.get(InProcess.app("TeamworkDevice.Read.All"), path).status()).isEqualTo(403);
    assertThat(server.get(InProcess.app("User.Read.All"), path).status()).isEqualTo(200);
    Answer put =
        server.send(
            "PUT", path, Headers.of("Authorization", all()), "{}".getBytes(StandardCharsets.UTF_8));
    assertThat(put.status()).isEqualTo(405);
    assertThat(put.header("Allow")).isEqualTo("GET");
    assertThat(get("/v1.0/users/nobody@contoso.example/displayName").status()).isEqualTo(404);
    Answer option = get(path + "?$expand=manager");
    assertThat(option.status()).isEqualTo(400);
    assertThat(option.json().at("/error/message").stringValue())
        .contains("'Expand' is not allowed");
  }

  private Answer get(String target) {
    return server.get(all(), target);
  }

  private String all() {
    KnownPermissions known = server.application().knownPermissions();
    return InProcess.user(MEGAN, known.delegated().toArray(String[]::new));
  }

  private static JsonNode document(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            PropertyPathsTest.class.getResourceAsStream("/seed/" + name + ".json"), name)) {
      return Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
