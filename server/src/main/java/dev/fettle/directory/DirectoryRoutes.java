package dev.fettle.directory;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Changeable;
import dev.fettle.graph.Permissions;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operations on users, chats, teams and members. Public documents: the pages of the user, chat,
 * team and conversationMember resources.
 */
public final class DirectoryRoutes {

  private static final Changeable CHAT_CHANGES =
      new Changeable(Set.of("topic"), Set.of("lastUpdatedDateTime"));
  private static final Set<GraphVersion> BOTH = Route.in(V1, BETA);

  private static final Permissions USERS_READ =
      Permissions.of(
          "User.ReadBasic.All",
          "User.Read.All",
          "User.ReadWrite.All",
          "Directory.Read.All",
          "Directory.ReadWrite.All");
  private static final Permissions ME =
      Permissions.delegated(
          "User.Read",
          "User.ReadWrite",
          "User.ReadBasic.All",
          "User.Read.All",
          "User.ReadWrite.All",
          "Directory.Read.All",
          "Directory.ReadWrite.All");
  private static final Permissions USERS_WRITE =
      Permissions.of("User.ReadWrite.All", "Directory.ReadWrite.All");
  private static final Permissions CHATS_LIST =
      Permissions.delegated("Chat.ReadBasic", "Chat.Read", "Chat.ReadWrite")
          .application("Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All");
  private static final Permissions CHAT_READ =
      CHATS_LIST.granted(
          "chat",
          "chat-id",
          "ChatSettings.Read.Chat",
          "ChatSettings.ReadWrite.Chat",
          "Chat.Manage.Chat");
  private static final Permissions CHAT_CREATE =
      Permissions.delegated("Chat.Create", "Chat.ReadWrite")
          .application("Chat.Create", "Chat.ReadWrite.All");
  private static final Permissions CHAT_UPDATE =
      Permissions.delegated("Chat.ReadWrite")
          .application("Chat.ReadWrite.All")
          .granted("chat", "chat-id", "ChatSettings.ReadWrite.Chat", "Chat.Manage.Chat");
  private static final Permissions CHAT_DELETE =
      Permissions.delegated("Chat.ManageDeletion.All")
          .application("Chat.ManageDeletion.All")
          .granted("chat", "chat-id", "Chat.ManageDeletion.Chat");
  private static final Permissions CHAT_MEMBERS_READ =
      Permissions.delegated(
              "ChatMember.Read",
              "ChatMember.ReadWrite",
              "Chat.ReadBasic",
              "Chat.Read",
              "Chat.ReadWrite")
          .application(
              "ChatMember.Read.All",
              "ChatMember.ReadWrite.All",
              "Chat.ReadBasic.All",
              "Chat.Read.All",
              "Chat.ReadWrite.All")
          .granted("chat", "chat-id", "ChatMember.Read.Chat", "Chat.Manage.Chat");
  private static final Permissions CHAT_MEMBERS_WRITE =
      Permissions.delegated("ChatMember.ReadWrite", "Chat.ReadWrite")
          .application("ChatMember.ReadWrite.All", "Chat.ReadWrite.All")
          .granted("chat", "chat-id", "Chat.Manage.Chat");
  private static final Permissions TEAMS_READ =
      Permissions.of(
          "Team.ReadBasic.All",
          "TeamSettings.Read.All",
          "TeamSettings.ReadWrite.All",
          "Group.Read.All",
          "Group.ReadWrite.All",
          "Directory.Read.All",
          "Directory.ReadWrite.All");
  private static final Permissions TEAM_READ =
      TEAMS_READ.granted(
          "team", "team-id", "TeamSettings.Read.Group", "TeamSettings.ReadWrite.Group");
  private static final Permissions TEAM_CREATE =
      Permissions.of("Team.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All");
  private static final Permissions TEAM_UPDATE =
      Permissions.of("TeamSettings.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
          .granted("team", "team-id", "TeamSettings.ReadWrite.Group");
  private static final Permissions TEAM_DELETE =
      Permissions.of("Group.ReadWrite.All", "Directory.ReadWrite.All");
  private static final Permissions TEAM_MEMBERS_READ =
      Permissions.of(
              "TeamMember.Read.All",
              "TeamMember.ReadWrite.All",
              "Group.Read.All",
              "Group.ReadWrite.All",
              "Directory.Read.All",
              "Directory.ReadWrite.All")
          .granted("team", "team-id", "TeamMember.Read.Group");
  private static final Permissions CHANNELS_READ =
      Permissions.of(
              "Channel.ReadBasic.All",
              "ChannelSettings.Read.All",
              "ChannelSettings.ReadWrite.All",
              "Group.Read.All",
              "Group.ReadWrite.All",
              "Directory.Read.All",
              "Directory.ReadWrite.All")
          .granted(
              "team", "team-id", "ChannelSettings.Read.Group", "ChannelSettings.ReadWrite.Group");
  private static final Permissions GROUPS_READ =
      Permissions.of(
          "GroupMember.Read.All",
          "Group.Read.All",
          "Group.ReadWrite.All",
          "Directory.Read.All",
          "Directory.ReadWrite.All");
  private static final Permissions GROUP_MEMBERS_READ =
      Permissions.of(
          "GroupMember.Read.All",
          "GroupMember.ReadWrite.All",
          "Group.Read.All",
          "Group.ReadWrite.All",
          "Directory.Read.All");
  private static final Permissions TEAM_MEMBERS_WRITE =
      Permissions.of("TeamMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All");

  private final Directory directory;
  private final Reads reads;
  private final Resource chats;

  /**
   * @param chats what can be read of chats: {@link DirectoryResources#chats} and what hangs on them
   */
  public DirectoryRoutes(Directory directory, Reads reads, Resource chats) {
    this.directory = directory;
    this.reads = reads;
    this.chats = chats;
  }

  /** Every operation. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    users(routes);
    chats(routes);
    teams(routes);
    channels(routes);
    groups(routes);
    chatsOfUser(routes, "/users/{user-id}", CHAT_READ, CHAT_MEMBERS_READ);
    chatsOfUser(routes, "/me", CHAT_READ.delegatedOnly(), CHAT_MEMBERS_READ.delegatedOnly());
    members(routes, OwnerKind.CHAT, "/chats/{chat-id}", CHAT_MEMBERS_READ, CHAT_MEMBERS_WRITE);
    members(routes, OwnerKind.TEAM, "/teams/{team-id}", TEAM_MEMBERS_READ, TEAM_MEMBERS_WRITE);
    return List.copyOf(routes);
  }

  private void users(List<Route> routes) {
    Resource users = DirectoryResources.USERS;
    routes.add(
        Route.get(BOTH, "/users")
            .permissions(USERS_READ)
            .handle(call -> reads.collection(call, users, Sql.of("true"))));
    routes.add(
        Route.get(BOTH, "/users/$count")
            .permissions(USERS_READ)
            .handle(call -> reads.count(call, users, Sql.of("true"))));
    routes.add(
        Route.post(BOTH, "/users")
            .permissions(USERS_WRITE)
            .body("microsoft.graph.user")
            .handle(this::createUser)
            .notes("The password is not kept: users sign in elsewhere."));
    routes.add(
        Route.get(BOTH, "/users/{user-id}")
            .permissions(
                Permissions.delegated(ME.delegated().toArray(String[]::new))
                    .application(USERS_READ.application().toArray(String[]::new)))
            .handle(call -> reads.entity(call, users, user(call), missingUser(call))));
    routes.add(
        Route.get(BOTH, "/me")
            .permissions(ME)
            .handle(
                call ->
                    reads.entity(
                        call,
                        users,
                        Sql.of("t.user_id = ?", call.caller().userId()),
                        "User Id '%s' not found.".formatted(call.caller().userId()))));
    routes.add(
        Route.patch(BOTH, "/users/{user-id}")
            .permissions(USERS_WRITE)
            .body("microsoft.graph.user")
            .handle(this::updateUser));
    routes.add(
        Route.delete(BOTH, "/users/{user-id}")
            .permissions(USERS_WRITE)
            .handle(
                call -> {
                  directory.delete(call.caller(), OwnerKind.USER, call.id("user-id"));
                  return Answers.noContent();
                }));
  }

  private void chats(List<Route> routes) {
    routes.add(
        Route.get(BOTH, "/chats")
            .permissions(CHATS_LIST)
            .handle(call -> reads.collection(call, chats, ownChats(call))));
    routes.add(
        Route.get(BOTH, "/chats/$count")
            .permissions(CHATS_LIST)
            .handle(call -> reads.count(call, chats, ownChats(call))));
    routes.add(
        Route.post(BOTH, "/chats")
            .permissions(CHAT_CREATE)
            .body("microsoft.graph.chat")
            .handle(this::createChat));
    routes.add(
        Route.get(BOTH, "/chats/{chat-id}")
            .permissions(CHAT_READ)
            .handle(
                call ->
                    reads.entity(
                        call,
                        chats,
                        Sql.of("t.chat_id = ?", call.key("chat-id")),
                        "Chat with id '%s' not found.".formatted(call.key("chat-id")))));
    routes.add(
        Route.patch(BOTH, "/chats/{chat-id}")
            .permissions(CHAT_UPDATE)
            .body("microsoft.graph.chat")
            .handle(this::updateChat));
    routes.add(
        Route.delete(BOTH, "/chats/{chat-id}")
            .permissions(CHAT_DELETE)
            .handle(
                call -> {
                  directory.delete(call.caller(), OwnerKind.CHAT, call.key("chat-id"));
                  return Answers.noContent();
                }));
    routes.add(
        Route.get(BOTH, "/users/{user-id}/chats")
            .permissions(CHATS_LIST)
            .handle(call -> ofUser(call, chats, OwnerKind.CHAT, "t.chat_id", call.id("user-id"))));
    routes.add(
        Route.get(BOTH, "/users/{user-id}/chats/$count")
            .permissions(CHATS_LIST)
            .handle(
                call -> countOfUser(call, chats, OwnerKind.CHAT, "t.chat_id", call.id("user-id"))));
    routes.add(
        Route.get(BOTH, "/me/chats")
            .permissions(CHATS_LIST.delegatedOnly())
            .handle(
                call ->
                    reads.collection(
                        call, chats, hosts(call, OwnerKind.CHAT, "t.chat_id", me(call)))));
    routes.add(
        Route.get(BOTH, "/me/chats/$count")
            .permissions(CHATS_LIST.delegatedOnly())
            .handle(
                call ->
                    reads.count(call, chats, hosts(call, OwnerKind.CHAT, "t.chat_id", me(call)))));
  }

  private void teams(List<Route> routes) {
    Resource teams = DirectoryResources.TEAMS;
    routes.add(
        Route.get(BOTH, "/teams")
            .permissions(TEAMS_READ)
            .handle(call -> reads.collection(call, teams, Sql.of("true"))));
    routes.add(
        Route.get(BOTH, "/teams/$count")
            .permissions(TEAMS_READ)
            .handle(call -> reads.count(call, teams, Sql.of("true"))));
    routes.add(
        Route.post(BOTH, "/teams")
            .permissions(TEAM_CREATE)
            .body("microsoft.graph.team")
            .handle(this::createTeam));
    for (String path : List.of("/teams/{team-id}", "/groups/{team-id}/team")) {
      routes.add(
          Route.get(BOTH, path)
              .permissions(TEAM_READ)
              .handle(call -> reads.entity(call, teams, team(call), missingTeam(call))));
    }
    routes.add(
        Route.patch(BOTH, "/teams/{team-id}")
            .permissions(TEAM_UPDATE)
            .body("microsoft.graph.team")
            .handle(this::updateTeam));
    for (String path : List.of("/teams/{team-id}", "/groups/{team-id}")) {
      routes.add(
          Route.delete(BOTH, path)
              .permissions(TEAM_DELETE)
              .handle(
                  call -> {
                    directory.delete(call.caller(), OwnerKind.TEAM, call.id("team-id"));
                    return Answers.noContent();
                  }));
    }
    routes.add(
        Route.get(BOTH, "/teams/{team-id}/operations/{operation-id}")
            .permissions(TEAM_READ)
            .handle(
                call ->
                    reads.entity(
                        call,
                        DirectoryResources.TEAM_OPERATIONS,
                        team(call).append(" and t.team_id = ?", call.key("operation-id")),
                        "Operation '%s' not found.".formatted(call.key("operation-id"))))
            .notes("Teams are made at once, so the operation has always succeeded."));
    Permissions mine = TEAMS_READ.delegatedOnly();
    for (Resource listed : List.of(teams, DirectoryResources.ASSOCIATED_TEAMS)) {
      String path = listed == teams ? "/joinedTeams" : "/teamwork/associatedTeams";
      routes.add(
          Route.get(BOTH, "/users/{user-id}" + path)
              .permissions(TEAMS_READ)
              .handle(
                  call -> ofUser(call, listed, OwnerKind.TEAM, "t.team_id", call.id("user-id"))));
      routes.add(
          Route.get(BOTH, "/users/{user-id}" + path + "/$count")
              .permissions(TEAMS_READ)
              .handle(
                  call ->
                      countOfUser(call, listed, OwnerKind.TEAM, "t.team_id", call.id("user-id"))));
      routes.add(
          Route.get(BOTH, "/me" + path)
              .permissions(mine)
              .handle(
                  call ->
                      reads.collection(
                          call, listed, hosts(call, OwnerKind.TEAM, "t.team_id", me(call)))));
      routes.add(
          Route.get(BOTH, "/me" + path + "/$count")
              .permissions(mine)
              .handle(
                  call ->
                      reads.count(
                          call, listed, hosts(call, OwnerKind.TEAM, "t.team_id", me(call)))));
    }
  }

  private void channels(List<Route> routes) {
    Resource channels = DirectoryResources.CHANNELS;
    String path = "/teams/{team-id}/channels";
    routes.add(
        Route.get(BOTH, path)
            .permissions(CHANNELS_READ)
            .handle(call -> reads.collection(call, channels, team(call), () -> requireTeam(call)))
            .notes("List channels"));
    routes.add(
        Route.get(BOTH, path + "/$count")
            .permissions(CHANNELS_READ)
            .handle(call -> reads.count(call, channels, team(call), () -> requireTeam(call))));
    routes.add(
        Route.get(BOTH, path + "/{channel-id}")
            .permissions(CHANNELS_READ)
            .handle(
                call ->
                    reads.entity(
                        call,
                        channels,
                        team(call).append(" and t.channel_id = ?", call.key("channel-id")),
                        "Channel with id '%s' not found.".formatted(call.key("channel-id"))))
            .notes("Get channel"));
    routes.add(
        Route.get(BOTH, "/teams/{team-id}/primaryChannel")
            .permissions(CHANNELS_READ)
            .handle(
                call ->
                    reads.entity(
                        call, channels, team(call).append(" and t.is_primary"), missingTeam(call)))
            .notes("Get primaryChannel"));
  }

  private void groups(List<Route> routes) {
    Resource groups = DirectoryResources.GROUPS;
    routes.add(
        Route.get(BOTH, "/groups")
            .permissions(GROUPS_READ)
            .handle(call -> reads.collection(call, groups, Sql.of("true")))
            .notes("List groups; those of teams"));
    routes.add(
        Route.get(BOTH, "/groups/$count")
            .permissions(GROUPS_READ)
            .handle(call -> reads.count(call, groups, Sql.of("true"))));
    routes.add(
        Route.get(BOTH, "/groups/{team-id}")
            .permissions(GROUPS_READ)
            .handle(call -> reads.entity(call, groups, team(call), missingTeam(call)))
            .notes("Get group"));
    for (boolean owners : List.of(true, false)) {
      String path = "/groups/{team-id}/" + (owners ? "owners" : "members");
      usersOf(routes, BOTH, path, GROUP_MEMBERS_READ, DirectoryResources.GROUP_USERS, owners);
      usersOf(
          routes,
          BOTH,
          path + "/microsoft.graph.user",
          GROUP_MEMBERS_READ,
          DirectoryResources.USERS,
          owners);
    }
    usersOf(
        routes,
        Set.of(BETA),
        "/teams/{team-id}/owners",
        TEAM_MEMBERS_READ,
        DirectoryResources.USERS,
        true);
  }

  private void usersOf(
      List<Route> routes,
      Set<GraphVersion> versions,
      String path,
      Permissions permissions,
      Resource users,
      boolean owners) {
    routes.add(
        Route.get(versions, path)
            .permissions(permissions)
            .handle(
                call ->
                    reads.collection(call, users, inTeam(call, owners), () -> requireTeam(call))));
    routes.add(
        Route.get(versions, path + "/$count")
            .permissions(permissions)
            .handle(
                call -> reads.count(call, users, inTeam(call, owners), () -> requireTeam(call))));
  }

  private static Sql inTeam(Call call, boolean owners) {
    return Sql.of(
        "t.user_id in (select t_m.user_id from directory_member t_m where t_m.tenant_id = ? and"
            + " t_m.host_kind = 'team' and t_m.host_id = ?"
            + (owners ? " and 'owner' = any(t_m.roles))" : ")"),
        call.caller().tenantId(),
        call.id("team-id"));
  }

  private void requireTeam(Call call) {
    directory.require(call.caller().tenantId(), OwnerKind.TEAM, call.id("team-id"));
  }

  /** Paths through a user to the chats that the user is in; others are not found. */
  private void chatsOfUser(
      List<Route> routes, String user, Permissions read, Permissions readMembers) {
    String chat = user + "/chats/{chat-id}";
    Resource members = DirectoryResources.MEMBERS;
    routes.add(
        Route.get(BOTH, chat)
            .permissions(read)
            .handle(
                call ->
                    reads.entity(
                        call,
                        chats,
                        hosts(call, OwnerKind.CHAT, "t.chat_id", userKey(call))
                            .append(" and t.chat_id = ?", call.key("chat-id")),
                        "Chat with id '%s' not found.".formatted(call.key("chat-id"))))
            .notes("Get chat"));
    routes.add(
        Route.get(BOTH, chat + "/members")
            .permissions(readMembers)
            .handle(
                call -> reads.collection(call, members, inChat(call), () -> requireMember(call)))
            .notes("List members of a chat"));
    routes.add(
        Route.get(BOTH, chat + "/members/$count")
            .permissions(readMembers)
            .handle(call -> reads.count(call, members, inChat(call), () -> requireMember(call))));
    routes.add(
        Route.get(BOTH, chat + "/members/{member-id}")
            .permissions(readMembers)
            .handle(
                call ->
                    reads.entity(
                        call,
                        members,
                        inChat(call).append(" and t.member_id = ?", call.key("member-id")),
                        "Member '%s' not found.".formatted(call.key("member-id"))))
            .notes("Get member of a chat"));
  }

  /** Who is in the chat, if the user of the path is. */
  private static Sql inChat(Call call) {
    return inHost(OwnerKind.CHAT, call.key("chat-id"))
        .append(" and ")
        .append(hosts(call, OwnerKind.CHAT, "t.host_id", userKey(call)));
  }

  private void requireMember(Call call) {
    directory.requireMember(
        call.caller().tenantId(), OwnerKind.CHAT, call.key("chat-id"), userKey(call));
  }

  private static String userKey(Call call) {
    return call.keys().containsKey("user-id") ? call.id("user-id") : me(call);
  }

  private void members(
      List<Route> routes, OwnerKind kind, String host, Permissions read, Permissions write) {
    String key = kind.text() + "-id";
    Resource members = DirectoryResources.MEMBERS;
    routes.add(
        Route.get(BOTH, host + "/members")
            .permissions(read)
            .handle(
                call ->
                    reads.collection(
                        call,
                        members,
                        inHost(kind, call.id(key)),
                        () -> directory.require(call.caller().tenantId(), kind, call.id(key)))));
    routes.add(
        Route.get(BOTH, host + "/members/$count")
            .permissions(read)
            .handle(
                call ->
                    reads.count(
                        call,
                        members,
                        inHost(kind, call.id(key)),
                        () -> directory.require(call.caller().tenantId(), kind, call.id(key)))));
    routes.add(
        Route.post(BOTH, host + "/members")
            .permissions(write)
            .body("microsoft.graph.conversationMember")
            .handle(
                call -> {
                  String id =
                      directory.addMember(
                          call.caller(), kind, call.id(key), DirectoryJson.member(call.body()));
                  return reads.created(call, members, member(kind, call.id(key), id), id);
                }));
    routes.add(
        Route.get(BOTH, host + "/members/{member-id}")
            .permissions(read)
            .handle(
                call ->
                    reads.entity(
                        call,
                        members,
                        member(kind, call.id(key), call.key("member-id")),
                        "Member '%s' not found.".formatted(call.key("member-id")))));
    routes.add(
        Route.patch(BOTH, host + "/members/{member-id}")
            .permissions(write)
            .body("microsoft.graph.conversationMember")
            .handle(
                call -> {
                  // What a PATCH does not name stays: an owner does not lose its role by the way.
                  if (call.body().hasNonNull("roles")) {
                    directory.changeRoles(
                        call.caller(),
                        kind,
                        call.id(key),
                        call.key("member-id"),
                        DirectoryJson.roles(call.body()));
                  }
                  return reads.updated(
                      call,
                      members,
                      member(kind, call.id(key), call.key("member-id")),
                      "Member '%s' not found.".formatted(call.key("member-id")));
                }));
    routes.add(
        Route.delete(BOTH, host + "/members/{member-id}")
            .permissions(write)
            .handle(
                call -> {
                  directory.removeMember(call.caller(), kind, call.id(key), call.key("member-id"));
                  return Answers.noContent();
                }));
  }

  private Response createUser(Call call) {
    ObjectNode body = call.body();
    DirectoryJson.requireKnownUser(body);
    String id =
        directory.createUser(
            call.caller(),
            (made, now) ->
                new User(
                    made,
                    DirectoryJson.required(body, "userPrincipalName"),
                    DirectoryJson.required(body, "displayName"),
                    DirectoryJson.text(body, "givenName"),
                    DirectoryJson.text(body, "surname"),
                    DirectoryJson.text(body, "mail"),
                    DirectoryJson.text(body, "mailNickname"),
                    DirectoryJson.text(body, "jobTitle"),
                    enabled(body, true),
                    now,
                    DirectoryJson.phones(body, List.of()),
                    DirectoryJson.profile(body, Json.object())));
    return reads.created(call, DirectoryResources.USERS, Sql.of("t.user_id = ?", id), id);
  }

  private Response updateUser(Call call) {
    ObjectNode body =
        reads.changes(
            call,
            DirectoryResources.USERS,
            user(call),
            missingUser(call),
            Changeable.of(DirectoryJson.USER_MEMBERS));
    DirectoryJson.requireKnownUser(body);
    directory.updateUser(
        call.caller(),
        call.id("user-id"),
        before ->
            new User(
                before.id(),
                body.has("userPrincipalName")
                    ? DirectoryJson.required(body, "userPrincipalName")
                    : before.userPrincipalName(),
                changed(body, "displayName", before.displayName()),
                changed(body, "givenName", before.givenName()),
                changed(body, "surname", before.surname()),
                changed(body, "mail", before.mail()),
                changed(body, "mailNickname", before.mailNickname()),
                changed(body, "jobTitle", before.jobTitle()),
                enabled(body, before.accountEnabled()),
                before.createdDateTime(),
                DirectoryJson.phones(body, before.businessPhones()),
                DirectoryJson.profile(body, before.profile())));
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
    return reads.created(call, chats, Sql.of("t.chat_id = ?", id), id);
  }

  private Response updateChat(Call call) {
    Sql chat = Sql.of("t.chat_id = ?", call.key("chat-id"));
    String missing = "Chat with id '%s' not found.".formatted(call.key("chat-id"));
    ObjectNode body = reads.changes(call, chats, chat, missing, CHAT_CHANGES);
    for (String name : body.propertyNames()) {
      if (!name.equals("topic") && name.indexOf('@') < 0 && body.hasNonNull(name)) {
        throw new Refusal(Reason.invalid(name, "Only the topic of a chat can be changed."));
      }
    }
    directory.retitleChat(call.caller(), call.key("chat-id"), DirectoryJson.text(body, "topic"));
    return reads.updated(call, chats, chat, missing);
  }

  /** 202 with the two addresses that the documented answer has. */
  private Response createTeam(Call call) {
    ObjectNode body = call.body();
    DirectoryJson.requireKnownTeam(body);
    String visibility = DirectoryJson.text(body, "visibility");
    List<Member> members = new ArrayList<>(DirectoryJson.owners(body));
    members.addAll(DirectoryJson.members(body));
    String id =
        directory.createTeam(
            call.caller(),
            (made, now) ->
                new Team(
                    made,
                    DirectoryJson.required(body, "displayName"),
                    DirectoryJson.text(body, "description"),
                    visibility == null ? "public" : visibility,
                    now,
                    DirectoryJson.settings(body, Json.object())),
            DirectoryJson.channels(body),
            members);
    return Response.empty(202)
        .with("Location", "/teams('%s')/operations('%s')".formatted(id, id))
        .with("Content-Location", "/teams('%s')".formatted(id));
  }

  private static Sql team(Call call) {
    return Sql.of("t.team_id = ?", call.id("team-id"));
  }

  private static String missingTeam(Call call) {
    return "No team found with Group Id '%s'.".formatted(call.id("team-id"));
  }

  private Response updateTeam(Call call) {
    ObjectNode body =
        reads.changes(
            call,
            DirectoryResources.TEAMS,
            team(call),
            missingTeam(call),
            Changeable.of(DirectoryJson.TEAM_CHANGES));
    DirectoryJson.requireTeamChanges(body);
    directory.updateTeam(
        call.caller(),
        call.id("team-id"),
        before -> {
          String visibility = DirectoryJson.text(body, "visibility");
          return new Team(
              before.id(),
              body.has("displayName")
                  ? DirectoryJson.required(body, "displayName")
                  : before.displayName(),
              changed(body, "description", before.description()),
              visibility == null ? before.visibility() : visibility,
              before.createdDateTime(),
              DirectoryJson.settings(body, before.settings()));
        });
    return Answers.noContent();
  }

  private static Sql user(Call call) {
    return Sql.of("t.user_id = ")
        .append(Owners.id(OwnerKind.USER, call.caller().tenantId(), call.id("user-id")));
  }

  private static String missingUser(Call call) {
    return "User Id '%s' not found.".formatted(call.id("user-id"));
  }

  private static String me(Call call) {
    String user = call.caller().userId();
    if (user == null) {
      throw new Refusal(
          Reason.invalid(null, "/me request is only valid with delegated authentication flow."));
    }
    return user;
  }

  /** A user sees the chats that the user is in; an app by itself all of them. */
  private static Sql ownChats(Call call) {
    String user = call.caller().userId();
    return user == null ? Sql.of("true") : hosts(call, OwnerKind.CHAT, "t.chat_id", user);
  }

  /** What a user is in; a user that is not there is said to be so. */
  private Response ofUser(
      Call call, Resource resource, OwnerKind kind, String column, String userKey) {
    return reads.collection(
        call,
        resource,
        hosts(call, kind, column, userKey),
        () -> directory.require(call.caller().tenantId(), OwnerKind.USER, userKey));
  }

  private Response countOfUser(
      Call call, Resource resource, OwnerKind kind, String column, String userKey) {
    return reads.count(
        call,
        resource,
        hosts(call, kind, column, userKey),
        () -> directory.require(call.caller().tenantId(), OwnerKind.USER, userKey));
  }

  private static Sql hosts(Call call, OwnerKind kind, String column, String userKey) {
    return Sql.of(
            column
                + " in (select t_m.host_id from directory_member t_m where t_m.tenant_id = ? and"
                + " t_m.host_kind = ? and t_m.user_id = ",
            call.caller().tenantId(),
            kind.text())
        .append(Owners.id(OwnerKind.USER, call.caller().tenantId(), userKey))
        .append(")");
  }

  private static Sql inHost(OwnerKind kind, String hostId) {
    return Sql.of("t.host_kind = ? and t.host_id = ?", kind.text(), hostId);
  }

  private static Sql member(OwnerKind kind, String hostId, String memberId) {
    return inHost(kind, hostId).append(" and t.member_id = ?", memberId);
  }

  private static @Nullable String changed(ObjectNode body, String name, @Nullable String before) {
    return body.has(name) ? DirectoryJson.text(body, name) : before;
  }

  private static boolean enabled(ObjectNode body, boolean before) {
    JsonNode value = body.get("accountEnabled");
    return (value == null || value.isNull()) ? before : value.booleanValue();
  }
}
