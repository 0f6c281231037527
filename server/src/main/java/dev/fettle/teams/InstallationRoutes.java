package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.directory.OwnerKind;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The operations on installed apps in users, chats and teams. Public documents: the pages "List,
 * Get, Add, Upgrade, Remove apps" of the three scopes, "Get chat between user and app", "List
 * permissionGrants".
 */
final class InstallationRoutes {

  private static final Set<GraphVersion> BOTH = Route.in(V1, BETA);
  private static final String TYPE = "microsoft.graph.teamsAppInstallation";
  private static final String IN_DATA_ONLY =
      "In the permission data only; the owners are in scopeInfo.";

  /**
   * One way to address an owner.
   *
   * @param host the owner's template
   * @param below the part of the template between the owner and its installed apps
   */
  private record OwnerPath(OwnerKind kind, String host, String below) {

    String collection() {
      return host + below + "/installedApps";
    }

    String installation() {
      return collection() + "/{installation-id}";
    }

    boolean me() {
      return host.startsWith("/me");
    }

    /** True if the path names a chat or team as one of a user's. */
    boolean throughUser() {
      return kind != OwnerKind.USER && (me() || host.startsWith("/users/"));
    }

    Owner owner(Call call) {
      return kind == OwnerKind.USER && me()
          ? new Owner(kind, Owners.me(call.caller()))
          : new Owner(kind, call.key(kind.text() + "-id"));
    }
  }

  private static final List<OwnerPath> PATHS =
      List.of(
          new OwnerPath(OwnerKind.USER, "/users/{user-id}", "/teamwork"),
          new OwnerPath(OwnerKind.USER, "/me", "/teamwork"),
          new OwnerPath(OwnerKind.CHAT, "/chats/{chat-id}", ""),
          new OwnerPath(OwnerKind.CHAT, "/users/{user-id}/chats/{chat-id}", ""),
          new OwnerPath(OwnerKind.CHAT, "/me/chats/{chat-id}", ""),
          new OwnerPath(OwnerKind.TEAM, "/teams/{team-id}", ""),
          new OwnerPath(OwnerKind.TEAM, "/groups/{team-id}", "/team"),
          new OwnerPath(OwnerKind.TEAM, "/users/{user-id}/joinedTeams/{team-id}", ""),
          new OwnerPath(OwnerKind.TEAM, "/me/joinedTeams/{team-id}", ""));

  private static final Sql ALL = Sql.of("true");
  private static final Sql ANY_DEFINITION = Sql.of("");
  private static final Sql OF_APP = Sql.of("t.app_id = :appId and t.owner_kind = any(:kinds)");
  private static final Sql OF_DEFINITION =
      Sql.of(
          """
           and t.version_key = (
            select t_d.version_key from teams_definition t_d
            where t_d.tenant_id = t.tenant_id and t_d.app_id = t.app_id
              and t_d.definition_id = :definitionId)
          """);
  private static final Sql OF_CALLER =
      Sql.of(
          """
           and exists (
            select 1 from teams_definition t_d
            where t_d.tenant_id = t.tenant_id and t_d.app_id = t.app_id
              and t_d.version_key = t.version_key and t_d.client_app_id = lower(:clientAppId))
          """);

  private final Installations installations;
  private final Reads reads;

  InstallationRoutes(Installations installations, Reads reads) {
    this.installations = installations;
    this.reads = reads;
  }

