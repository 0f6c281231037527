package dev.fettle.directory;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.db.UniqueViolation;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.identity.Caller;
import dev.fettle.identity.UserLookup;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Changes users, chats, teams and who is in them. Each method is one transaction with its audit
 * entry. Safe for concurrent use.
 */
public final class Directory {

  private final Db db;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;
  private final OwnerDeletionListener ownerDeletions;

  /**
   * @param ownerDeletions told when an owner is deleted
   */
  public Directory(
      Db db, AuditTrail audit, InstantSource clock, Ids ids, OwnerDeletionListener ownerDeletions) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
    this.ownerDeletions = ownerDeletions;
  }

  /** The users, for those who may not know the directory. */
  public UserLookup users() {
    return (tenantId, key) ->
        db.statement(tx -> DirectoryStore.user(tx, tenantId, key))
            .map(
                user ->
                    new UserLookup.User(user.id(), user.userPrincipalName(), user.displayName()));
  }

  /** Every operation; chats are read as given, with what belongs to them. */
  public List<Route> routes(Reads reads, Resource chats) {
    return new DirectoryRoutes(this, reads, chats).routes();
  }

  /**
   * Applies a seed in one transaction.
   *
   * @param seed an object with {@code users}, {@code chats} and {@code teams}, each optional
   */
  public void seed(String tenantId, JsonNode seed) {
    db.run(tx -> DirectorySeed.apply(tx, tenantId, seed, clock.instant()));
  }

  /** Does nothing if the owner is there, else refuses. */
  void require(String tenantId, OwnerKind kind, String key) {
    String _ = db.statement(tx -> Owners.require(tx, kind, tenantId, key));
  }

  /** Does nothing if the user is in the chat or team, else refuses. */
  void requireMember(String tenantId, OwnerKind kind, String key, String userKey) {
    String _ = db.statement(tx -> Owners.requireMember(tx, kind, tenantId, key, userKey));
  }

  /** Adds a user; its id is made here. */
  String createUser(Caller caller, BiFunction<String, Instant, User> made) {
    User user = made.apply(ids.guid(), clock.instant());
    requireName(user.userPrincipalName());
    try {
      return db.tx(
          tx -> {
            DirectoryStore.insertUser(tx, caller.tenantId(), user);
            record(tx, caller, "createUser", "user", user.id());
            return user.id();
          });
    } catch (UniqueViolation taken) {
      throw nameTaken();
    }
  }

  void updateUser(Caller caller, String key, Function<User, User> change) {
    try {
      db.run(
          tx -> {
            String id = Owners.take(tx, OwnerKind.USER, caller.tenantId(), key);
            User before =
                DirectoryStore.user(tx, caller.tenantId(), id)
                    .orElseThrow(() -> Owners.missing(OwnerKind.USER, key));
            User after = change.apply(before);
            requireName(after.userPrincipalName());
            DirectoryStore.updateUser(tx, caller.tenantId(), after);
            record(tx, caller, "updateUser", "user", before.id());
          });
    } catch (UniqueViolation taken) {
      throw nameTaken();
    }
  }

  /** Deletes an owner and what belongs to it. */
  void delete(Caller caller, OwnerKind kind, String key) {
    db.run(
        tx -> {
          // First of all, so that whoever is about to put something into the owner is either waited
          // for, and that deleted with the rest, or finds the owner gone.
          String id = Owners.take(tx, kind, caller.tenantId(), key);
          ownerDeletions.deleted(tx, caller.tenantId(), kind, id);
          if (!DirectoryStore.delete(tx, kind, caller.tenantId(), id)) {
            throw Owners.missing(kind, key);
          }
          record(tx, caller, "delete", kind.text(), id);
        });
  }

  /** Adds a chat; a one-on-one chat that the two have already is answered instead. */
  String createChat(Caller caller, String type, @Nullable String topic, List<Member> members) {
    requireMembers(type, members);
    Instant now = clock.instant();
    return db.tx(
        tx -> {
          String id = chatId(tx, caller.tenantId(), type, members);
          String organizer =
              type.equals("meeting") ? organizer(tx, caller.tenantId(), members) : null;
          if (DirectoryStore.insertChat(tx, caller.tenantId(), id, type, topic, organizer, now)) {
            addAll(tx, caller.tenantId(), OwnerKind.CHAT, id, members, now);
            record(tx, caller, "createChat", "chat", id);
          }
          return id;
        });
  }

  /** The id of the organizer of a meeting: the first owner, or else the first of all. */
  static String organizer(Tx tx, String tenantId, List<Member> members) {
    Member first =
        members.stream()
            .filter(member -> member.roles().contains("owner"))
            .findFirst()
            .orElse(members.getFirst());
    return userId(tx, tenantId, first);
  }

  private static String userId(Tx tx, String tenantId, Member member) {
    return DirectoryStore.user(tx, tenantId, member.user())
        .orElseThrow(() -> unknownUser(member.user()))
        .id();
  }

  void retitleChat(Caller caller, String id, @Nullable String topic) {
    db.run(
        tx -> {
          String type =
              DirectoryStore.chatType(tx, caller.tenantId(), id)
                  .orElseThrow(() -> Owners.missing(OwnerKind.CHAT, id));
          if (type.equals("oneOnOne") && topic != null) {
            throw invalid("topic", "A one-on-one chat has no topic.");
          }
          DirectoryStore.retitle(tx, caller.tenantId(), id, topic, clock.instant());
          record(tx, caller, "updateChat", "chat", id);
        });
  }

  /** Adds a team with its channels, the primary one first; its id is made here. */
  String createTeam(
      Caller caller,
      BiFunction<String, Instant, Team> asked,
      List<Channel> channels,
      List<Member> members) {
    Instant now = clock.instant();
    Team team = asked.apply(ids.guid(), now);
    return db.tx(
        tx -> {
          boolean made = DirectoryStore.insertTeam(tx, caller.tenantId(), team, channels);
          addAll(tx, caller.tenantId(), OwnerKind.TEAM, team.id(), members, now);
          String user = caller.userId();
          if (made && user != null) {
            // As in Teams, who makes a team owns it; a user that the directory has not owns none.
            boolean _ =
                DirectoryStore.insertMember(
                    tx,
                    caller.tenantId(),
                    OwnerKind.TEAM,
                    team.id(),
                    new Member(user, List.of("owner")),
                    now);
          }
          record(tx, caller, "createTeam", "team", team.id());
          return team.id();
        });
  }

  void updateTeam(Caller caller, String id, Function<Team, Team> change) {
    db.run(
        tx -> {
          Team before =
              DirectoryStore.team(tx, caller.tenantId(), id)
                  .orElseThrow(() -> Owners.missing(OwnerKind.TEAM, id));
          DirectoryStore.updateTeam(tx, caller.tenantId(), change.apply(before));
          record(tx, caller, "updateTeam", "team", id);
        });
  }

  /** Adds a member and answers its id. */
  String addMember(Caller caller, OwnerKind kind, String hostId, Member member) {
    return db.tx(
        tx -> {
          String host = Owners.hold(tx, kind, caller.tenantId(), hostId);
          if (kind == OwnerKind.CHAT
              && DirectoryStore.chatType(tx, caller.tenantId(), host)
                  .filter("oneOnOne"::equals)
                  .isPresent()) {
            throw invalid("members", "Nobody can be added to a one-on-one chat.");
          }
          boolean added =
              DirectoryStore.insertMember(
                  tx, caller.tenantId(), kind, host, member, clock.instant());
          String id =
              DirectoryStore.memberId(tx, caller.tenantId(), kind, host, member.user())
                  .orElseThrow(() -> unknownUser(member.user()));
          if (!added) {
            throw invalid(
                "user@odata.bind", "The user '%s' is a member already.".formatted(member.user()));
          }
          record(tx, caller, "addMember", kind.text(), host);
          return id;
        });
  }

  void changeRoles(
      Caller caller, OwnerKind kind, String hostId, String memberId, List<String> roles) {
    db.run(
        tx -> {
          if (!DirectoryStore.updateRoles(tx, caller.tenantId(), kind, hostId, memberId, roles)) {
            throw noMember(memberId);
          }
          record(tx, caller, "updateMember", kind.text(), hostId);
        });
  }

  void removeMember(Caller caller, OwnerKind kind, String hostId, String memberId) {
    db.run(
        tx -> {
          if (!DirectoryStore.deleteMember(tx, caller.tenantId(), kind, hostId, memberId)) {
            throw noMember(memberId);
          }
          record(tx, caller, "removeMember", kind.text(), hostId);
        });
  }

  static Refusal noMember(String memberId) {
    return Refusal.notFound("Member '%s' not found.".formatted(memberId));
  }

  /** Adds members that have to exist. */
  static void addAll(
      Tx tx, String tenantId, OwnerKind kind, String hostId, List<Member> members, Instant now) {
    for (Member member : members) {
      if (!DirectoryStore.insertMember(tx, tenantId, kind, hostId, member, now)
          && DirectoryStore.memberId(tx, tenantId, kind, hostId, member.user()).isEmpty()) {
        throw unknownUser(member.user());
      }
    }
  }

  private String chatId(Tx tx, String tenantId, String type, List<Member> members) {
    return switch (type) {
      case "oneOnOne" -> {
        List<String> both =
            members.stream()
                .map(member -> userId(tx, tenantId, member))
                .distinct()
                .sorted()
                .toList();
        if (both.size() != 2) {
          throw invalid("members", "A one-on-one chat has exactly two members.");
        }
        yield "19:%s_%s@unq.gbl.spaces".formatted(both.getFirst(), both.getLast());
      }
      case "meeting" ->
          "19:meeting_%s@thread.v2"
              .formatted(
                  Base64.getEncoder().encodeToString(ids.guid().getBytes(StandardCharsets.UTF_8)));
      default -> "19:%s@thread.v2".formatted(ids.guid().replace("-", ""));
    };
  }

  private static void requireMembers(String type, List<Member> members) {
    if (type.equals("oneOnOne") && members.size() != 2) {
      throw invalid("members", "A one-on-one chat has exactly two members.");
    }
    if (members.isEmpty()) {
      throw invalid("members", "A chat has at least one member.");
    }
  }

  private static void requireName(String userPrincipalName) {
    if (!userPrincipalName.matches("[^\\s@/]{1,113}@[^\\s@/]{1,113}")) {
      throw invalid(
          "userPrincipalName",
          "Property userPrincipalName is invalid: it has the form alias@domain.");
    }
  }

  private static Refusal nameTaken() {
    return new Refusal(
        new Reason.Invalid(
            "Request_BadRequest",
            "Another object with the same value for property userPrincipalName already exists.",
            "userPrincipalName",
            List.of()));
  }

  private void record(Tx tx, Caller caller, String action, String type, String id) {
    audit.record(tx, caller, action, type, id, AuditTrail.SUCCEEDED, null);
  }

  private static Refusal invalid(String target, String message) {
    return Refusal.invalid(target, message);
  }

  private static Refusal unknownUser(String key) {
    return Owners.missing(OwnerKind.USER, key);
  }
}
