package dev.fettle.teams;

import dev.fettle.base.Refusal;
import dev.fettle.directory.OwnerKind;
import dev.fettle.http.Request;
import dev.fettle.teams.Notification.Sender;
import dev.fettle.teams.Notification.Topic;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rules for notifications. Each refusal names the member and the rule. */
final class NotificationRules {

  private static final String SYSTEM_DEFAULT = "systemDefault";
  private static final String SYSTEM_DEFAULT_TEXT = "systemDefaultText";
  private static final String ACTOR = "actor";

  /** As many characters of the preview as Teams shows. */
  private static final int SHOWN = 150;

  private static final Pattern PARAMETER = Pattern.compile("\\{([^{}]+)}");
  private static final Pattern KEY = Pattern.compile("([^/(]+)\\('([^']*)'\\)");
  private static final Set<String> VERSIONS = Set.of("v1.0", "beta");
  private static final List<String> TEAMS_DOMAINS =
      List.of("teams.microsoft.com", "teams.microsoft.us", "teams.cloud.microsoft");

  /** The resources that may be topics; {@code *} is any key, {@code @} the owner's. */
  private static final List<String> USER_TOPICS =
      List.of("users/@/teamwork/installedApps/*", "appCatalogs/teamsApps/*");

  private static final List<String> CHAT_TOPICS = List.of("chats/@", "chats/@/messages/*");
  private static final List<String> TEAM_TOPICS =
      List.of(
          "teams/@",
          "teams/@/channels/*",
          "teams/@/channels/*/messages/*",
          "teams/@/channels/*/messages/*/replies/*",
          "teams/@/channels/*/tabs/*");

  private NotificationRules() {}

  /**
   * The one app that sends.
   *
   * @param senders the apps of the caller's registration that are installed there
   * @param about what the notification is about, as refusals name it
   * @throws Refusal in the words of the service if there is none, or more than one
   */
  static Sender sender(
      List<Sender> senders, String callerAppId, @Nullable String teamsAppId, String about) {
    if (senders.isEmpty()) {
      throw notAuthorized(callerAppId, about, "");
    }
    List<Sender> meant =
        teamsAppId == null
            ? senders
            : senders.stream()
                .filter(
                    one ->
                        teamsAppId.equalsIgnoreCase(one.appId())
                            || teamsAppId.equalsIgnoreCase(one.externalId()))
                .toList();
    if (meant.isEmpty()) {
      throw invalid(
          "teamsAppId",
          "No app with the id '%s' and the registration '%s' is installed there; installed: %s."
              .formatted(
                  teamsAppId, callerAppId, names(senders.stream().map(Sender::appId).toList())));
    }
    if (meant.size() > 1) {
      throw Refusal.conflict(
          "Found multiple applications with the same Microsoft Entra App ID '%s' - a Teams Application ID is required to resolve which application is correct. Send one of these as teamsAppId: %s."
              .formatted(callerAppId, names(meant.stream().map(Sender::appId).toList())));
    }
    return meant.getFirst();
  }

  /** The refusal of an app that is not installed, or of a recipient who is not there. */
  static Refusal notAuthorized(String callerAppId, String about, String more) {
    return Refusal.forbidden(
        "Application with AAD App Id '%s' is not authorized to generate %s to the recipient. Ensure that the expected Teams app is installed in the target scope (user, team, or chat).%s"
            .formatted(callerAppId, about, more));
  }

  /** The subject of a notification, in the words of the service. */
  static String about(Topic topic, String path) {
    return topic.entity()
        ? "notifications about '%s'".formatted(topic.value())
        : "custom text notifications about '%s'".formatted(path);
  }

