package dev.fettle.directory;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.ChangeableProperties;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operations on users, chats, teams and members. Public documents: the pages of the user, chat,
 * team and conversationMember resources.
 */
final class DirectoryRoutes {

  private static final ChangeableProperties CHAT_CHANGES =
      new ChangeableProperties(Set.of("topic"), Set.of("lastUpdatedDateTime"));
  private static final Set<GraphVersion> BOTH = Route.in(V1, BETA);
  private static final String USER = "/users/{user-id}";
  private static final String CHAT = "/chats/{chat-id}";
  private static final String TEAM = "/teams/{team-id}";
  private static final String GROUP = "/groups/{team-id}";
  private static final String USER_TYPE = "microsoft.graph.user";
  private static final String CHAT_TYPE = "microsoft.graph.chat";
  private static final String TEAM_TYPE = "microsoft.graph.team";
  private static final String MEMBER_TYPE = "microsoft.graph.conversationMember";

  private static final Sql ALL = Sql.of("true");
  private static final Sql USER_IS = Sql.of("t.user_id = ");
  private static final Sql USER_ID = Sql.of("t.user_id = :userId");
  private static final Sql CHAT_ID = Sql.of("t.chat_id = :chatId");
  private static final Sql TEAM_ID = Sql.of("t.team_id = :teamId");
  private static final Sql OPERATION = TEAM_ID.append(" and t.team_id = :operationId");
  private static final Sql CHANNEL = TEAM_ID.append(" and t.channel_id = :channelId");
  private static final Sql PRIMARY = TEAM_ID.append(" and t.is_primary");
  private static final Sql IN_HOST = Sql.of("t.host_kind = :hostKind and t.host_id = :hostId");
  private static final Sql MEMBER = Sql.of(" and t.member_id = :memberId");
  private static final Sql IN_TEAM =
      Sql.of(
          """
          t.user_id in (
            select t_m.user_id from directory_member t_m
            where t_m.tenant_id = :tenantId and t_m.host_kind = 'team' and t_m.host_id = :teamId
          """);
  private static final Sql OF_USER =
      Sql.of(
          """
           in (
            select t_m.host_id from directory_member t_m
            where t_m.tenant_id = :tenantId and t_m.host_kind = :kind and t_m.user_id =
          """);

  private final Directory directory;
  private final Reads reads;
  private final Resource chats;
  private final List<Route> routes = new ArrayList<>();

  /**
   * @param chats chats as they are read: {@link DirectoryResources#chats} and what belongs to them
   */
  DirectoryRoutes(Directory directory, Reads reads, Resource chats) {
    this.directory = directory;
    this.reads = reads;
    this.chats = chats;
    users();
    chats();
    teams();
    channels();
    groups();
    chatsOfUser("/users/{user-id}");
    chatsOfUser("/me");
    members(OwnerKind.CHAT, CHAT);
    members(OwnerKind.TEAM, TEAM);
  }

  /** Every operation. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  private Route add(Route route, Route.Operation operation) {
    routes.add(route.handle(operation));
    return route;
  }

  /**
   * A collection and its count.
   *
   * @param check refuses if the owner does not exist; called only if there are no rows
   */
  private Route collection(
      Set<GraphVersion> versions,
      String path,
      Resource resource,
      Function<Call, Sql> scope,
      Consumer<Call> check) {
    add(
        Route.get(versions, path + "/$count"),
        call -> reads.count(call, resource, scope.apply(call), () -> check.accept(call)));
    return add(
        Route.get(versions, path),
        call -> reads.collection(call, resource, scope.apply(call), () -> check.accept(call)));
  }

  private Route collection(String path, Resource resource, Function<Call, Sql> scope) {
    return collection(BOTH, path, resource, scope, call -> {});
  }

  private Route entity(
      String path, Resource resource, Function<Call, Sql> scope, Function<Call, String> missing) {
    return add(
        Route.get(BOTH, path),
        call -> reads.entity(call, resource, scope.apply(call), missing.apply(call)));
  }

  private void delete(String path, OwnerKind kind) {
    add(
        Route.delete(BOTH, path),
        call -> {
          directory.delete(call.caller(), kind, id(call, kind));
          return Answers.noContent();
        });
  }

