package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Headers;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.packages.Manifests;
import dev.fettle.teams.packages.PackageWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random histories of publishing, reviewing, installing, upgrading and removing, over owners of all
 * scopes and callers of all families, against a naive model that keeps texts in maps. Server and
 * model have to agree on each answer, and the database's invariants hold at the end.
 */
@WithPostgres
class HistoryTest {

  private static final List<String> POOL =
      List.of(
          "A.Read.User Application",
          "A.Read.User Delegated",
          "B.Read.Chat Application",
          "B.Read.Chat Delegated",
          "C.Read.Group Application",
          "C.Read.Group Delegated");
  private static final List<String> FAMILIES =
      List.of(
          "ReadWriteSelf",
          "ReadWrite",
          "ReadWriteAndConsentSelf",
          "ReadWriteAndConsent",
          "ManageSelected");
  private static final int STEPS = 60;

  /** An owner: its address, how its permissions and its resource-specific ones end. */
  private record Owner(String collection, String family, String ending) {}

  private static final List<Owner> OWNERS =
      List.of(
          new Owner(
              "/v1.0/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps", "User", ".User "),
          new Owner("/v1.0/chats/" + TeamsWorld.CHAT + "/installedApps", "Chat", ".Chat "),
          new Owner("/beta/teams/" + TeamsWorld.TEAM + "/installedApps", "Team", ".Group "));

  private static final class App {
    final String externalId = UUID.randomUUID().toString();
    final boolean own;
    final String client;
    String id = "";
    int last;
    int submitted;
    final TreeMap<Integer, Set<String>> published = new TreeMap<>();
    final Map<Integer, Set<String>> required = new HashMap<>();

    App(boolean own) {
      this.own = own;
      this.client = own ? TeamsWorld.SELF : UUID.randomUUID().toString();
    }
  }

  private record Place(Owner owner, App app) {}

  private record Installed(String path, Set<String> consented) {}

  private final Db db;
  private final Map<Place, Installed> installed = new HashMap<>();

