package dev.fettle.directory;

import dev.fettle.base.Guids;
import dev.fettle.base.Refusal;
import dev.fettle.graph.BindAnnotation;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of the directory's writes as records. The schema has checked names and types before. */
final class DirectoryJson {

  /** Members of a body that are set by the server alone. */
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
          "companyName", 64,
          "department", 64,
          "mobilePhone", 64,
          "officeLocation", 128,
          "topic", 250,
          "description", 1024);

  private static final int LONGEST_CHANNEL_NAME = 50;

  /** Members of a user beside names, addresses and state: texts that only the directory reads. */
  static final List<String> PROFILE =
      List.of(
          "city",
          "companyName",
          "country",
          "department",
          "employeeId",
          "mobilePhone",
          "officeLocation",
          "postalCode",
          "preferredLanguage",
          "state",
          "streetAddress",
          "usageLocation",
          "userType");

  static final Set<String> USER_MEMBERS =
      with(
          PROFILE,
          "userPrincipalName",
          "displayName",
          "givenName",
          "surname",
          "mail",
          "mailNickname",
          "jobTitle",
          "businessPhones",
          "accountEnabled",
          "passwordProfile");

  /** Settings of a team; kept and shown, nothing here acts on them. */
  static final List<String> TEAM_SETTINGS =
      List.of(
          "discoverySettings",
          "funSettings",
          "guestSettings",
          "memberSettings",
          "messagingSettings");

  static final Set<String> TEAM_CHANGES =
      with(TEAM_SETTINGS, "displayName", "description", "visibility");

  private static final Set<String> TEAM_MEMBERS =
      with(TEAM_CHANGES, "members", "channels", "firstChannelName");

  private static final Set<String> CHANNEL_MEMBERS =
      Set.of("displayName", "description", "isFavoriteByDefault", "membershipType");

  private static final Set<String> CHAT_MEMBERS = Set.of("chatType", "topic", "members");

  private DirectoryJson() {}

  /** Open types let anything through the schema; what is not kept is refused. */
  static void requireKnownUser(ObjectNode body) {
    known(body, USER_MEMBERS, "user");
  }

  static void requireKnownChat(ObjectNode body) {
    requireNoApps(body, "chat");
    known(body, CHAT_MEMBERS, "chat");
  }

  static void requireKnownTeam(ObjectNode body) {
    requireNoApps(body, "team");
    if (BindAnnotation.key(body, "group", "groups").isPresent()) {
      throw invalid(
          "group@odata.bind",
          "Every group that Fettle has is that of a team already; make the team without one.");
    }
    known(body, TEAM_MEMBERS, "team");
  }

  private static void requireNoApps(ObjectNode body, String type) {
    if (body.hasNonNull("installedApps")) {
      throw invalid(
          "installedApps",
          "Apps are not installed while a %s is made; add them to its installedApps when it is there."
              .formatted(type));
    }
  }

  static void requireTeamChanges(ObjectNode body) {
    known(body, TEAM_CHANGES, "team");
  }

  private static Set<String> with(Collection<String> names, String... more) {
    Set<String> all = new HashSet<>(names);
    Collections.addAll(all, more);
    return Set.copyOf(all);
  }

  /** A user of a body that names the user. */
  static User newUser(ObjectNode body, User unnamed) {
    String _ = required(body, "userPrincipalName");
    String _ = required(body, "displayName");
    return user(body, unnamed);
  }

  /** A user as a body leaves it: what the body does not name stays, null goes. */
  static User user(ObjectNode body, User before) {
    return new User(
        before.id(),
        body.has("userPrincipalName")
            ? required(body, "userPrincipalName")
            : before.userPrincipalName(),
        changed(body, "displayName", before.displayName()),
        changed(body, "givenName", before.givenName()),
        changed(body, "surname", before.surname()),
        changed(body, "mail", before.mail()),
        changed(body, "mailNickname", before.mailNickname()),
        changed(body, "jobTitle", before.jobTitle()),
        body.path("accountEnabled").booleanValue(before.accountEnabled()),
        before.createdDateTime(),
        phones(body, before.businessPhones()),
        profile(body, before.profile()));
  }

  /** A team of a body that names the team. */
  static Team newTeam(ObjectNode body, Team unnamed) {
    String _ = required(body, "displayName");
    return team(body, unnamed);
  }

  /** A team as a body leaves it. */
  static Team team(ObjectNode body, Team before) {
    String visibility = text(body, "visibility");
    return new Team(
        before.id(),
        body.has("displayName") ? required(body, "displayName") : before.displayName(),
        changed(body, "description", before.description()),
        visibility == null ? before.visibility() : visibility,
        before.createdDateTime(),
        settings(body, before.settings()));
  }

  private static @Nullable String changed(ObjectNode body, String name, @Nullable String before) {
    return body.has(name) ? text(body, name) : before;
  }

  /** The profile as a body leaves it: what the body does not name stays, null goes. */
  private static ObjectNode profile(ObjectNode body, ObjectNode before) {
    ObjectNode after = before.deepCopy();
    for (String name : PROFILE) {
      if (body.has(name)) {
        String value = text(body, name);
        if (value == null) {
          after.remove(name);
        } else {
          after.put(name, value);
        }
      }
    }
    String location = text(body, "usageLocation");
    if (location != null && !location.matches("[A-Za-z]{2}")) {
      throw invalid(
          "usageLocation",
          "The property 'usageLocation' is a country code of two letters (ISO 3166).");
    }
    String type = text(body, "userType");
    if (type != null && !type.equals("Member") && !type.equals("Guest")) {
      throw invalid("userType", "The property 'userType' is 'Member' or 'Guest'.");
    }
    return after;
  }

  /** Only one number can be set, though Graph has a collection for it. */
  private static List<String> phones(ObjectNode body, List<String> before) {
    JsonNode given = body.get("businessPhones");
    if (given == null || given.isNull()) {
      return before;
    }
    List<String> phones = new ArrayList<>();
    given.forEach(one -> phones.add(one.stringValue()));
    if (phones.size() > 1 || (phones.size() == 1 && phones.getFirst().length() > 64)) {
      throw invalid(
          "businessPhones",
          "The property 'businessPhones' holds one number of at most 64 characters.");
    }
    return phones;
  }

  /** The settings as a body leaves them: member by member. */
  private static ObjectNode settings(ObjectNode body, ObjectNode before) {
    ObjectNode after = before.deepCopy();
    for (String name : TEAM_SETTINGS) {
      if (body.get(name) instanceof ObjectNode given) {
        after.withObject("/" + name).setAll(given);
      }
    }
    return after;
  }

  /** The channels that a team begins with: the one that every team has, and what it asks for. */
  static List<Channel> channels(ObjectNode body) {
    Channel general = Channel.general(text(body, "description"));
    String first = text(body, "firstChannelName");
    List<Channel> channels = new ArrayList<>();
    channels.add(
        first == null ? general : new Channel(channelName(first), general.description(), null));
    Set<String> names =
        new HashSet<>(Set.of(channels.getFirst().displayName().toLowerCase(Locale.ROOT)));
    for (JsonNode one : body.path("channels")) {
      ObjectNode given = (ObjectNode) one;
      known(given, CHANNEL_MEMBERS, "channel");
      String name = channelName(required(given, "displayName"));
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        throw invalid("channels", "The team has a channel '%s' already.".formatted(name));
      }
      String membership = text(given, "membershipType");
      if (membership != null && !membership.equals("standard")) {
        throw invalid("membershipType", "Only standard channels are kept by Fettle.");
      }
      channels.add(
          new Channel(
              name,
              text(given, "description"),
              given.path("isFavoriteByDefault").asBoolean(false)));
    }
    return channels;
  }

  private static String channelName(String name) {
    if (name.isBlank() || name.codePointCount(0, name.length()) > LONGEST_CHANNEL_NAME) {
      throw invalid(
          "channels",
          "The name of a channel has 1 to %d characters.".formatted(LONGEST_CHANNEL_NAME));
    }
    return name;
  }

  /** The owners that a body binds to a team by their URLs. */
  static List<Member> owners(ObjectNode body) {
    List<Member> owners = new ArrayList<>();
    for (JsonNode url : body.path("owners@odata.bind")) {
      ObjectNode one = Json.object();
      one.set("owners@odata.bind", url);
      BindAnnotation.key(one, "owners", "users")
          .ifPresent(user -> owners.add(new Member(user, List.of("owner"))));
    }
    return owners;
  }

  private static void known(ObjectNode body, Set<String> members, String type) {
    for (String name : body.propertyNames()) {
      // Null asks for nothing: clients that write out whole objects send it for what is not set.
      if (name.indexOf('@') >= 0 || members.contains(name) || !body.hasNonNull(name)) {
        continue;
      }
      throw invalid(
          name,
          (MADE_HERE.contains(name)
                  ? "The property '%s' of a %s is set by the server and cannot be written."
                  : "The property '%s' of a %s is not kept by Fettle.")
              .formatted(name, type));
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
      throw invalid(name, "The property '%s' has at most %d characters.".formatted(name, longest));
    }
    return text;
  }

  static String required(ObjectNode body, String name) {
    String value = text(body, name);
    if (value == null || value.isBlank()) {
      throw invalid(name, "A value is required for property '%s'.".formatted(name));
    }
    return value;
  }

  static List<Member> members(ObjectNode body) {
    List<Member> members = new ArrayList<>();
    body.path("members").forEach(one -> members.add(member((ObjectNode) one)));
    return members;
  }

  static Member member(ObjectNode body) {
    List<String> roles = roles(body);
    Optional<String> bound = BindAnnotation.key(body, "user", "users");
    if (bound.isPresent()) {
      return new Member(bound.get(), roles);
    }
    String userId = text(body, "userId");
    if (userId == null) {
      throw invalid("user@odata.bind", "A member needs 'user@odata.bind' or 'userId'.");
    }
    return new Member(Guids.canonical(userId), roles);
  }

  static List<String> roles(ObjectNode body) {
    List<String> roles = new ArrayList<>();
    for (JsonNode one : body.path("roles")) {
      String role = one.stringValue();
      if (!role.equals("owner") && !role.equals("guest")) {
        throw invalid(
            "roles", "The role '%s' is not known; roles are owner and guest.".formatted(role));
      }
      roles.add(role);
    }
    return roles;
  }

  private static Refusal invalid(String target, String message) {
    return Refusal.invalid(target, message);
  }
}