  /** Every operation. */
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (OwnerPath path : PATHS) {
      routes.addAll(installed(path));
      if (path.kind() == OwnerKind.USER) {
        Route chat = Route.get(BOTH, path.installation() + "/chat");
        routes.add(in(path, chat, this::chat));
      }
      if (!path.me() && !path.throughUser()) {
        routes.add(grants(path));
        if (!path.host().startsWith("/groups/")) {
          routes.add(preview(path));
        }
      }
    }
    String app = "/appCatalogs/teamsApps/{app-id}";
    routes.add(
        Route.get(BETA, app + "/installations")
            .handle(call -> ofApp(call, ANY_DEFINITION))
            .notes(IN_DATA_ONLY));
    routes.add(
        Route.get(BETA, app + "/appDefinitions/{definition-id}/installations")
            .handle(
                call -> {
                  String id = TeamsIds.padded(call.key("definition-id"));
                  return ofApp(call, OF_DEFINITION.with("definitionId", id));
                })
            .notes(IN_DATA_ONLY));
    routes.add(
        Route.get(FETTLE, "/upgrades")
            .handle(call -> reads.collection(call, InstallationResources.PENDING, ALL)));
    String enabled = "/teams/{team-id}/channels/{channel-id}/enabledApps";
    routes.add(Route.get(BOTH, enabled).notBuilt());
    routes.add(Route.post(BOTH, enabled + "/$ref").notBuilt());
    routes.add(Route.delete(BOTH, enabled + "/{app-id}/$ref").notBuilt());
    return routes;
  }

  private List<Route> installed(OwnerPath path) {
    OwnerKind kind = path.kind();
    String all = path.collection();
    String one = path.installation();
    Resource resource = InstallationResources.of(kind);
    return List.of(
        in(
            path,
            Route.get(BOTH, all),
            (call, owner) ->
                reads.collection(call, resource, visible(call, owner), missing(call, owner))),
        in(
            path,
            Route.get(BOTH, all + "/$count"),
            (call, owner) ->
                reads.count(call, resource, visible(call, owner), missing(call, owner))),
        in(
            path,
            Route.post(BOTH, all)
                .body(
                    kind == OwnerKind.USER
                        ? "microsoft.graph.userScopeTeamsAppInstallation"
                        : TYPE),
            this::add),
        in(
            path,
            Route.get(BOTH, one),
            (call, owner) -> read(call, owner, resource, installation(call, owner, "t"))),
        in(
            path,
            Route.delete(BOTH, one),
            (call, owner) -> {
              installations.remove(call.caller(), call.permissions(), owner, id(call));
              return Answers.noContent();
            }),
        in(path, Route.action(BOTH, one + "/upgrade").parameters("upgrade", TYPE), this::upgrade),
        part(path, "/teamsApp", CatalogueResources.ALL_APPS, "app_id"),
        part(path, "/teamsAppDefinition", CatalogueResources.DEFINITIONS, "app_id", "version_key"));
  }

  /** The operation that reads what an installation leads to by these columns. */
  private Route part(OwnerPath path, String name, Resource resource, String... columns) {
    String refers =
        "(t.%s) = (select t_i.%s from teams_installation t_i where t_i.tenant_id = t.tenant_id and "
            .formatted(String.join(", t.", columns), String.join(", t_i.", columns));
    Sql start = Sql.of(refers);
    return in(
        path,
        Route.get(BOTH, path.installation() + name),
        (call, owner) -> {
          Sql scope = start.append(installation(call, owner, "t_i")).append(")");
          return read(call, owner, resource, scope);
        });
  }

  /**
   * An operation in an owner: a path that leads through a user ends where the user does not belong
   * to the chat or team.
   */
  private Route in(OwnerPath path, Route route, BiFunction<Call, Owner, Response> operation) {
    return route.handle(
        call -> {
          Owner owner = path.owner(call);
          if (path.throughUser()) {
            String user = path.me() ? Owners.me(call.caller()) : call.key("user-id");
            installations.requireMember(call.caller(), owner, user);
          }
          return operation.apply(call, owner);
        });
  }

  private Route grants(OwnerPath path) {
    return in(
        path,
        Route.get(BOTH, path.host() + "/permissionGrants"),
        (call, owner) ->
            reads.collection(
                call, InstallationResources.GRANTS, owned(call, owner, "t"), missing(call, owner)));
  }

  private Route preview(OwnerPath path) {
    Permissions upgrade = Permissions.of(V1, "POST", path.installation() + "/upgrade");
    return in(
        path,
        Route.get(FETTLE, path.installation() + "/upgradePreview"),
        (call, owner) -> preview(call, owner, upgrade));
  }

  private Response preview(Call call, Owner owner, Permissions upgrade) {
    OwnerKind kind = owner.kind();
    UpgradePreview preview =
        installations.preview(
            call.caller(),
            upgrade.opening(call.caller(), call.permissions()),
            upgrade.accepted(call.caller().kind()),
            owner,
            id(call));
    String context = call.root() + "/$metadata#fettle.upgradePreview";
    return Answers.json(200, InstallationJson.write(preview, kind, context));
  }

  private Response upgrade(Call call, Owner owner) {
    installations.upgrade(
        call.caller(),
        call.permissions(),
        owner,
        id(call),
        InstallationJson.consented(call.content()));
    return Answers.noContent();
  }

  private Response ofApp(Call call, Sql more) {
    String app = Guids.canonical(call.key("app-id"));
    return reads.collection(
        call,
        InstallationResources.ALL,
        OF_APP.with("appId", app).with("kinds", kinds(call)).append(more),
        () -> installations.requireApp(call.caller(), app));
  }

  /** Whoever may read installations in owners of some kinds sees those in others in no list. */
  private static List<String> kinds(Call call) {
    return Arrays.stream(OwnerKind.values())
        .filter(
            kind ->
                call.permissions().stream()
                    .anyMatch(
                        name ->
                            name.equals("TeamsAppInstallation.Read.All")
                                || name.endsWith("For" + kind.capitalized() + ".All")))
        .map(OwnerKind::text)
        .toList();
  }

  private Response add(Call call, Owner owner) {
    String id =
        installations.add(
            call.caller(),
            call.permissions(),
            owner,
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

  private Response chat(Call call, Owner owner) {
    return read(
        call,
        owner,
        InstallationResources.BOT_CHAT,
        installation(call, owner, "t"),
        "The app has no bot, so there is no chat with it.");
  }

  private Response read(Call call, Owner owner, Resource resource, Sql scope) {
    return read(
        call,
        owner,
        resource,
        scope,
        "App installation with id '%s' not found.".formatted(id(call)));
  }

  /**
   * An entity of an installation; if it is not there, the refusal tells whether the owner or the
   * installation is missing, or else the given reason.
   */
  private Response read(Call call, Owner owner, Resource resource, Sql scope, String missing) {
    installations.reach(call.caller(), call.permissions(), owner, id(call));
    try {
      return reads.entity(call, resource, scope, missing);
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.NotFound) {
        installations.requireInstallation(call.caller(), owner, id(call));
      }
      throw refusal;
    }
  }

  private static Sql visible(Call call, Owner owner) {
    Sql owned = owned(call, owner, "t");
    // Permissions for the caller's own app alone show nothing else, and no error.
    return Authority.of(call.permissions()).anyApp()
        ? owned
        : owned.append(OF_CALLER.with("clientAppId", call.caller().appId()));
  }

  private static Sql installation(Call call, Owner owner, String alias) {
    return owned(call, owner, alias)
        .append(" and %s.installation_id = :installationId".formatted(alias))
        .with("installationId", TeamsIds.padded(id(call)));
  }

  private static Sql owned(Call call, Owner owner, String alias) {
    return Sql.of("%s.owner_kind = :ownerKind and %s.owner_id = ".formatted(alias, alias))
        .with("ownerKind", owner.kind())
        .append(Owners.id(owner.kind(), call.caller().tenantId(), owner.key()));
  }

  private Runnable missing(Call call, Owner owner) {
    return () -> installations.requireOwner(call.caller(), owner);
  }

  private static String id(Call call) {
    return call.key("installation-id");
  }
}
