package dev.fettle.directory;

import dev.fettle.db.Db;
import dev.fettle.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Brings users, chats and teams with given ids into a tenant; what is there is left alone. */
public final class DirectorySeed {

  private final Db db;
  private final InstantSource clock;

  public DirectorySeed(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
  }

  /**
   * Applies a seed in one transaction.
   *
   * @param seed an object with {@code users}, {@code chats} and {@code teams}, each optional
   */
  public void apply(String tenantId, JsonNode seed) {
    Instant now = clock.instant();
    db.<Boolean>tx(
        tx -> {
          for (JsonNode one : seed.path("users")) {
            ObjectNode user = (ObjectNode) one;
            DirectoryStore.seedUser(
                tx,
                tenantId,
                new User(
                    user.path("id").stringValue(),
                    user.path("userPrincipalName").stringValue(),
                    text(user, "displayName"),
                    text(user, "givenName"),
                    text(user, "surname"),
                    text(user, "mail"),
                    text(user, "mailNickname"),
                    text(user, "jobTitle"),
                    true,
                    now,
                    DirectoryJson.phones(user, List.of()),
                    DirectoryJson.profile(user, Json.object())));
          }
          for (JsonNode chat : seed.path("chats")) {
            String id = chat.path("id").stringValue();
            String type = chat.path("chatType").stringValue();
            List<Member> members = members(chat);
            String organizer =
                type.equals("meeting") ? Directory.organizer(tx, tenantId, members) : null;
            if (DirectoryStore.insertChat(
                tx, tenantId, id, type, text(chat, "topic"), organizer, now)) {
              Directory.addAll(tx, tenantId, OwnerKind.CHAT, id, members, now);
            }
          }
          for (JsonNode team : seed.path("teams")) {
            String id = team.path("id").stringValue();
            Team made =
                new Team(
                    id,
                    team.path("displayName").stringValue(),
                    text(team, "description"),
                    "private",
                    now,
                    Json.object());
            List<Channel> channels = List.of(Channel.general(made.description()));
            if (DirectoryStore.insertTeam(tx, tenantId, made, channels)) {
              Directory.addAll(tx, tenantId, OwnerKind.TEAM, id, members(team), now);
            }
          }
          return true;
        });
  }

  private static List<Member> members(JsonNode host) {
    List<Member> members = new ArrayList<>();
    for (JsonNode one : host.path("members")) {
      if (one.isString()) {
        members.add(new Member(one.stringValue(), List.of()));
      } else {
        List<String> roles = new ArrayList<>();
        one.path("roles").forEach(role -> roles.add(role.stringValue()));
        members.add(new Member(one.path("user").stringValue(), roles));
      }
    }
    return members;
  }

  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value.stringValue();
  }
}
