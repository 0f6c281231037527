package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.directory.Owners;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Permissions;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.teams.packages.AppScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The operations on installed apps in users, chats and teams. Public documents: the pages "List,
 * Get, Add, Upgrade, Remove apps" of the three scopes, "Get chat between user and app", "List
 * permissionGrants".
 */
final class InstallationRoutes {

  private static final Set<GraphVersion> BOTH = Route.in(V1, BETA);

  /** One way to address an owner. */
  private record Door(
      AppScope scope, String host, String collection, Function<Call, Owner> owner, boolean me) {

    /** Whether the path names a chat or team as one of a user's. */
    boolean throughUser() {
      return scope != AppScope.USER && (me || host.startsWith("/users/"));
    }
  }

  private static final List<Door> DOORS =
      List.of(
          new Door(
              AppScope.USER,
              "/users/{user-id}",
              "/users/{user-id}/teamwork/installedApps",
              call -> new Owner(AppScope.USER, call.key("user-id")),
              false),
          new Door(
              AppScope.USER, "/me", "/me/teamwork/installedApps", InstallationRoutes::me, true),
          chat("/chats/{chat-id}", false),
          chat("/users/{user-id}/chats/{chat-id}", false),
          chat("/me/chats/{chat-id}", true),
          team("/teams/{team-id}", "/teams/{team-id}", false),
          team("/groups/{team-id}", "/groups/{team-id}/team", false),
          team(
              "/users/{user-id}/joinedTeams/{team-id}",
              "/users/{user-id}/joinedTeams/{team-id}",
              false),
          team("/me/joinedTeams/{team-id}", "/me/joinedTeams/{team-id}", true));

  private final Installations installations;
  private final Reads reads;
  private final Db db;

  InstallationRoutes(Installations installations, Reads reads, Db db) {
    this.installations = installations;
    this.reads = reads;
    this.db = db;
  }