  /**
   * The line that readers see: the template with its values, or the free text.
   *
   * @param actor the name of the user or app that sends
   */
  static String title(Sender sender, Notification sent, String actor) {
    if (sent.activityType().equals(SYSTEM_DEFAULT)) {
      requireParameters(sent, Set.of(SYSTEM_DEFAULT_TEXT), "the reserved type systemDefault");
      return String.valueOf(sent.parameters().get(SYSTEM_DEFAULT_TEXT));
    }
    JsonNode declared = sender.activities().get(sent.activityType());
    if (declared == null) {
      throw invalid(
          "activityType",
          "The activity type '%s' is not declared in the manifest of version %s of '%s', which is installed there. Declared: %s; systemDefault takes a free text."
              .formatted(
                  sent.activityType(),
                  sender.version(),
                  sender.displayName(),
                  names(new TreeSet<>(sender.activities().propertyNames()))));
    }
    String template = declared.stringValue();
    Set<String> named = new LinkedHashSet<>();
    Matcher parameters = PARAMETER.matcher(template);
    while (parameters.find()) {
      named.add(parameters.group(1));
    }
    named.remove(ACTOR);
    requireParameters(sent, named, "the template '%s'".formatted(template));
    return PARAMETER
        .matcher(template)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1).equals(ACTOR)
                        ? actor
                        : String.valueOf(sent.parameters().get(found.group(1)))));
  }

  private static void requireParameters(Notification sent, Set<String> named, String of) {
    for (String name : named) {
      if (!sent.parameters().containsKey(name)) {
        throw invalid(
            "templateParameters",
            "The parameter '%s' of %s is missing. Required: %s.".formatted(name, of, names(named)));
      }
    }
    for (String name : sent.parameters().keySet()) {
      if (!named.contains(name)) {
        throw invalid(
            "templateParameters",
            name.equals(ACTOR)
                ? "The parameter 'actor' is always the caller's name and cannot be sent."
                : "The parameter '%s' is not one of %s. Required: %s."
                    .formatted(name, of, names(named)));
      }
    }
  }

  /** The part of a preview that Teams shows. */
  static @Nullable String shown(@Nullable String previewText) {
    return previewText == null || previewText.codePointCount(0, previewText.length()) <= SHOWN
        ? previewText
        : previewText.substring(0, previewText.offsetByCodePoints(0, SHOWN));
  }

  /**
   * Checks that a topic leads where it may: to Teams, and in Graph to the owner or what is below
   * it.
   *
   * @param owner every name of the owner that the topic may use
   * @param appId the sender, which is what a topic in the catalogue has to be
   */
  static void requireTopic(Topic topic, OwnerKind kind, Set<String> owner, String appId) {
    if (!topic.entity()) {
      if (topic.webUrl() == null) {
        throw invalid(
            "topic/webUrl", "webUrl is required where the source of the topic is 'text'.");
      }
    } else {
      List<String> allowed =
          switch (kind) {
            case USER -> USER_TOPICS;
            case CHAT -> CHAT_TOPICS;
            case TEAM -> TEAM_TOPICS;
          };
      List<String> segments = segments(topic.value());
      if (allowed.stream().noneMatch(form -> matches(form, segments, owner))) {
        throw invalid(
            "topic/value",
            "With the source 'entityUrl' the value must be the Microsoft Graph URL of the %s in the address or of a resource of it: %s."
                .formatted(kind.text(), forms(allowed)));
      }
      if (segments.getFirst().equalsIgnoreCase("appCatalogs")
          && !segments.getLast().equalsIgnoreCase(appId)) {
        throw invalid(
            "topic/value",
            "The topic can be the app that sends, '%s', and no other.".formatted(appId));
      }
    }
    if (topic.webUrl() != null && !leadsToTeams(topic.webUrl())) {
      throw invalid(
          "topic/webUrl",
          "webUrl must be an https URL of Microsoft Teams: %s.".formatted(names(TEAMS_DOMAINS)));
    }
  }

  private static boolean leadsToTeams(String url) {
    URI uri = uri(url);
    String host = uri == null ? null : uri.getHost();
    if (uri == null || host == null || !"https".equalsIgnoreCase(uri.getScheme())) {
      return false;
    }
    String lower = host.toLowerCase(Locale.ROOT);
    return TEAMS_DOMAINS.stream()
        .anyMatch(domain -> lower.equals(domain) || lower.endsWith("." + domain));
  }

  /** The decoded segments below the version of a Graph URL; none if it is no such URL. */
  private static List<String> segments(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0 || url.indexOf('?') >= 0 || url.indexOf('#') >= 0) {
      return List.of();
    }
    String plain = KEY.matcher(url.substring(scheme + 3)).replaceAll("$1/$2");
    List<String> all = List.of(plain.split("/", -1));
    if (all.size() < 4 || !VERSIONS.contains(all.get(1))) {
      return List.of();
    }
    List<String> segments = new ArrayList<>();
    for (String one : all.subList(2, all.size())) {
      segments.add(Request.decode(one));
    }
    return segments;
  }

  private static boolean matches(String form, List<String> segments, Set<String> owner) {
    List<String> parts = List.of(form.split("/", -1));
    if (parts.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      String segment = segments.get(i);
      boolean fits =
          switch (parts.get(i)) {
            case "*" -> !segment.isEmpty();
            case "@" -> owner.stream().anyMatch(segment::equalsIgnoreCase);
            default -> parts.get(i).equalsIgnoreCase(segment);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static String forms(List<String> allowed) {
    return names(
        allowed.stream()
            .map(form -> "https://graph.microsoft.com/v1.0/" + form.replaceAll("[@*]", "{id}"))
            .toList());
  }

  private static @Nullable URI uri(String text) {
    try {
      // Names of teams and channels stand in such links as they are.
      return URI.create(text.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String names(Iterable<String> names) {
    String joined = String.join(", ", names);
    return joined.isEmpty() ? "none" : joined;
  }

  private static Refusal invalid(String target, String message) {
    return Refusal.invalid(target, message);
  }
}
