package dev.fettle.directory;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.Binding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of the directory's writes as records. The schema has checked names and types before. */
final class DirectoryJson {

  /** What members of a body are set by the server alone. */
  private static final Set<String> MADE_HERE =
      Set.of("id", "createdDateTime", "lastUpdatedDateTime");

  /** The longest texts, in characters: those of Graph where its pages name one. */
  private static final int LONGEST_TEXT = 256;

  private static final Map<String, Integer> LONGEST =
      Map.of(
          "givenName", 64,
          "surname", 64,
          "mailNickname", 64,
          "jobTitle", 128,
          "topic", 250,
          "description", 1024);

  static final Set<String> USER_MEMBERS =
      Set.of(
          "userPrincipalName",
          "displayName",
          "givenName",
          "surname",
          "mail",
          "mailNickname",
          "jobTitle",
          "accountEnabled",
          "passwordProfile");
  static final Set<String> TEAM_MEMBERS =
      Set.of("displayName", "description", "visibility", "members");

  private static final Set<String> CHAT_MEMBERS = Set.of("chatType", "topic", "members");

  private DirectoryJson() {}

  /** Open types let anything through the schema; what is not kept is refused. */
  static void requireKnownUser(ObjectNode body) {
    known(body, USER_MEMBERS, "user");
  }

  static void requireKnownChat(ObjectNode body) {
    if (body.hasNonNull("installedApps")) {
      throw new Refusal(
          Reason.invalid(
              "installedApps",
              "Apps are not installed while a chat is made; add them to its installedApps when it"
                  + " is there."));
    }
    known(body, CHAT_MEMBERS, "chat");
  }

  static void requireKnownTeam(ObjectNode body) {
    known(body, TEAM_MEMBERS, "team");
  }

  private static void known(ObjectNode body, Set<String> members, String type) {
    for (String name : body.propertyNames()) {
      // Null asks for nothing: clients that write out whole objects send it for what is not set.
      if (name.indexOf('@') >= 0 || members.contains(name) || !body.hasNonNull(name)) {
        continue;
      }
      throw new Refusal(
          Reason.invalid(
              name,
              (MADE_HERE.contains(name)
                      ? "The property '%s' of a %s is set by the server and cannot be written."
                      : "The property '%s' of a %s is not kept by Fettle.")
                  .formatted(name, type)));
    }
  }

  static @Nullable String text(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    String text = value.stringValue();
    int longest = LONGEST.getOrDefault(name, LONGEST_TEXT);
    if (text.codePointCount(0, text.length()) > longest) {
      throw new Refusal(
          Reason.invalid(
              name, "The property '%s' has at most %d characters.".formatted(name, longest)));
    }
    return text;
  }

  static String required(ObjectNode body, String name) {
    String value = text(body, name);
    if (value == null || value.isBlank()) {
      throw new Refusal(
          Reason.invalid(name, "A value is required for property '%s'.".formatted(name)));
    }
    return value;
  }

  static List<Member> members(ObjectNode body) {
    List<Member> members = new ArrayList<>();
    JsonNode list = body.get("members");
    if (list != null && list.isArray()) {
      for (JsonNode one : list) {
        members.add(member((ObjectNode) one));
      }
    }
    return members;
  }

  static Member member(ObjectNode body) {
    List<String> roles = roles(body);
    Optional<String> bound = Binding.key(body, "user", "users");
    if (bound.isPresent()) {
      return new Member(bound.get(), roles);
    }
    String userId = text(body, "userId");
    if (userId == null) {
      throw new Refusal(
          Reason.invalid("user@odata.bind", "A member needs 'user@odata.bind' or 'userId'."));
    }
    return new Member(Guids.kept(userId), roles);
  }

  static List<String> roles(ObjectNode body) {
    List<String> roles = new ArrayList<>();
    JsonNode list = body.get("roles");
    if (list != null && list.isArray()) {
      for (JsonNode one : list) {
        String role = one.stringValue();
        if (!role.equals("owner") && !role.equals("guest")) {
          throw new Refusal(
              Reason.invalid(
                  "roles",
                  "The role '%s' is not known; roles are owner and guest.".formatted(role)));
        }
        roles.add(role);
      }
    }
    return roles;
  }
}
