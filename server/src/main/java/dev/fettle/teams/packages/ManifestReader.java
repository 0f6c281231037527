package dev.fettle.teams.packages;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Takes from a manifest what the catalogue needs, right or not: what is of another type than it
 * should be is not there. For one use on one thread.
 */
final class ManifestReader {

  private static final List<String> BOT_FLAGS =
      List.of("supportsCalling", "supportsVideo", "supportsFiles", "isNotificationOnly");

  /** Top-level members that are capabilities wherever the app is installed. */
  private static final List<String> WITHOUT_SCOPES =
      List.of(
          "agenticUserTemplates",
          "agentConnectors",
          "agentSkills",
          "copilotAgents",
          "dashboardCards",
          "extensions",
          "graphConnector",
          "meetingExtensionDefinition");

  private static final Map<String, String> INSTALLATION_SCOPES =
      Map.of("team", "team", "personal", "personal", "groupchat", "groupChat");

  private final JsonNode manifest;
  private final Set<String> scopes = new LinkedHashSet<>();
  private final Map<String, Set<String>> capabilities = new HashMap<>();
  private final Set<String> botIds = new HashSet<>();
  private final Set<String> supported = new HashSet<>();

  private ManifestReader(JsonNode manifest) {
    this.manifest = manifest;
  }

  /** The manifest as the catalogue needs it, or null if a part of that is not there. */
  static @Nullable Manifest read(JsonNode manifest, ManifestVersion version) {
    return new ManifestReader(manifest).read(version);
  }

  private @Nullable Manifest read(ManifestVersion schema) {
    String id = text(manifest, "id");
    String version = text(manifest, "version");
    String shortName = text(manifest.path("name"), "short");
    String shortText = text(manifest.path("description"), "short");
    String fullText = text(manifest.path("description"), "full");
    if (id == null
        || version == null
        || !Version.isVersion(version)
        || shortName == null
        || shortText == null
        || fullText == null) {
      return null;
    }
    capabilities();
    String registration = lower(text(manifest.path("webApplicationInfo"), "id"));
    return new Manifest(
        id,
        new Version(version),
        shortName,
        shortText,
        fullText,
        registration,
        PermissionSet.of(permissions(schema)),
        text(manifest.path("bots").path(0), "botId"),
        new Capabilities(
            registration,
            botIds,
            capabilities,
            supported.contains("supportsCalling"),
            supported.contains("supportsVideo"),
            supported.contains("supportsFiles"),
            supported.contains("isNotificationOnly")),
        activities(),
        scopes);
  }

  private void capabilities() {
    for (JsonNode bot : manifest.path("bots")) {
      bot(bot, "botId");
      capability(Capabilities.BOT, scopes(bot));
      for (String flag : BOT_FLAGS) {
        if (bot.path(flag).booleanValue(false)) {
          supported.add(flag);
        }
      }
    }
    for (JsonNode tab : manifest.path("staticTabs")) {
      bot(tab, "contentBotId");
      capability("staticTabs", scopes(tab));
    }
    for (String kind : List.of("configurableTabs", "connectors")) {
      manifest.path(kind).forEach(one -> capability(kind, scopes(one)));
    }
    for (JsonNode extension : manifest.path("composeExtensions")) {
      bot(extension, "botId");
      Set<String> offered = scopes(extension);
      capability(
          Capabilities.MESSAGING_EXTENSION,
          offered.isEmpty() ? INSTALLATION_SCOPES.keySet() : offered);
      scopes.addAll(INSTALLATION_SCOPES.values());
    }
    for (String member : WITHOUT_SCOPES) {
      if (manifest.has(member)) {
        capability(member, Set.of());
      }
    }
  }

  private void bot(JsonNode of, String member) {
    String id = lower(text(of, member));
    if (id != null) {
      botIds.add(id);
    }
  }

  private void capability(String kind, Set<String> offered) {
    capabilities.computeIfAbsent(kind, one -> new HashSet<>()).addAll(offered);
    for (String scope : offered) {
      String installation = INSTALLATION_SCOPES.get(scope);
      if (installation != null) {
        scopes.add(installation);
      }
    }
  }

  /** Scopes in lower case, as versions spell one of them differently. */
  static Set<String> scopes(JsonNode of) {
    Set<String> scopes = new LinkedHashSet<>();
    of.path("scopes").forEach(scope -> scopes.add(scope.asString("").toLowerCase(Locale.ROOT)));
    return scopes;
  }

  private Map<String, String> activities() {
    Map<String, String> templates = new HashMap<>();
    for (JsonNode activity : manifest.path("activities").path("activityTypes")) {
      String type = text(activity, "type");
      if (type != null) {
        templates.put(type, activity.path("templateText").stringValue(""));
      }
    }
    return templates;
  }

  private List<Permission> permissions(ManifestVersion schema) {
    List<Permission> permissions = new ArrayList<>();
    if (schema.atLeast(12)) {
      for (JsonNode one : manifest.at("/authorization/permissions/resourceSpecific")) {
        String name = text(one, "name");
        String type = one.path("type").stringValue("");
        if (name != null && type.equals("Application")) {
          permissions.add(new Permission(name, Permission.Type.APPLICATION));
        } else if (name != null && type.equals("Delegated")) {
          permissions.add(new Permission(name, Permission.Type.DELEGATED));
        }
      }
    } else if (schema.atLeast(6)) {
      for (JsonNode name : manifest.at("/webApplicationInfo/applicationPermissions")) {
        permissions.add(new Permission(name.asString(""), Permission.Type.APPLICATION));
      }
    }
    return permissions;
  }

  private static @Nullable String text(JsonNode parent, String member) {
    JsonNode value = parent.path(member);
    return value.isString() ? value.stringValue() : null;
  }

  private static @Nullable String lower(@Nullable String text) {
    return text == null ? null : text.toLowerCase(Locale.ROOT);
  }
}