  /** Every operation. */
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (Door door : DOORS) {
      installed(door, routes);
      grants(door, routes);
    }
    preview("/users/{user-id}/teamwork/installedApps", DOORS.get(0), routes);
    preview("/chats/{chat-id}/installedApps", DOORS.get(2), routes);
    preview("/teams/{team-id}/installedApps", DOORS.get(5), routes);
    routes.add(
        Route.get(BETA, "/appCatalogs/teamsApps/{app-id}/installations")
            .permissions(InstallationPermissions.ofApp())
            .handle(
                call ->
                    reads.collection(
                        call,
                        InstallationResources.ALL,
                        Sql.of("t.app_id = ?", app(call)).append(" and ").append(kinds(call)),
                        () -> installations.requireApp(call.caller(), app(call))))
            .notes("In the permission data only; the owners are in scopeInfo."));
    routes.add(
        Route.get(
                BETA,
                "/appCatalogs/teamsApps/{app-id}/appDefinitions/{definition-id}/installations")
            .permissions(InstallationPermissions.ofDefinition())
            .handle(
                call ->
                    reads.collection(
                        call,
                        InstallationResources.ALL,
                        Sql.of(
                                "t.app_id = ? and t.version_key = (select t_d.version_key from"
                                    + " teams_definition t_d where t_d.tenant_id = t.tenant_id and"
                                    + " t_d.app_id = t.app_id and t_d.definition_id = ?)",
                                app(call),
                                DefinitionIds.padded(call.key("definition-id")))
                            .append(" and ")
                            .append(kinds(call)),
                        () -> installations.requireApp(call.caller(), app(call))))
            .notes("In the permission data only; the owners are in scopeInfo."));
    routes.add(
        Route.get(FETTLE, "/upgrades")
            .permissions(Permissions.of("TeamsAppInstallation.Read.All"))
            .handle(call -> reads.collection(call, InstallationResources.PENDING, Sql.of("true"))));
    return List.copyOf(routes);
  }

  private void installed(Door door, List<Route> routes) {
    AppScope scope = door.scope();
    String all = door.collection();
    String one = all + "/{installation-id}";
    Permissions list = through(door, InstallationPermissions.list(scope));
    Permissions get = through(door, InstallationPermissions.get(scope));
    Resource resource = InstallationResources.of(scope);
    routes.add(
        Route.get(BOTH, all)
            .permissions(list)
            .handle(
                inside(
                    door,
                    call ->
                        reads.collection(
                            call, resource, scope(call, door), () -> require(call, door)))));
    routes.add(
        Route.get(BOTH, all + "/$count")
            .permissions(list)
            .handle(
                inside(
                    door,
                    call ->
                        reads.count(
                            call, resource, scope(call, door), () -> require(call, door)))));
    routes.add(
        Route.post(BOTH, all)
            .permissions(through(door, InstallationPermissions.add(scope)))
            .body(
                scope == AppScope.USER
                    ? "microsoft.graph.userScopeTeamsAppInstallation"
                    : "microsoft.graph.teamsAppInstallation")
            .handle(inside(door, call -> add(call, door))));
    routes.add(
        Route.get(BOTH, one)
            .permissions(get)
            .handle(inside(door, call -> read(call, door, resource, one(call, door)))));
    routes.add(
        Route.delete(BOTH, one)
            .permissions(through(door, InstallationPermissions.remove(scope)))
            .handle(
                inside(
                    door,
                    call -> {
                      installations.remove(
                          call.caller(),
                          call.permissions(),
                          door.owner().apply(call),
                          call.key("installation-id"));
                      return Answers.noContent();
                    })));
    routes.add(
        Route.action(BOTH, one + "/upgrade")
            .permissions(through(door, InstallationPermissions.upgrade(scope)))
            .parameters("upgrade", "microsoft.graph.teamsAppInstallation")
            .handle(
                inside(
                    door,
                    call -> {
                      installations.upgrade(
                          call.caller(),
                          call.permissions(),
                          door.owner().apply(call),
                          call.key("installation-id"),
                          InstallationJson.consented(call.content()));
                      return Answers.noContent();
                    })));
    routes.add(
        Route.get(BOTH, one + "/teamsApp")
            .permissions(get)
            .handle(
                inside(
                    door,
                    call ->
                        read(
                            call,
                            door,
                            CatalogueResources.ALL_APPS,
                            Sql.of(
                                    "t.app_id = (select t_i.app_id from teams_installation t_i"
                                        + " where t_i.tenant_id = t.tenant_id and ")
                                .append(installation(call, door, "t_i"))
                                .append(")")))));
    routes.add(
        Route.get(BOTH, one + "/teamsAppDefinition")
            .permissions(get)
            .handle(
                inside(
                    door,
                    call ->
                        read(
                            call,
                            door,
                            CatalogueResources.DEFINITIONS,
                            Sql.of(
                                    "(t.app_id, t.version_key) = (select t_i.app_id,"
                                        + " t_i.version_key from teams_installation t_i where"
                                        + " t_i.tenant_id = t.tenant_id and ")
                                .append(installation(call, door, "t_i"))
                                .append(")")))));
    if (scope == AppScope.USER) {
      routes.add(
          Route.get(BOTH, one + "/chat")
              .permissions(through(door, InstallationPermissions.chat()))
              .handle(inside(door, call -> chat(call, door))));
    }
  }

  /**
   * An operation behind a door: one that leads through a user is closed where the user does not
   * belong to the chat or team.
   */
  private Route.Operation inside(Door door, Route.Operation operation) {
    if (!door.throughUser()) {
      return operation;
    }
    return call -> {
      Owner owner = door.owner().apply(call);
      String user = door.me() ? me(call).key() : call.key("user-id");
      db.<Boolean>read(
          tx -> {
            Owners.requireMember(tx, owner.kind(), call.caller().tenantId(), owner.key(), user);
            return true;
          });
      return operation.answer(call);
    };
  }

  private void grants(Door door, List<Route> routes) {
    if (door.me() || door.throughUser()) {
      return;
    }
    routes.add(
        Route.get(BOTH, door.host() + "/permissionGrants")
            .permissions(InstallationPermissions.grants(door.scope()))
            .handle(
                call ->
                    reads.collection(
                        call,
                        InstallationResources.GRANTS,
                        owned(call, door, "t"),
                        () -> require(call, door))));
  }

  private void preview(String collection, Door door, List<Route> routes) {
    AppScope scope = door.scope();
    routes.add(
        Route.get(FETTLE, collection + "/{installation-id}/upgradePreview")
            .permissions(InstallationPermissions.list(scope))
            .handle(
                call -> {
                  UpgradePreview preview =
                      installations.preview(
                          call.caller(),
                          InstallationPermissions.upgrading(
                              scope, call.caller(), call.permissions()),
                          InstallationPermissions.upgrade(scope).accepted(call.caller().kind()),
                          door.owner().apply(call),
                          call.key("installation-id"));
                  return Answers.json(
                      200,
                      InstallationJson.write(
                          preview, scope, call.root() + "/$metadata#fettle.upgradePreview"));
                }));
  }

  private static String app(Call call) {
    return Guids.kept(call.key("app-id"));
  }

  /** Whoever may read installations of some scopes sees those of others in no list. */
  private static Sql kinds(Call call) {
    return Sql.of(
        "t.owner_kind = any(?)",
        Arrays.stream(AppScope.values())
            .filter(
                scope ->
                    call.permissions().stream()
                        .anyMatch(
                            name ->
                                name.equals("TeamsAppInstallation.Read.All")
                                    || name.endsWith("For" + scope.family() + ".All")))
            .map(AppScope::target)
            .toList());
  }

  private Response add(Call call, Door door) {
    String id =
        installations.add(
            call.caller(),
            call.permissions(),
            door.owner().apply(call),
            InstallationJson.appId(call.body()),
            InstallationJson.consented(call.body()));
    String path = call.path();
    return Response.empty(201)
        .with(
            "Location",
            call.root()
                + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
                + "/"
                + Request.encode(id));
  }

  private Response chat(Call call, Door door) {
    Owner owner = door.owner().apply(call);
    String id = call.key("installation-id");
    installations.reach(call.caller(), call.permissions(), owner, id);
    try {
      return reads.entity(call, InstallationResources.BOT_CHAT, one(call, door), "Not Found");
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.NotFound) {
        installations.explainNoChat(call.caller(), owner, id);
      }
      throw refusal;
    }
  }

  /** An entity of an installation; one that is not there is explained. */
  private Response read(Call call, Door door, Resource resource, Sql scope) {
    Owner owner = door.owner().apply(call);
    String id = call.key("installation-id");
    installations.reach(call.caller(), call.permissions(), owner, id);
    try {
      return reads.entity(call, resource, scope, "Not Found");
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.NotFound) {
        installations.explainMissing(call.caller(), owner, id);
      }
      throw refusal;
    }
  }

  private Sql scope(Call call, Door door) {
    Sql owned = owned(call, door, "t");
    // Whose permissions are for its own app only sees nothing else, and no error.
    return Authority.of(call.permissions()).anyApp()
        ? owned
        : owned.append(
            " and exists (select 1 from teams_definition t_d where t_d.tenant_id = t.tenant_id and"
                + " t_d.app_id = t.app_id and t_d.version_key = t.version_key and t_d.client_app_id"
                + " = lower(?))",
            call.caller().appId());
  }

  private Sql one(Call call, Door door) {
    return installation(call, door, "t");
  }

  private static Sql installation(Call call, Door door, String alias) {
    return owned(call, door, alias)
        .append(
            " and %s.installation_id = ?".formatted(alias),
            DefinitionIds.padded(call.key("installation-id")));
  }

  private static Sql owned(Call call, Door door, String alias) {
    Owner owner = door.owner().apply(call);
    return Sql.of(
            "%s.owner_kind = ? and %s.owner_id = ".formatted(alias, alias), owner.scope().target())
        .append(Owners.id(owner.kind(), call.caller().tenantId(), owner.key()));
  }

  private void require(Call call, Door door) {
    Owner owner = door.owner().apply(call);
    db.<Boolean>read(
        tx -> {
          Owners.require(tx, owner.kind(), call.caller().tenantId(), owner.key());
          return true;
        });
  }

  /** Below /me there is a signed-in user; apps by themselves are refused. */
  private static Permissions through(Door door, Permissions permissions) {
    return door.me() ? permissions.delegatedOnly() : permissions;
  }

  private static Owner me(Call call) {
    String user = call.caller().userId();
    if (user == null) {
      throw new Refusal(
          Reason.invalid(null, "/me request is only valid with delegated authentication flow."));
    }
    return new Owner(AppScope.USER, user);
  }

  private static Door chat(String host, boolean me) {
    return new Door(
        AppScope.CHAT,
        host,
        host + "/installedApps",
        call -> new Owner(AppScope.CHAT, call.key("chat-id")),
        me);
  }

  private static Door team(String host, String path, boolean me) {
    return new Door(
        AppScope.TEAM,
        host,
        path + "/installedApps",
        call -> new Owner(AppScope.TEAM, call.key("team-id")),
        me);
  }
}