  private void users() {
    Resource users = DirectoryResources.USERS;
    collection("/users", users, call -> ALL);
    add(Route.post(BOTH, "/users").body(USER_TYPE), this::createUser)
        .notes("The password is not kept: users sign in elsewhere.");
    entity(USER, users, DirectoryRoutes::user, missing(OwnerKind.USER));
    entity(
        "/me",
        users,
        call -> USER_ID.with("userId", call.caller().userId()),
        call -> Owners.notFound(OwnerKind.USER, String.valueOf(call.caller().userId())));
    add(Route.patch(BOTH, USER).body(USER_TYPE), this::updateUser);
    delete(USER, OwnerKind.USER);
  }

  private void chats() {
    collection("/chats", chats, DirectoryRoutes::ownChats);
    add(Route.post(BOTH, "/chats").body(CHAT_TYPE), this::createChat);
    entity(CHAT, chats, DirectoryRoutes::chat, missing(OwnerKind.CHAT));
    add(Route.patch(BOTH, CHAT).body(CHAT_TYPE), this::updateChat);
    delete(CHAT, OwnerKind.CHAT);
    ofUser("/chats", chats, OwnerKind.CHAT);
  }

  private void teams() {
    Resource teams = DirectoryResources.TEAMS;
    collection("/teams", teams, call -> ALL);
    add(Route.post(BOTH, "/teams").body(TEAM_TYPE), this::createTeam);
    entity(TEAM, teams, DirectoryRoutes::team, missing(OwnerKind.TEAM));
    entity(GROUP + "/team", teams, DirectoryRoutes::team, missing(OwnerKind.TEAM));
    add(Route.patch(BOTH, TEAM).body(TEAM_TYPE), this::updateTeam);
    delete(TEAM, OwnerKind.TEAM);
    delete(GROUP, OwnerKind.TEAM);
    entity(
            TEAM + "/operations/{operation-id}",
            DirectoryResources.TEAM_OPERATIONS,
            call -> inTeam(OPERATION, call).with("operationId", call.key("operation-id")),
            call -> "Operation '%s' not found.".formatted(call.key("operation-id")))
        .notes("Teams are made at once, so the operation has always succeeded.");
    ofUser("/joinedTeams", teams, OwnerKind.TEAM);
    Resource associated = DirectoryResources.ASSOCIATED_TEAMS;
    ofUser("/teamwork/associatedTeams", associated, OwnerKind.TEAM);
  }

  /** The chats or teams of a user; a user that is not there is refused. */
  private void ofUser(String path, Resource resource, OwnerKind kind) {
    Function<Call, Sql> scope = call -> hosts(call, kind, "t." + kind.column());
    Consumer<Call> check = call -> require(call, OwnerKind.USER);
    collection(BOTH, USER + path, resource, scope, check);
    collection("/me" + path, resource, scope);
  }

  private void channels() {
    Resource channels = DirectoryResources.CHANNELS;
    String path = TEAM + "/channels";
    Consumer<Call> check = call -> require(call, OwnerKind.TEAM);
    collection(BOTH, path, channels, DirectoryRoutes::team, check).notes("List channels");
    entity(
            path + "/{channel-id}",
            channels,
            call -> inTeam(CHANNEL, call).with("channelId", call.key("channel-id")),
            call -> "Channel with id '%s' not found.".formatted(call.key("channel-id")))
        .notes("Get channel");
    entity(
            TEAM + "/primaryChannel",
            channels,
            call -> inTeam(PRIMARY, call),
            missing(OwnerKind.TEAM))
        .notes("Get primaryChannel");
  }

  private void groups() {
    Resource users = DirectoryResources.USERS;
    collection("/groups", DirectoryResources.GROUPS, call -> ALL)
        .notes("List groups; those of teams");
    entity(GROUP, DirectoryResources.GROUPS, DirectoryRoutes::team, missing(OwnerKind.TEAM))
        .notes("Get group");
    for (boolean owners : List.of(true, false)) {
      String path = GROUP + (owners ? "/owners" : "/members");
      usersOf(BOTH, path, DirectoryResources.GROUP_USERS, owners);
      usersOf(BOTH, path + "/" + USER_TYPE, users, owners);
    }
    usersOf(Set.of(BETA), TEAM + "/owners", users, true);
  }