  HistoryTest(Db db) {
    this.db = db;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 22, 333, 4444})
  void server_and_naive_model_agree_on_every_answer(long seed) {
    Random random = new Random(seed);
    List<App> apps = List.of(new App(false), new App(true));
    try (TeamsWorld world = new TeamsWorld(db)) {
      for (int step = 0; step < STEPS; step++) {
        App app = apps.get(random.nextInt(apps.size()));
        Owner owner = OWNERS.get(random.nextInt(OWNERS.size()));
        switch (random.nextInt(8)) {
          case 0, 1 -> publish(world, random, app);
          case 2 -> review(world, random, app);
          case 3, 4 -> install(world, random, owner, app);
          case 5, 6 -> upgrade(world, random, owner, app);
          default -> remove(world, random, owner, app);
        }
      }
    }
    invariants();
  }

  @Test
  void the_seeded_tenant_fulfils_the_invariants() {
    new TeamsWorld(db).close();
    invariants();
  }

  private static void publish(TeamsWorld world, Random random, App app) {
    boolean review = random.nextInt(3) == 0;
    Set<String> required = some(random, POOL);
    int version = app.last + 1;
    byte[] zip = PackageWriter.write(manifest(app, version, required));
    String target =
        app.id.isEmpty()
            ? "/v1.0/appCatalogs/teamsApps"
            : "/v1.0/appCatalogs/teamsApps/" + app.id + "/appDefinitions";
    int expected = app.submitted > 0 ? 409 : app.id.isEmpty() || review ? 201 : 204;
    Answer answer = world.zip(target + "?requiresReview=" + review, TeamsWorld.ADMIN, zip);
    assertThat(answer.status()).as(answer.body()).isEqualTo(expected);
    if (expected == 409) {
      return;
    }
    if (app.id.isEmpty()) {
      app.id = answer.json().path("id").stringValue();
    }
    app.last = version;
    app.required.put(version, required);
    if (review) {
      app.submitted = version;
    } else {
      app.published.put(version, required);
    }
  }

  private static void review(TeamsWorld world, Random random, App app) {
    if (app.submitted == 0) {
      return;
    }
    boolean approve = random.nextBoolean();
    for (var definition :
        world
            .server
            .get(
                TeamsWorld.ADMIN,
                "/v1.0/appCatalogs/teamsApps/"
                    + app.id
                    + "/appDefinitions?$filter=publishingState%20eq%20'submitted'")
            .json()
            .path("value")) {
      Answer answer =
          world.server.send(
              "PATCH",
              "/v1.0/appCatalogs/teamsApps/"
                  + app.id
                  + "/appDefinitions/"
                  + definition.path("id").stringValue(),
              Headers.of(
                  "Authorization",
                  TeamsWorld.ADMIN,
                  "Content-Type",
                  "application/json",
                  "If-Match",
                  definition.path("@odata.etag").stringValue()),
              "{\"publishingState\":\"%s\"}"
                  .formatted(approve ? "published" : "rejected")
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
    if (approve) {
      app.published.put(app.submitted, app.required.getOrDefault(app.submitted, Set.of()));
    }
    app.submitted = 0;
  }

  private void install(TeamsWorld world, Random random, Owner owner, App app) {
    if (app.id.isEmpty()) {
      return;
    }
    String family = FAMILIES.get(random.nextInt(FAMILIES.size()));
    Set<String> required =
        app.published.isEmpty() ? Set.of() : app.published.lastEntry().getValue();
    Set<String> given = given(random, required, owner);
    int expected = app.published.isEmpty() ? 404 : judged(owner, app, family, required, given);
    Place place = new Place(owner, app);
    if (expected == 0) {
      expected = installed.containsKey(place) ? 409 : 201;
    }
    Answer answer =
        world.server.post(
            caller(owner, family), owner.collection(), TeamsWorld.body(app.id, consent(given)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(expected);
    if (expected == 201) {
      String location = String.valueOf(answer.header("Location"));
      installed.put(
          place,
          new Installed(
              location.substring("https://graph.example".length()), part(required, owner)));
    }
  }

  private void upgrade(TeamsWorld world, Random random, Owner owner, App app) {
    Place place = new Place(owner, app);
    Installed there = installed.get(place);
    if (there == null) {
      return;
    }
    String family = FAMILIES.get(random.nextInt(FAMILIES.size()));
    Set<String> required = app.published.lastEntry().getValue();
    Set<String> given = given(random, required, owner);
    int verdict = judged(owner, app, family, required, given);
    Answer answer =
        world.server.post(
            caller(owner, family), there.path() + "/upgrade", "{" + consent(given) + "}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(verdict == 0 ? 204 : verdict);
    if (verdict == 0) {
      installed.put(place, new Installed(there.path(), part(required, owner)));
      String now =
          world
              .server
              .get(
                  caller(owner, "ReadWrite"),
                  there.path() + "?$select=id&$expand=teamsAppDefinition($select=version)")
              .body();
      assertThat(now).contains("\"version\":\"" + app.published.lastKey() + ".0\"");
    }
  }

  private void remove(TeamsWorld world, Random random, Owner owner, App app) {
    Place place = new Place(owner, app);
    Installed there = installed.get(place);
    if (there == null) {
      return;
    }
    String family = FAMILIES.get(random.nextInt(FAMILIES.size()));
    int expected = family.endsWith("Self") && !app.own ? 403 : 204;
    assertThat(world.server.delete(caller(owner, family), there.path()).status())
        .isEqualTo(expected);
    if (expected == 204) {
      installed.remove(place);
    }
  }

  /** 0 for yes, else the status of the refusal. */
  private static int judged(
      Owner owner, App app, String family, Set<String> required, @Nullable Set<String> given) {
    if (family.endsWith("Self") && !app.own) {
      return 403;
    }
    Set<String> part = part(required, owner);
    boolean needs = part.stream().anyMatch(one -> one.endsWith("Application"));
    boolean can = family.contains("Consent") || family.equals("ManageSelected");
    if (needs && !can) {
      return 403;
    }
    if (given == null) {
      return needs ? 400 : 0;
    }
    return given.equals(required) || given.equals(part) ? 0 : 400;
  }

  private static Set<String> part(Set<String> required, Owner owner) {
    Set<String> part = new TreeSet<>();
    for (String one : required) {
      if (one.contains(owner.ending())) {
        part.add(one);
      }
    }
    return part;
  }

  private static @Nullable Set<String> given(Random random, Set<String> required, Owner owner) {
    return switch (random.nextInt(5)) {
      case 0 -> null;
      case 1 -> required;
      case 2, 3 -> part(required, owner);
      default -> some(random, POOL);
    };
  }

  private static String consent(@Nullable Set<String> given) {
    if (given == null) {
      return "";
    }
    List<String> words = new ArrayList<>();
    for (String one : given) {
      words.addAll(List.of(one.split(" ")));
    }
    return TeamsWorld.consent(words.toArray(String[]::new));
  }

  private static String caller(Owner owner, String family) {
    return InProcess.app("TeamsAppInstallation." + family + "For" + owner.family() + ".All");
  }

  private static Set<String> some(Random random, List<String> pool) {
    Set<String> some = new TreeSet<>();
    for (String one : pool) {
      if (random.nextInt(3) == 0) {
        some.add(one);
      }
    }
    return some;
  }

  private static ObjectNode manifest(App app, int version, Set<String> required) {
    List<String> words = new ArrayList<>();
    for (String one : required) {
      words.addAll(List.of(one.split(" ")));
    }
    return Manifests.with(
        Manifests.plain(app.externalId, version + ".0"), app.client, words.toArray(String[]::new));
  }

  private void invariants() {
    assertThat(
            violations(
                "an installation is at a definition that was never published",
                """
                select i.installation_id as place from teams_installation i
                join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
                  and d.version_key = i.version_key
                where d.publishing_state <> 'published'
                """))
        .isEmpty();
    assertThat(
            violations(
                "grants are not the application part of the consented set",
                """
                select i.installation_id as place from teams_installation i
                where array(select g.permission from teams_grant g
                    where g.tenant_id = i.tenant_id and g.owner_kind = i.owner_kind
                      and g.owner_id = i.owner_id and g.app_id = i.app_id order by 1)
                  <> array(select p.one ->> 'permissionValue'
                    from jsonb_array_elements(coalesce(i.consented, '[]')) p(one)
                    where p.one ->> 'permissionType' = 'application' order by 1)
                """))
        .isEmpty();
    assertThat(
            violations(
                "a grant has no installation",
                """
                select g.grant_id as place from teams_grant g
                where not exists (select 1 from teams_installation i
                  where i.tenant_id = g.tenant_id and i.owner_kind = g.owner_kind
                    and i.owner_id = g.owner_id and i.app_id = g.app_id)
                """))
        .isEmpty();
    assertThat(
            violations(
                "a grant is not for the registration of the installed definition",
                """
                select g.grant_id as place from teams_grant g
                join teams_installation i on i.tenant_id = g.tenant_id
                  and i.owner_kind = g.owner_kind and i.owner_id = g.owner_id
                  and i.app_id = g.app_id
                join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
                  and d.version_key = i.version_key
                where d.client_app_id <> g.client_app_id
                """))
        .isEmpty();
  }

  private List<String> violations(String what, String query) {
    return db.read(tx -> tx.list(Sql.of(query), row -> what + ": " + row.text("place")));
  }
}
