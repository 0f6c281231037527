package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.identity.Tenants;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import dev.fettle.teams.NaiveTeams.App;
import dev.fettle.teams.NaiveTeams.Caller;
import dev.fettle.teams.NaiveTeams.Definition;
import dev.fettle.teams.NaiveTeams.Installed;
import dev.fettle.teams.NaiveTeams.Owner;
import dev.fettle.teams.NaiveTeams.Place;
import dev.fettle.teams.packages.Manifests;
import dev.fettle.teams.packages.PackageWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random histories of publishing, reviewing, installing, upgrading, removing and switching, over
 * two owners of each kind, apps with random manifests and callers of all families, held against
 * {@link NaiveTeams}: server and model have to agree on each answer and on what is there after it,
 * and the database's invariants hold at the end.
 *
 * <p>What fails prints its seed and the whole history, the failing step last. To run one history
 * again, put its seed among the {@link #seeds}.
 */
@WithPostgres
@Tag(AnsweredRows.VARYING)
class HistoryTest {

  private static final int STEPS = 70;
  private static final String ALEX = "97a5a533-833d-494b-b543-c0afe026cb96";
  private static final String OTHER_CHAT = "19:5bd86ec7f6b247d3b9e519b0bfef5d03@thread.v2";
  private static final String OTHER_TEAM = "7eeb5a95-f602-4861-ab67-49714fa5a020";

  private static final List<String> PERMISSIONS =
      List.of(
          "A.Read.User Application",
          "A.Read.User Delegated",
          "B.Read.Chat Application",
          "B.Read.Chat Delegated",
          "Chat.Manage.Chat Application",
          "C.Read.Group Application",
          "C.Read.Group Delegated");
  private static final List<String> FAMILIES =
      List.of(
          "ReadWriteSelf",
          "ReadWrite",
          "ReadWriteAndConsentSelf",
          "ReadWriteAndConsent",
          "ReadWriteAndConsent",
          "ManageSelected",
          "ReadWriteSelected",
          "");
  private static final List<String> ABILITIES =
      List.of(
          "bot in personal",
          "bot in team",
          "bot that listens",
          "supportsCalling",
          "supportsVideo",
          "supportsFiles",
          "extension",
          "connector");
  private static final List<String> BOTS =
      List.of("b0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000002");
  private static final List<Owner> OWNERS =
      List.of(
          new Owner(
              "megan",
              "User",
              ".User",
              "/v1.0/users/" + TeamsWorld.MEGAN + "/teamwork/installedApps",
              Set.of(TeamsWorld.MEGAN)),
          new Owner(
              "alex",
              "User",
              ".User",
              "/beta/users/alex@contoso.example/teamwork/installedApps",
              Set.of(ALEX)),
          new Owner(
              "chat",
              "Chat",
              ".Chat",
              "/v1.0/chats/" + TeamsWorld.CHAT + "/installedApps",
              Set.of(TeamsWorld.MEGAN, ALEX)),
          new Owner(
              "other chat",
              "Chat",
              ".Chat",
              "/beta/chats/" + Request.encode(OTHER_CHAT) + "/installedApps",
              Set.of(ALEX)),
          new Owner(
              "team",
              "Team",
              ".Group",
              "/beta/teams/" + TeamsWorld.TEAM + "/installedApps",
              Set.of(TeamsWorld.MEGAN)),
          new Owner(
              "other team",
              "Team",
              ".Group",
              "/v1.0/groups/" + OTHER_TEAM + "/team/installedApps",
              Set.of()));

  private final Db db;

  HistoryTest(Db db) {
    this.db = db;
  }

  /**
   * A few that are always the same, and one that nobody has seen before; more of those by the
   * system property {@code fettle.histories}.
   */
  static LongStream seeds() {
    return LongStream.concat(
        LongStream.of(1, 22, 333), new Random().longs(Integer.getInteger("fettle.histories", 1)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void server_and_naive_model_agree_on_every_answer(long seed) {
    try (History history = new History(db, seed)) {
      for (int step = 0; step < STEPS; step++) {
        history.step();
      }
      history.compare();
    }
    invariants();
  }

  /** No order of events is agreed on here, so what counts is that nothing breaks. */
  @Test
  void everything_at_once_keeps_the_invariants() throws Exception {
    try (TeamsWorld world = new TeamsWorld(db)) {
      String externalId = UUID.randomUUID().toString();
      String app = world.publish(Manifests.plain(externalId, "1.0"));
      ok(
          world.server.patch(
              InProcess.app("TeamworkAppSettings.ReadWrite.All"),
              "/fettle/v1.0/upgradeSettings",
              "{\"automaticUpgrades\":true}"));
      List<String> consents =
          List.of(
              TeamsWorld.consent(),
              TeamsWorld.consent("B.Read.Chat", "Application"),
              TeamsWorld.consent("B.Read.Chat", "Application", "C.Read.Chat", "Application"));
      String caller = InProcess.app("TeamsAppInstallation.ManageSelectedForChat.All");
      String collection = "/v1.0/chats/" + TeamsWorld.CHAT + "/installedApps";
      String path = collection + "/" + TeamsIds.installation(TeamsWorld.CHAT, app);
      AtomicBoolean going = new AtomicBoolean(true);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Set<Integer>>> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          int number = i;
          others.add(
              threads.submit(
                  () -> {
                    Set<Integer> seen = new TreeSet<>();
                    Random random = new Random(number);
                    while (going.get()) {
                      String consent = consents.get(random.nextInt(consents.size()));
                      seen.add(
                          switch (random.nextInt(5)) {
                            case 0 -> world.server.delete(caller, path).status();
                            case 1, 2 ->
                                world
                                    .server
                                    .post(caller, collection, TeamsWorld.body(app, consent))
                                    .status();
                            default ->
                                world
                                    .server
                                    .post(caller, path + "/upgrade", "{" + consent + "}")
                                    .status();
                          });
                    }
                    return seen;
                  }));
        }
        try {
          for (int version = 2; version < 20; version++) {
            String[] required =
                switch (version / 2 % 3) {
                  case 0 -> new String[0];
                  case 1 -> new String[] {"B.Read.Chat", "Application"};
                  default ->
                      new String[] {"B.Read.Chat", "Application", "C.Read.Chat", "Application"};
                };
            world.update(
                app,
                Manifests.with(
                    Manifests.plain(externalId, version + ".0"), NaiveTeams.SELF, required));
          }
        } finally {
          going.set(false);
        }
        for (Future<Set<Integer>> other : others) {
          assertThat(other.get()).isSubsetOf(201, 204, 400, 404, 409);
        }
      }
      ok(
          world.server.patch(
              InProcess.app("TeamworkAppSettings.ReadWrite.All"),
              "/fettle/v1.0/upgradeSettings",
              "{\"automaticUpgrades\":false}"));
    }
    invariants();
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void the_seeded_tenant_fulfils_the_invariants() {
    new TeamsWorld(db).close();
    invariants();
  }

  /** One tenant and what happens in it. */
  private static final class History implements AutoCloseable {

    private final long seed;
    private final Random random;
    private final String tenant = UUID.randomUUID().toString();
    private final InProcess server;
    private final NaiveTeams model = new NaiveTeams();
    private final List<App> apps = new ArrayList<>(List.of(app(), app(), app()));
    private final List<String> told = new ArrayList<>();

    History(Db db, long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      TestClock clock = new TestClock();
      server = new InProcess(db, clock, Ids.random(), Path.of("target"));
      var _ = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(tenant, null, null);
      TeamsWorld.fillDirectory(db, clock, tenant);
    }

    private static App app() {
      return new App(UUID.randomUUID().toString());
    }

    void step() {
      App app = one(apps);
      Owner owner = one(OWNERS);
      Caller caller =
          new Caller(
              one(FAMILIES), random.nextInt(3) == 0 ? one(List.of(TeamsWorld.MEGAN, ALEX)) : null);
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> publish(app);
        case 4 -> review(app);
        case 5, 6, 7, 8, 9 -> install(owner, caller, app);
        case 10, 11, 12, 13, 14, 15 -> anywhere(caller, this::upgrade);
        case 16, 17 -> anywhere(caller, this::remove);
        case 18 -> toggle();
        default -> {
          if (random.nextInt(3) == 0) {
            delete(app);
          }
          compare();
        }
      }
    }

    /** At one of the places where something is installed; nowhere if there is none. */
    private void anywhere(Caller caller, Act act) {
      List<Place> places = List.copyOf(model.installed.keySet());
      if (!places.isEmpty()) {
        Place place = one(places);
        act.on(place.owner(), caller, place.app());
      }
    }

    private interface Act {
      void on(Owner owner, Caller caller, App app);
    }

    private void publish(App app) {
      boolean review = random.nextInt(4) == 0;
      Set<String> required = some(random.nextInt(4));
      String client = random.nextInt(4) == 0 ? number(app) : NaiveTeams.SELF;
      Definition definition =
          new Definition(
              1 + random.nextInt(30),
              required,
              random.nextInt(4) == 0 ? null : client,
              random.nextInt(3) == 0 ? abilities() : Set.of());
      boolean first = app.id == null;
      String target = "/v1.0/appCatalogs/teamsApps";
      tell("publish %s %s%s", name(app), definition, review ? " for review" : "");
      Answer answer =
          send(
              "POST",
              (first ? target : target + "/" + app.id + "/appDefinitions")
                  + (review ? "?requiresReview=true" : ""),
              admin(),
              "application/zip",
              null,
              PackageWriter.write(manifest(app, definition)));
      agree(model.publish(app, definition, review), answer);
      if (first && answer.status() == 201) {
        app.id = answer.json().path("id").stringValue();
      }
    }

    /** Nearly always the same, so that versions have more and less of them. */
    private Set<String> abilities() {
      Set<String> abilities = new TreeSet<>();
      for (String one : ABILITIES) {
        if (random.nextInt(5) > 0) {
          abilities.add(one);
        }
      }
      if (abilities.contains("bot in personal") || abilities.contains("bot in team")) {
        abilities.add("bot " + (random.nextInt(4) == 0 ? BOTS.getFirst() : BOTS.getLast()));
      } else {
        abilities.retainAll(Set.of("extension", "connector"));
      }
      return abilities;
    }

    private void review(App app) {
      if (app.submitted == null) {
        return;
      }
      String definitions = "/v1.0/appCatalogs/teamsApps/" + app.id + "/appDefinitions";
      JsonNode submitted =
          get(admin(), definitions + "?$filter=publishingState%20eq%20'submitted'").get(0);
      String target = definitions + "/" + submitted.path("id").stringValue();
      int decision = random.nextInt(4);
      tell("%s %s", List.of("reject", "withdraw", "approve", "approve").get(decision), name(app));
      if (decision == 1) {
        agree(204, send("DELETE", target, admin(), null, null, new byte[0]));
        model.withdraw(app);
        return;
      }
      agree(
          200,
          send(
              "PATCH",
              target,
              admin(),
              "application/json",
              submitted.path("@odata.etag").stringValue(),
              "{\"publishingState\":\"%s\"}"
                  .formatted(decision == 0 ? "rejected" : "published")
                  .getBytes(StandardCharsets.UTF_8)));
      if (decision == 0) {
        model.reject(app);
      } else {
        model.approve(app);
      }
    }

    private void install(Owner owner, Caller caller, App app) {
      if (app.id == null) {
        return;
      }
      Set<String> given = given(app, owner);
      tell("install %s in %s by %s, consenting to %s", name(app), owner, caller, given);
      Answer answer =
          server.post(
              header(owner, caller), owner.collection(), TeamsWorld.body(app.id, consent(given)));
      agree(model.install(owner, caller, app, given), answer);
      if (answer.status() == 201) {
        String location = String.valueOf(answer.header("Location"));
        model.installed(
            owner, app, Request.decode(location.substring(location.lastIndexOf('/') + 1)));
      }
    }

    private void upgrade(Owner owner, Caller caller, App app) {
      Set<String> given = given(app, owner);
      tell("upgrade %s in %s by %s, consenting to %s", name(app), owner, caller, given);
      preview(owner, caller, app);
      String body = given == null && random.nextBoolean() ? null : "{" + consent(given) + "}";
      String action = random.nextBoolean() ? "/upgrade" : "/microsoft.graph.upgrade";
      agree(
          model.upgrade(owner, caller, app, given),
          server.post(header(owner, caller), path(owner, app) + action, body));
    }

    /** A preview promises exactly what an upgrade with the right consent would be answered. */
    private void preview(Owner owner, Caller caller, App app) {
      Definition newest = app.newest();
      if (caller.family().isEmpty()
          || newest == null
          || owner.collection().startsWith("/v1.0/groups")) {
        return;
      }
      int expected =
          model.wouldUpgrade(owner, caller, app, NaiveTeams.part(newest.required(), owner));
      Answer answer =
          server.get(
              header(owner, caller),
              path(owner, app).replaceFirst("/(v1.0|beta)/", "/fettle/v1.0/") + "/upgradePreview");
      if (answer.status() == 200) {
        assertThat(answer.json().path("refusal").isNull())
            .as(() -> told() + "preview: " + answer.body())
            .isEqualTo(expected == 204);
      }
    }

    private void remove(Owner owner, Caller caller, App app) {
      tell("remove %s from %s by %s", name(app), owner, caller);
      Answer answer = server.delete(header(owner, caller), path(owner, app));
      agree(model.remove(owner, caller, app), answer);
    }

    private void delete(App app) {
      if (app.id == null) {
        return;
      }
      tell("delete %s", name(app));
      agree(
          204,
          send(
              "DELETE", "/v1.0/appCatalogs/teamsApps/" + app.id, admin(), null, null, new byte[0]));
      app.gone = true;
      // The manifest's id is free again, for an app that has nothing to do with this one.
      apps.set(apps.indexOf(app), new App(app.externalId));
    }

    private void toggle() {
      String settings = "/beta/teamwork/teamsAppSettings";
      String caller = user(TeamsWorld.MEGAN, "TeamworkAppSettings.ReadWrite.All");
      switch (random.nextInt(3)) {
        case 0 -> {
          model.userConsent = !model.userConsent;
          set(
              caller,
              settings,
              "isUserPersonalScopeResourceSpecificConsentEnabled",
              model.userConsent);
        }
        case 1 -> {
          model.chatConsent = !model.chatConsent;
          set(caller, settings, "isChatResourceSpecificConsentEnabled", model.chatConsent);
        }
        default -> {
          model.turnAutomatic(!model.automatic);
          set(caller, "/fettle/v1.0/upgradeSettings", "automaticUpgrades", model.automatic);
        }
      }
    }

    private void set(String caller, String target, String name, boolean value) {
      tell("%s = %s", name, value);
      agree(200, server.patch(caller, target, "{\"%s\":%s}".formatted(name, value)));
    }

    /** The installations and their ids are those of the model. */
    void compare() {
      for (Owner owner : OWNERS) {
        Map<String, String> expected = new TreeMap<>();
        model.installed.forEach(
            (place, there) -> {
              if (place.owner() == owner) {
                expected.put(
                    there.id(),
                    place.app().id
                        + " "
                        + there.definition().version()
                        + ".0 "
                        + new TreeSet<>(there.consented()));
              }
            });
        String reader =
            InProcess.appOf(tenant, "TeamsAppInstallation.ReadFor" + owner.kind() + ".All");
        Map<String, String> actual = new TreeMap<>();
        for (JsonNode one :
            get(
                reader,
                owner.collection()
                    + "?$select=id,consentedPermissionSet&$expand=teamsApp($select=id),"
                    + "teamsAppDefinition($select=version)")) {
          actual.put(
              one.path("id").stringValue(),
              one.path("teamsApp").path("id").stringValue()
                  + " "
                  + one.path("teamsAppDefinition").path("version").stringValue()
                  + " "
                  + permissions(
                      one.path("consentedPermissionSet").path("resourceSpecificPermissions")));
        }
        assertThat(actual).as(() -> told() + "installed in " + owner).isEqualTo(expected);
        Set<String> grants = new TreeSet<>();
        String host = owner.collection().replaceFirst("(/teamwork|/team)?/installedApps", "");
        for (JsonNode one :
            get(
                InProcess.appOf(
                    tenant, "ResourceSpecificPermissionGrant.ReadFor" + owner.kind() + ".All"),
                host + "/permissionGrants")) {
          grants.add(
              one.path("permission").stringValue() + " " + one.path("clientAppId").stringValue());
        }
        assertThat(grants).as(() -> told() + "grants in " + owner).isEqualTo(model.grants(owner));
      }
      Set<String> behind = new TreeSet<>();
      for (JsonNode one :
          get(InProcess.appOf(tenant, "TeamsAppInstallation.Read.All"), "/fettle/v1.0/upgrades")) {
        behind.add(one.path("installationId").stringValue());
      }
      assertThat(behind).as(() -> told() + "behind").isEqualTo(model.behind());
    }

    private JsonNode get(String caller, String target) {
      Answer answer = server.get(caller, target);
      assertThat(answer.status()).as(() -> told() + target + " " + answer.body()).isEqualTo(200);
      return answer.json().path("value");
    }

    private Answer send(
        String method,
        String target,
        String caller,
        @Nullable String type,
        @Nullable String etag,
        byte[] body) {
      Headers headers = Headers.of("Authorization", caller);
      headers = type == null ? headers : headers.with("Content-Type", type);
      headers = etag == null ? headers : headers.with("If-Match", etag);
      return server.send(method, target, headers, body);
    }

    private void agree(int expected, Answer answer) {
      assertThat(answer.status())
          .as(() -> told() + "answered: " + answer.body())
          .isEqualTo(expected);
    }

    private void tell(String step, @Nullable Object... words) {
      told.add(step.formatted(words));
    }

    private String told() {
      return "history with seed %dL:%n  %s%n".formatted(seed, String.join("\n  ", told));
    }

    private String name(App app) {
      return "app " + (char) ('A' + Math.max(0, apps.indexOf(app)));
    }

    private String path(Owner owner, App app) {
      Installed there = Objects.requireNonNull(model.installed.get(new Place(owner, app)));
      String id = there.id();
      return owner.collection()
          + "/"
          + switch (random.nextInt(3)) {
            case 0 -> id;
            case 1 -> id.replace("=", "");
            default -> Request.encode(id);
          };
    }

    /** A registration that is some app's and not the caller's. */
    private static String number(App app) {
      return UUID.nameUUIDFromBytes(app.externalId.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private String header(Owner owner, Caller caller) {
      String permission =
          caller.family().isEmpty()
              ? ""
              : "TeamsAppInstallation." + caller.family() + "For" + owner.kind();
      return caller.user() == null
          ? InProcess.appOf(tenant, permission.isEmpty() ? "" : permission + ".All")
          : user(caller.user(), permission);
    }

    private String admin() {
      return user(TeamsWorld.MEGAN, "AppCatalog.ReadWrite.All");
    }

    private String user(String id, String permission) {
      return "Test user:%s %s %s".formatted(id, tenant, permission);
    }

    private @Nullable Set<String> given(App app, Owner owner) {
      Definition newest = app.newest();
      Set<String> required = newest == null ? Set.of() : newest.required();
      return switch (random.nextInt(7)) {
        case 0 -> null;
        case 1 -> required;
        case 2 -> some(2);
        default -> NaiveTeams.part(required, owner);
      };
    }

    @Override
    public void close() {
      server.close();
    }

    private <T> T one(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private Set<String> some(int most) {
      Set<String> some = new TreeSet<>();
      for (int i = 0; i < most; i++) {
        some.add(one(PERMISSIONS));
      }
      return some;
    }
  }

  private static Set<String> permissions(JsonNode list) {
    Set<String> permissions = new TreeSet<>();
    for (JsonNode one : list) {
      permissions.add(
          one.path("permissionValue").stringValue()
              + " "
              + (one.path("permissionType").stringValue().equals("application")
                  ? "Application"
                  : "Delegated"));
    }
    return permissions;
  }

  private static String consent(@Nullable Set<String> given) {
    return given == null ? "" : TeamsWorld.consent(words(given));
  }

  private static ObjectNode manifest(App app, Definition definition) {
    ObjectNode manifest = Manifests.plain(app.externalId, definition.version() + ".0");
    manifest =
        Manifests.with(manifest, String.valueOf(definition.client()), words(definition.required()));
    if (definition.client() == null) {
      manifest.remove("webApplicationInfo");
    }
    Set<String> abilities = definition.abilities();
    for (String id : BOTS) {
      if (abilities.contains("bot " + id)) {
        ObjectNode bot = manifest.putArray("bots").addObject().put("botId", id);
        bot.put("isNotificationOnly", !abilities.contains("bot that listens"));
        for (String flag : List.of("supportsCalling", "supportsVideo", "supportsFiles")) {
          bot.put(flag, abilities.contains(flag));
        }
        ArrayNode scopes = bot.putArray("scopes");
        for (String scope : List.of("personal", "team")) {
          if (abilities.contains("bot in " + scope)) {
            scopes.add(scope);
          }
        }
      }
    }
    if (abilities.contains("extension")) {
      manifest.putArray("composeExtensions").addObject().put("composeExtensionType", "apiBased");
    }
    if (abilities.contains("connector")) {
      manifest
          .putArray("connectors")
          .addObject()
          .put("connectorId", "c")
          .putArray("scopes")
          .add("team");
    }
    return manifest;
  }

  /** Names and types in turn. */
  private static String[] words(Set<String> permissions) {
    return permissions.stream()
        .flatMap(one -> Arrays.stream(one.split(" ", -1)))
        .toArray(String[]::new);
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
    return db.statement(tx -> tx.list(Sql.of(query), row -> what + ": " + row.text("place")));
  }
}
