package dev.fettle.directory;

import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Brings users, chats and teams with given ids into a tenant; what is there is left alone. */
final class DirectorySeed {

  private DirectorySeed() {}

  static void apply(Tx tx, String tenantId, JsonNode seed, Instant now) {
    for (JsonNode one : seed.path("users")) {
      User unnamed = User.unnamed(id(one), now);
      DirectoryStore.seedUser(tx, tenantId, DirectoryJson.user((ObjectNode) one, unnamed));
    }
    for (JsonNode chat : seed.path("chats")) {
      String type = chat.path("chatType").stringValue();
      List<Member> members = members(chat);
      String organizer = type.equals("meeting") ? Directory.organizer(tx, tenantId, members) : null;
      String topic = text(chat, "topic");
      if (DirectoryStore.insertChat(tx, tenantId, id(chat), type, topic, organizer, now)) {
        Directory.addAll(tx, tenantId, OwnerKind.CHAT, id(chat), members, now);
      }
    }
    for (JsonNode team : seed.path("teams")) {
      Team made =
          new Team(
              id(team),
              team.path("displayName").stringValue(),
              text(team, "description"),
              "private",
              now,
              Json.object());
      List<Channel> channels = List.of(Channel.general(made.description()));
      if (DirectoryStore.insertTeam(tx, tenantId, made, channels)) {
        Directory.addAll(tx, tenantId, OwnerKind.TEAM, made.id(), members(team), now);
      }
    }
  }

  private static List<Member> members(JsonNode host) {
    List<Member> members = new ArrayList<>();
    for (JsonNode one : host.path("members")) {
      List<String> roles = new ArrayList<>();
      one.path("roles").forEach(role -> roles.add(role.stringValue()));
      JsonNode user = one.isString() ? one : one.path("user");
      members.add(new Member(user.stringValue(), roles));
    }
    return members;
  }

  private static String id(JsonNode one) {
    return one.path("id").stringValue();
  }

  private static @Nullable String text(JsonNode node, String name) {
    return node.path(name).stringValue(null);
  }
}
