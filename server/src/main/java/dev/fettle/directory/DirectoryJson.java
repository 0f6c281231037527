package dev.fettle.directory;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of the directory's writes as records. The schema has checked names and types before. */
final class DirectoryJson {

  private static final Pattern USER =
      Pattern.compile("(?i)(?:^|.*/)users(?:/([^/?]+)|\\('([^']+)'\\))/?$");
  private static final Set<String> USER_MEMBERS =
      Set.of(
          "id",
          "userPrincipalName",
          "displayName",
          "givenName",
          "surname",
          "mail",
          "mailNickname",
          "jobTitle",
          "accountEnabled",
          "createdDateTime",
          "passwordProfile");
  private static final Set<String> TEAM_MEMBERS =
      Set.of("id", "displayName", "description", "visibility", "members", "createdDateTime");

  private static final Set<String> CHAT_MEMBERS =
      Set.of("id", "chatType", "topic", "members", "createdDateTime", "lastUpdatedDateTime");

  private DirectoryJson() {}

  /** Open types let anything through the schema; what is not kept is refused. */
  static void requireKnownUser(ObjectNode body) {
    known(body, USER_MEMBERS, "user");
  }

  static void requireKnownChat(ObjectNode body) {
    if (body.has("installedApps")) {
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
      if (name.indexOf('@') < 0 && !members.contains(name)) {
        throw new Refusal(
            Reason.invalid(
                name, "The property '%s' of a %s is not kept by Fettle.".formatted(name, type)));
      }
    }
  }

  static @Nullable String text(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    return value == null || value.isNull() ? null : value.stringValue();
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
    String bind = text(body, "user@odata.bind");
    if (bind != null) {
      Matcher matcher = USER.matcher(bind);
      if (!matcher.matches()) {
        throw new Refusal(
            Reason.invalid(
                "user@odata.bind", "The value of 'user@odata.bind' is not the URL of a user."));
      }
      return new Member(
          Guids.kept(
              Request.decode(matcher.group(1) == null ? matcher.group(2) : matcher.group(1))),
          roles);
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