  private void usersOf(Set<GraphVersion> versions, String path, Resource users, boolean owners) {
    Sql in = IN_TEAM.append(owners ? "and 'owner' = any(t_m.roles))" : ")");
    collection(
        versions,
        path,
        users,
        call -> inTeam(in, call).with("tenantId", call.caller().tenantId()),
        call -> require(call, OwnerKind.TEAM));
  }

  /** Paths through a user to the chats that the user is in; others are not found. */
  private void chatsOfUser(String user) {
    String chat = user + CHAT;
    Resource members = DirectoryResources.MEMBERS;
    entity(
            chat,
            chats,
            call -> hosts(call, OwnerKind.CHAT, "t.chat_id").append(" and ").append(chat(call)),
            missing(OwnerKind.CHAT))
        .notes("Get chat");
    collection(BOTH, chat + "/members", members, DirectoryRoutes::inChat, this::requireMember)
        .notes("List members of a chat");
    entity(
            chat + "/members/{member-id}",
            members,
            call -> member(inChat(call), call.key("member-id")),
            DirectoryRoutes::missingMember)
        .notes("Get member of a chat");
  }

  private void members(OwnerKind kind, String host) {
    Resource members = DirectoryResources.MEMBERS;
    String all = host + "/members";
    String one = all + "/{member-id}";
    Function<Call, Sql> scope = call -> member(inHost(call, kind), call.key("member-id"));
    Consumer<Call> check = call -> require(call, kind);
    collection(BOTH, all, members, call -> inHost(call, kind), check);
    add(
        Route.post(BOTH, all).body(MEMBER_TYPE),
        call -> {
          Member member = DirectoryJson.member(call.body());
          String id = directory.addMember(call.caller(), kind, id(call, kind), member);
          return reads.created(call, members, member(inHost(call, kind), id), id);
        });
    entity(one, members, scope, DirectoryRoutes::missingMember);
    add(
        Route.patch(BOTH, one).body(MEMBER_TYPE),
        call -> {
          // A PATCH without roles leaves them: an owner does not lose its role by the way.
          if (call.body().hasNonNull("roles")) {
            List<String> roles = DirectoryJson.roles(call.body());
            String member = call.key("member-id");
            directory.changeRoles(call.caller(), kind, id(call, kind), member, roles);
          }
          return reads.updated(call, members, scope.apply(call), missingMember(call));
        });
    add(
        Route.delete(BOTH, one),
        call -> {
          directory.removeMember(call.caller(), kind, id(call, kind), call.key("member-id"));
          return Answers.noContent();
        });
  }

  private Response createUser(Call call) {
    ObjectNode body = call.body();
    DirectoryJson.requireKnownUser(body);
    String id =
        directory.createUser(
            call.caller(), (made, now) -> DirectoryJson.newUser(body, User.unnamed(made, now)));
    return reads.created(call, DirectoryResources.USERS, USER_ID.with("userId", id), id);
  }

  private Response updateUser(Call call) {
    ObjectNode body =
        reads.changes(
            call,
            DirectoryResources.USERS,
            user(call),
            missing(OwnerKind.USER).apply(call),
            ChangeableProperties.of(DirectoryJson.USER_MEMBERS));
    DirectoryJson.requireKnownUser(body);
    directory.updateUser(
        call.caller(), id(call, OwnerKind.USER), before -> DirectoryJson.user(body, before));
    return Answers.noContent();
  }

  private Response createChat(Call call) {
    ObjectNode body = call.body();
    DirectoryJson.requireKnownChat(body);
    String id =
        directory.createChat(
            call.caller(),
            DirectoryJson.required(body, "chatType"),
            DirectoryJson.text(body, "topic"),
            DirectoryJson.members(body));
    return reads.created(call, chats, CHAT_ID.with("chatId", id), id);
  }

