package dev.fettle.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.devices.DeviceSeed;
import dev.fettle.graph.CoveragePage;
import dev.fettle.graph.schema.ComplexType;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Root;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.http.Headers;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import dev.fettle.updates.ContentStore;
import dev.fettle.updates.UpdateSeed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Every row that reads, with every query option on every property that the schema gives its type:
 * whatever a resource offers or not, the answer is a result or a refusal in Graph's shape, and
 * never a fault of ours. A column that does not exist, or a property that was forgotten, shows
 * here.
 */
@WithPostgres
class EveryQueryTest {

  private static final Pattern KEY = Pattern.compile("\\{[^}]+}");
  private static final Map<String, String> DOCUMENTS =
      Map.of("v1.0", "v1.0", "beta", "beta", "fettle/v1.0", "fettle");

  /** Queries that fit nothing: they must be refused, or pass, anywhere. */
  private static final List<String> HOSTILE =
      List.of(
          "$filter=id eq '''",
          "$filter=id eq ''' or true or ''",
          "$filter=" + "(".repeat(5_000),
          "$filter=id eq '%00'",
          "$filter=id eq '%ff%fe'",
          "$filter=%",
          "$orderby=id;drop table x",
          "$select=%2A,%20,",
          "$expand=a(b(c(d",
          "$top=99999999999999999999&$skip=-1",
          "$skiptoken=AAAA",
          "$count=true&$count=false",
          "$apply=aggregate(x)",
          "$search=\"x\"",
          "&&=&=x&$=1&%24=2",
          "$format=xml");

  private final InProcess server;
  private final Db db;
  private final TestClock clock = new TestClock();
  private final Path files;
  private String device = "";

  EveryQueryTest(Db db, @TempDir Path data) {
    this.db = db;
    this.files = data.resolve("files");
    this.server = new InProcess(db, clock, Ids.random(), data);
  }

  @BeforeEach
  void seed() throws IOException {
    Tenants tenants = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR);
    assertThat(tenants.ensure(InProcess.TENANT, "DEFAULT", null).ddiName()).isEqualTo("DEFAULT");
    new DeviceSeed(db).apply(InProcess.TENANT, document("devices"));
    new UpdateSeed(db, new ContentStore(files, Ids.random()))
        .apply(InProcess.TENANT, document("updates"));
    device = document("devices").path("devices").path(0).path("id").asString();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void no_query_on_any_row_is_a_fault_of_ours() {
    KnownPermissions known = server.application().knownPermissions();
    String app = InProcess.app(known.application().toArray(String[]::new));
    List<String> faults = new ArrayList<>();
    int answered = 0;
    for (String row : CoveragePage.readable(server.application().coverage())) {
      String target = KEY.matcher(row.replace("{device-id}", device)).replaceAll("nowhere");
      List<String> queries = new ArrayList<>(HOSTILE);
      type(row).ifPresent(type -> queries.addAll(queries(type)));
      for (String query : queries) {
        InProcess.Answer answer =
            server.send("GET", target + "?" + query, Headers.of("Authorization", app), new byte[0]);
        if (answer.status() == 200) {
          answered++;
        }
        boolean refused =
            answer.status() >= 400
                && answer.status() < 500
                && Json.readTrusted(answer.body()).path("error").has("code");
        if (answer.status() != 200 && answer.status() != 302 && !refused) {
          faults.add(answer.status() + " GET " + target + "?" + shortened(query));
        }
      }
    }
    assertThat(faults).isEmpty();
    assertThat(answered).isGreaterThan(200);
  }

  private static String shortened(String query) {
    return query.length() > 200 ? query.substring(0, 200) + "…" : query;
  }

  /** The type of what a template answers, if its path can be followed in the schema. */
  private static Optional<EntityType> type(String template) {
    String version =
        DOCUMENTS.keySet().stream()
            .filter(root -> template.startsWith("/" + root + "/"))
            .findFirst()
            .orElseThrow();
    Schema schema = Schema.load(DOCUMENTS.get(version));
    String[] segments = template.substring(version.length() + 2).split("/");
    Root root = schema.root(segments[0]).orElse(null);
    if (root == null) {
      return Optional.empty();
    }
    EntityType type = root.type();
    for (int i = 1; i < segments.length; i++) {
      if (segments[i].startsWith("{")) {
        continue;
      }
      NavigationProperty navigation = type.navigation(segments[i]).orElse(null);
      if (navigation == null) {
        return segments[i].equals("$count") ? Optional.of(type) : Optional.empty();
      }
      type = navigation.type();
    }
    return Optional.of(type);
  }

  private static List<String> queries(EntityType type) {
    List<String> queries = new ArrayList<>();
    properties(type, "", 0, queries);
    for (NavigationProperty navigation : type.navigations()) {
      String name = navigation.name();
      queries.add("$expand=" + name);
      queries.add("$expand=" + name + "($select=id)&$select=id");
      queries.add("$select=" + name);
      queries.add("$orderby=" + name + "/id");
      if (navigation.collection()) {
        queries.add("$filter=" + name + "/any()");
        queries.add("$filter=not " + name + "/any(x:x/id eq 'a')");
        queries.add("$expand=" + name + "($top=1;$filter=id ne 'a';$orderby=id desc)");
      } else {
        queries.add("$filter=" + name + "/id eq 'a'");
        queries.add("$filter=" + name + " eq null");
      }
    }
    queries.add("$filter=id gt 'a'&$orderby=id desc&$top=1&$count=true&$skip=1");
    queries.add("$filter=id gt 'a'&$top=1&$count=true");
    return queries;
  }

  private static void properties(
      StructuredType type, String prefix, int depth, List<String> queries) {
    for (Property property : type.properties()) {
      String path = prefix + property.name();
      queries.add("$select=" + path);
      queries.add("$orderby=" + path + "%20desc");
      if (property.collection()) {
        queries.add("$filter=" + path + "/any(x:x%20ne%20null)");
      } else {
        queries.add("$filter=" + path + " eq null and not(" + path + " ne null)");
      }
      String literal =
          switch (property.type()) {
            case EnumType enumeration ->
                "'" + enumeration.members().getFirst().name().toUpperCase(Locale.ROOT) + "'";
            case PrimitiveType primitive ->
                switch (primitive) {
                  case STRING, GUID -> "'a''b'";
                  case BOOLEAN -> "true";
                  case DATE_TIME_OFFSET -> "2026-01-01T00:00:00.1234567Z";
                  default -> "1";
                };
            case StructuredType structured -> "null";
          };
      if (!property.collection()) {
        queries.add("$filter=" + path + " ne " + literal + " or " + path + " gt " + literal);
        queries.add("$filter=" + path + " in (" + literal + ",null)");
        queries.add("$filter=startswith(" + path + ",'a') or contains(" + path + ",'%25')");
      }
      if (property.type() instanceof ComplexType complex && depth < 2) {
        if (!property.collection()) {
          properties(complex, path + "/", depth + 1, queries);
        } else {
          for (Property inner : complex.properties()) {
            queries.add("$filter=" + path + "/any(x:x/" + inner.name() + " ne null)");
          }
        }
      }
    }
    for (NavigationProperty navigation : type.navigations()) {
      if (!prefix.isEmpty()) {
        queries.add("$expand=" + prefix + navigation.name());
      }
    }
  }

  private static JsonNode document(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            EveryQueryTest.class.getResourceAsStream("/seed/" + name + ".json"), name)) {
      return Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