  private Response updateChat(Call call) {
    String missing = missing(OwnerKind.CHAT).apply(call);
    ObjectNode body = reads.changes(call, chats, chat(call), missing, CHAT_CHANGES);
    for (String name : body.propertyNames()) {
      if (!name.equals("topic") && name.indexOf('@') < 0 && body.hasNonNull(name)) {
        throw Refusal.invalid(name, "Only the topic of a chat can be changed.");
      }
    }
    String topic = DirectoryJson.text(body, "topic");
    directory.retitleChat(call.caller(), id(call, OwnerKind.CHAT), topic);
    return reads.updated(call, chats, chat(call), missing);
  }

  /** 202 with the two addresses that the documented answer has. */
  private Response createTeam(Call call) {
    ObjectNode body = call.body();
    DirectoryJson.requireKnownTeam(body);
    List<Member> members = new ArrayList<>(DirectoryJson.owners(body));
    members.addAll(DirectoryJson.members(body));
    String id =
        directory.createTeam(
            call.caller(),
            (made, now) -> DirectoryJson.newTeam(body, Team.unnamed(made, now)),
            DirectoryJson.channels(body),
            members);
    return Response.empty(202)
        .with("Location", "/teams('%s')/operations('%s')".formatted(id, id))
        .with("Content-Location", "/teams('%s')".formatted(id));
  }

  private Response updateTeam(Call call) {
    ObjectNode body =
        reads.changes(
            call,
            DirectoryResources.TEAMS,
            team(call),
            missing(OwnerKind.TEAM).apply(call),
            ChangeableProperties.of(DirectoryJson.TEAM_CHANGES));
    DirectoryJson.requireTeamChanges(body);
    directory.updateTeam(
        call.caller(), id(call, OwnerKind.TEAM), before -> DirectoryJson.team(body, before));
    return Answers.noContent();
  }

  private void require(Call call, OwnerKind kind) {
    directory.require(call.caller().tenantId(), kind, id(call, kind));
  }

  private void requireMember(Call call) {
    directory.requireMember(
        call.caller().tenantId(), OwnerKind.CHAT, id(call, OwnerKind.CHAT), userKey(call));
  }

  private static String id(Call call, OwnerKind kind) {
    return call.id(kind.text() + "-id");
  }

  private static Function<Call, String> missing(OwnerKind kind) {
    return call -> Owners.notFound(kind, id(call, kind));
  }

  private static String missingMember(Call call) {
    return "Member '%s' not found.".formatted(call.key("member-id"));
  }

  /** The user of the path, or the one who is signed in. */
  private static String userKey(Call call) {
    return call.keys().containsKey("user-id") ? id(call, OwnerKind.USER) : Owners.me(call.caller());
  }

  private static Sql user(Call call) {
    String key = id(call, OwnerKind.USER);
    return USER_IS.append(Owners.id(OwnerKind.USER, call.caller().tenantId(), key));
  }

  private static Sql chat(Call call) {
    return CHAT_ID.with("chatId", id(call, OwnerKind.CHAT));
  }

  private static Sql team(Call call) {
    return inTeam(TEAM_ID, call);
  }

  private static Sql inTeam(Sql scope, Call call) {
    return scope.with("teamId", id(call, OwnerKind.TEAM));
  }

  /** A user sees the chats that the user is in; an app by itself all of them. */
  private static Sql ownChats(Call call) {
    return call.caller().userId() == null ? ALL : hosts(call, OwnerKind.CHAT, "t.chat_id");
  }

  /** The members of the chat, if the user of the path is one. */
  private static Sql inChat(Call call) {
    return inHost(call, OwnerKind.CHAT)
        .append(" and ")
        .append(hosts(call, OwnerKind.CHAT, "t.host_id"));
  }

  private static Sql hosts(Call call, OwnerKind kind, String column) {
    String tenantId = call.caller().tenantId();
    return Sql.of(column)
        .append(OF_USER)
        .append(Owners.id(OwnerKind.USER, tenantId, userKey(call)))
        .append(")")
        .with("tenantId", tenantId)
        .with("kind", kind);
  }

  private static Sql inHost(Call call, OwnerKind kind) {
    return IN_HOST.with("hostKind", kind).with("hostId", id(call, kind));
  }

  private static Sql member(Sql inHost, String memberId) {
    return inHost.append(MEMBER.with("memberId", memberId));
  }
}
