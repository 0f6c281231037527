package dev.fettle.teams.packages;

import dev.fettle.base.Refusal;
import dev.fettle.base.Texts;
import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks one manifest against the rules of its schema version and the catalogue's own, and reads
 * what the catalogue needs. The whole manifest is gone through whatever is found on the way, so the
 * caller learns everything at once. For one use on one thread.
 */
final class ManifestChecks {

  private static final Pattern GUID =
      Pattern.compile("^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$");
  private static final Pattern HTTP = Pattern.compile("^[Hh][Tt][Tt][Pp][Ss]?://");
  private static final Pattern COLOR = Pattern.compile("^#[0-9a-fA-F]{6}$");
  private static final Pattern LANGUAGE =
      Pattern.compile("^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,2}$");

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

  private final Set<String> files;
  private final Findings findings;
  private final Map<String, String> icons = new HashMap<>();
  private final Set<String> scopes = new LinkedHashSet<>();
  private final Map<String, Set<String>> capabilities = new HashMap<>();
  private final Set<String> botIds = new HashSet<>();
  private final Set<String> supported = new HashSet<>();

  ManifestChecks(Set<String> files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** The file in the package that an icon of the manifest names, if both are there. */
  @Nullable String icon(String name) {
    return icons.get(name);
  }

  /** Checks everything; answers null if what is needed is not there. */
  @Nullable Manifest read(byte[] text) {
    JsonNode manifest = parse(text);
    if (manifest == null) {
      return null;
    }
    ManifestVersion schema = schema(manifest);
    if (schema == null) {
      return null;
    }
    closed(manifest, "", schema.members());
    String id = id(manifest);
    String version = version(manifest);
    JsonNode name = object(manifest, "", "name", true);
    String shortName = string(name, "name", "short", true, 30, null);
    if (shortName != null && shortName.isBlank()) {
      findings.add("ShortNameIsRequiredField", "name.short", "The short name is empty.");
    }
    string(name, "name", "full", schema.fullNameRequired(), 100, null);
    closed(name, "name", Set.of("short", "full", "abbreviated"));
    JsonNode description = object(manifest, "", "description", true);
    String shortText =
        filled(description, "description", "short", 80, "ShortDescriptionCannotBeEmpty");
    String fullText =
        filled(description, "description", "full", 4000, "FullDescriptionCannotBeEmpty");
    closed(description, "description", Set.of("short", "full", "features"));
    developer(manifest, schema);
    icons(manifest, schema);
    string(manifest, "", "accentColor", true, 7, COLOR);
    string(manifest, "", "packageName", schema.packageNameRequired(), 64, null);
    localization(manifest);
    String botId = bots(manifest, schema);
    tabs(manifest, schema);
    composeExtensions(manifest);
    connectors(manifest, schema);
    Map<String, String> activities = activities(manifest);
    for (String member : WITHOUT_SCOPES) {
      if (manifest.has(member) && schema.members().contains(member)) {
        capability(member, Set.of());
      }
    }
    enums(manifest, "permissions", 2, Set.of("identity", "messageTeamMembers"));
    enums(
        manifest,
        "devicePermissions",
        5,
        Set.of("geolocation", "media", "notifications", "midi", "openExternal"));
    enums(manifest, "supportedChannelTypes", 2, Set.of("sharedChannels", "privateChannels"));
    validDomains(manifest, schema);
    enumOf(manifest, "", "defaultInstallScope", installScopes(schema));
    boolean _ = flag(manifest, "", "defaultBlockUntilAdminAction");
    boolean _ = flag(manifest, "", "showLoadingIndicator");
    boolean _ = flag(manifest, "", "isFullScreen");
    List<Permission> permissions = permissions(manifest, schema);
    String clientAppId = webApplication(manifest, schema, !permissions.isEmpty());
    Capabilities able =
        new Capabilities(
            clientAppId,
            botIds,
            capabilities,
            supported.contains("supportsCalling"),
            supported.contains("supportsVideo"),
            supported.contains("supportsFiles"),
            supported.contains("isNotificationOnly"));
    if (id == null
        || version == null
        || shortName == null
        || shortText == null
        || fullText == null) {
      return null;
    }
    return new Manifest(
        id,
        new Version(version),
        shortName,
        shortText,
        fullText,
        clientAppId,
        PermissionSet.of(permissions),
        botId,
        able,
        activities,
        scopes);
  }

  private @Nullable JsonNode parse(byte[] text) {
    boolean marked =
        text.length >= 3
            && text[0] == (byte) 0xef
            && text[1] == (byte) 0xbb
            && text[2] == (byte) 0xbf;
    byte[] bytes = marked ? java.util.Arrays.copyOfRange(text, 3, text.length) : text;
    try {
      JsonNode manifest = Json.readFile(bytes, "manifest.json");
      if (manifest.isObject()) {
        return manifest;
      }
      findings.add(
          "Serialization_FileNotValidJson", "manifest.json", "manifest.json is no JSON object.");
    } catch (Refusal e) {
      if (trailingComma(new String(bytes, StandardCharsets.UTF_8))) {
        findings.add(
            "Serialization_TrailingCommaInManifestJsonFile",
            "manifest.json",
            "manifest.json has a trailing comma.");
      } else {
        findings.add("Serialization_FileNotValidJson", "manifest.json", e.reason().message());
      }
    }
    return null;
  }

  private static boolean trailingComma(String text) {
    boolean inString = false;
    boolean comma = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (inString) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          inString = false;
        }
      } else if (c == '"') {
        inString = true;
        comma = false;
      } else if (comma && (c == '}' || c == ']')) {
        return true;
      } else if (!Character.isWhitespace(c)) {
        comma = c == ',';
      }
    }
    return false;
  }

  private @Nullable ManifestVersion schema(JsonNode manifest) {
    JsonNode version = manifest.get("manifestVersion");
    if (version == null || version.isNull()) {
      findings.add(
          "Serialization_ManifestVersionPropertyMissing",
          "manifestVersion",
          "The manifest has no manifestVersion.");
      return null;
    }
    ManifestVersion known = version.isString() ? ManifestVersion.of(version.stringValue()) : null;
    if (known == null) {
      findings.add(
          "SchemaError_Const",
          "manifestVersion",
          "Value %s does not match const.".formatted(shown(version)));
    }
    return known;
  }

  private @Nullable String id(JsonNode manifest) {
    return string(manifest, "", "id", true, 2048, GUID);
  }

  private @Nullable String version(JsonNode manifest) {
    String version = string(manifest, "", "version", true, 256, null);
    if (version == null) {
      return null;
    }
    if (version.isBlank()) {
      findings.add("VersionCannotBeEmpty", "version", "The version is empty.");
      return null;
    }
    if (!Version.isVersion(version)) {
      findings.add(
          "VersionContainsOnlyNumbersDotSeparated",
          "version",
          "The version %s is not of the form #.#.#: numbers with dots between them."
              .formatted(quoted(version)));
      return null;
    }
    if (version.startsWith("0")) {
      findings.add(
          "VersionHasMajorLessThan1",
          "version",
          "The version %s starts with 0.".formatted(quoted(version)));
    }
    return version;
  }

  private void developer(JsonNode manifest, ManifestVersion schema) {
    JsonNode developer = object(manifest, "", "developer", true);
    filled(developer, "developer", "name", 32, "DeveloperNameIsRequiredField");
    https(developer, "websiteUrl", "DeveloperWebsiteUrlMustBeHttps");
    https(developer, "privacyUrl", "DeveloperPrivacyUrlMustBeHttps");
    https(developer, "termsOfUseUrl", "DeveloperTermsOfUseUrlMustBeHttps");
    string(developer, "developer", "mpnId", false, 10, null);
    closed(
        developer,
        "developer",
        schema.isPreview()
            ? Set.of("name", "websiteUrl", "privacyUrl", "termsOfUseUrl", "mpnId", "contactInfo")
            : Set.of("name", "websiteUrl", "privacyUrl", "termsOfUseUrl", "mpnId"));
  }

  private void https(@Nullable JsonNode developer, String member, String code) {
    String url = string(developer, "developer", member, true, 2048, HTTP);
    if (url != null && url.toLowerCase(Locale.ROOT).startsWith("http://")) {
      findings.add(
          code, "developer." + member, "The URL %s must use https.".formatted(quoted(url)));
    }
  }

  private void icons(JsonNode manifest, ManifestVersion schema) {
    JsonNode named = object(manifest, "", "icons", true);
    file(named, "icons", "color", true);
    file(named, "icons", "outline", true);
    if (schema.atLeast(21)) {
      file(named, "icons", "color32x32", false);
      closed(named, "icons", Set.of("color", "outline", "color32x32"));
    } else {
      closed(named, "icons", Set.of("color", "outline"));
    }
  }

  private void localization(JsonNode manifest) {
    JsonNode localization = object(manifest, "", "localizationInfo", false);
    if (localization == null) {
      return;
    }
    string(localization, "localizationInfo", "defaultLanguageTag", true, 100, LANGUAGE);
    file(localization, "localizationInfo", "defaultLanguageFile", false);
    List<JsonNode> languages =
        array(localization, "localizationInfo", "additionalLanguages", 1_000);
    for (int i = 0; i < languages.size(); i++) {
      String path = "localizationInfo.additionalLanguages[" + i + "]";
      JsonNode language = item(languages.get(i), path);
      string(language, path, "languageTag", true, 100, LANGUAGE);
      file(language, path, "file", true);
    }
  }

  /** A relative path that has to be in the package. */
  private void file(@Nullable JsonNode parent, String path, String member, boolean required) {
    String name = string(parent, path, member, required, 2048, null);
    if (name == null) {
      return;
    }
    String plain = name.startsWith("./") ? name.substring(2) : name;
    if (files.contains(plain)) {
      icons.put(member, plain);
    } else {
      findings.add(
          "Serialization_FileMissing",
          path + "." + member,
          "%s is not in the package.".formatted(quoted(name)));
    }
  }

  private @Nullable String bots(JsonNode manifest, ManifestVersion schema) {
    List<JsonNode> bots = array(manifest, "", "bots", 1);
    String botId = null;
    for (int i = 0; i < bots.size(); i++) {
      String path = "bots[" + i + "]";
      JsonNode bot = item(bots.get(i), path);
      String id = string(bot, path, "botId", true, 2048, GUID);
      botId = botId == null ? id : botId;
      botId(id);
      for (String member : BOT_FLAGS) {
        if (flag(bot, path, member)) {
          supported.add(member);
        }
      }
      Set<String> offered =
          scopes(
              bot,
              path,
              schema.atLeast(21)
                  ? Set.of("team", "personal", "groupchat", "copilot")
                  : Set.of("team", "personal", "groupchat"),
              schema);
      capability(Capabilities.BOT, offered);
      groupChatSince3(offered, schema, path, "GroupChatForBotsLessThanV13");
    }
    return botId;
  }

  private void botId(@Nullable String id) {
    if (id != null) {
      botIds.add(id.toLowerCase(Locale.ROOT));
    }
  }

  private void capability(String kind, Set<String> offered) {
    capabilities.computeIfAbsent(kind, one -> new HashSet<>()).addAll(offered);
  }

  private void tabs(JsonNode manifest, ManifestVersion schema) {
    List<JsonNode> tabs = array(manifest, "", "staticTabs", 16);
    unique(tabs, "staticTabs");
    for (int i = 0; i < tabs.size(); i++) {
      String path = "staticTabs[" + i + "]";
      JsonNode tab = item(tabs.get(i), path);
      string(tab, path, "entityId", true, 64, null);
      string(tab, path, "name", false, 128, null);
      string(tab, path, "contentUrl", false, 2048, HTTP);
      string(tab, path, "websiteUrl", false, 2048, HTTP);
      botId(string(tab, path, "contentBotId", false, 2048, GUID));
      capability(
          "staticTabs",
          scopes(
              tab,
              path,
              schema.atLeast(16)
                  ? Set.of("team", "personal", "groupchat")
                  : Set.of("team", "personal"),
              schema));
    }
    List<JsonNode> configurable = array(manifest, "", "configurableTabs", 1);
    for (int i = 0; i < configurable.size(); i++) {
      String path = "configurableTabs[" + i + "]";
      JsonNode tab = item(configurable.get(i), path);
      string(tab, path, "configurationUrl", true, 2048, HTTP);
      Set<String> offered = scopes(tab, path, Set.of("team", "groupchat"), schema);
      capability("configurableTabs", offered);
      groupChatSince3(offered, schema, path, "GroupChatForConfigurableTabsLessThanV13");
    }
  }

  private void groupChatSince3(
      Set<String> found, ManifestVersion schema, String path, String code) {
    if (found.contains("groupchat") && !schema.atLeast(3)) {
      findings.add(code, path + ".scopes", "The scope groupChat needs manifest version 1.3.");
    }
  }

  private void composeExtensions(JsonNode manifest) {
    List<JsonNode> extensions = array(manifest, "", "composeExtensions", 1);
    for (int i = 0; i < extensions.size(); i++) {
      String path = "composeExtensions[" + i + "]";
      JsonNode extension = item(extensions.get(i), path);
      botId(string(extension, path, "botId", false, 2048, GUID));
      array(extension, path, "commands", 10);
      Set<String> offered = new HashSet<>();
      for (JsonNode scope : array(extension, path, "scopes", 4)) {
        offered.add(scope.asString("").toLowerCase(Locale.ROOT));
      }
      capability(
          Capabilities.MESSAGING_EXTENSION,
          offered.isEmpty() ? Set.of("team", "groupchat", "personal") : offered);
      scopes.addAll(List.of("team", "groupChat", "personal"));
    }
  }

  private void connectors(JsonNode manifest, ManifestVersion schema) {
    List<JsonNode> connectors = array(manifest, "", "connectors", 1);
    for (int i = 0; i < connectors.size(); i++) {
      String path = "connectors[" + i + "]";
      JsonNode connector = item(connectors.get(i), path);
      string(connector, path, "connectorId", true, 64, null);
      capability("connectors", scopes(connector, path, Set.of("team"), schema));
    }
  }

  private Map<String, String> activities(JsonNode manifest) {
    Map<String, String> templates = new HashMap<>();
    JsonNode activities = object(manifest, "", "activities", false);
    List<JsonNode> types = array(activities, "activities", "activityTypes", 128);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < types.size(); i++) {
      String path = "activities.activityTypes[" + i + "]";
      JsonNode one = item(types.get(i), path);
      String type = string(one, path, "type", true, 64, null);
      string(one, path, "description", true, 128, null);
      String template = string(one, path, "templateText", true, 128, null);
      if (type == null) {
        continue;
      }
      templates.put(type, template == null ? "" : template);
      if (type.equals("systemDefault")) {
        findings.add(
            "ReservedActivitiesValidation",
            path + ".type",
            "The activity type systemDefault is reserved.");
      }
      if (!seen.add(type)) {
        findings.add(
            "UniqueActivityTypeInActivitiesValidation",
            path + ".type",
            "The activity type %s is there twice.".formatted(quoted(type)));
      }
    }
    return templates;
  }

  private void validDomains(JsonNode manifest, ManifestVersion schema) {
    List<JsonNode> domains = array(manifest, "", "validDomains", schema.atLeast(28) ? 100 : 16);
    for (int i = 0; i < domains.size(); i++) {
      text(domains.get(i), "validDomains[" + i + "]", 2048, null);
    }
  }

  private List<Permission> permissions(JsonNode manifest, ManifestVersion schema) {
    List<Permission> permissions = new ArrayList<>();
    if (schema.atLeast(12)) {
      JsonNode authorization = object(manifest, "", "authorization", false);
      closed(authorization, "authorization", Set.of("permissions"));
      JsonNode all = object(authorization, "authorization", "permissions", false);
      String path = "authorization.permissions";
      closed(
          all,
          path,
          schema.isPreview() ? Set.of("resourceSpecific", "orgWide") : Set.of("resourceSpecific"));
      List<JsonNode> specific = array(all, path, "resourceSpecific", 16);
      for (int i = 0; i < specific.size(); i++) {
        resourceSpecific(specific.get(i), path + ".resourceSpecific[" + i + "]", permissions);
      }
    } else if (schema.atLeast(6)) {
      JsonNode web = manifest.get("webApplicationInfo");
      List<JsonNode> names = array(web, "webApplicationInfo", "applicationPermissions", 100);
      for (int i = 0; i < names.size(); i++) {
        String path = "webApplicationInfo.applicationPermissions[" + i + "]";
        String name = text(names.get(i), path, 128, null);
        if (name != null) {
          add(new Permission(name, Permission.Type.APPLICATION), path, permissions);
        }
      }
    }
    return permissions;
  }

  private void resourceSpecific(JsonNode node, String path, List<Permission> permissions) {
    JsonNode one = item(node, path);
    closed(one, path, Set.of("name", "type"));
    String name = string(one, path, "name", true, 128, null);
    String type = string(one, path, "type", true, 128, null);
    if (type != null && !type.equals("Application") && !type.equals("Delegated")) {
      findings.add(
          "SchemaError_Enum",
          path + ".type",
          "Value %s is not defined in enum.".formatted(quoted(type)));
    } else if (name != null && type != null) {
      if (name.isBlank()) {
        findings.add("SchemaError_MinimumLength", path + ".name", "The name is empty.");
        return;
      }
      add(
          new Permission(
              name,
              type.equals("Application") ? Permission.Type.APPLICATION : Permission.Type.DELEGATED),
          path,
          permissions);
    }
  }

  private void add(Permission permission, String path, List<Permission> permissions) {
    if (permissions.contains(permission)) {
      findings.add("SchemaError_UniqueItems", path, "%s is there twice.".formatted(permission));
    } else {
      permissions.add(permission);
    }
  }

  private @Nullable String webApplication(
      JsonNode manifest, ManifestVersion schema, boolean resourceNeeded) {
    JsonNode web = object(manifest, "", "webApplicationInfo", false);
    if (web == null) {
      return null;
    }
    Set<String> members = new HashSet<>(Set.of("id", "resource"));
    if (schema.atLeast(6) && !schema.atLeast(12)) {
      members.add("applicationPermissions");
    }
    if (schema.atLeast(22)) {
      members.add("nestedAppAuthInfo");
    }
    closed(web, "webApplicationInfo", members);
    string(
        web,
        "webApplicationInfo",
        "resource",
        resourceNeeded || (schema.atLeast(4) && !schema.atLeast(6)),
        2048,
        null);
    String id = string(web, "webApplicationInfo", "id", true, 2048, GUID);
    return id == null ? null : id.toLowerCase(Locale.ROOT);
  }

  private static Set<String> installScopes(ManifestVersion schema) {
    Set<String> scopes = new HashSet<>(Set.of("personal", "team", "groupChat", "meetings"));
    if (schema.spellsGroupchat()) {
      scopes.add("groupchat");
    }
    if (schema.atLeast(21)) {
      scopes.add("copilot");
    }
    return scopes;
  }

  private Set<String> scopes(
      @Nullable JsonNode parent, String path, Set<String> allowed, ManifestVersion schema) {
    Set<String> found = new LinkedHashSet<>();
    if (parent == null) {
      return found;
    }
    if (parent.get("scopes") == null) {
      missing(path + ".scopes");
    }
    List<JsonNode> named = array(parent, path, "scopes", 4);
    for (int i = 0; i < named.size(); i++) {
      String at = path + ".scopes[" + i + "]";
      String scope = text(named.get(i), at, 100, null);
      if (scope == null) {
        continue;
      }
      String lower = scope.toLowerCase(Locale.ROOT);
      boolean spelt =
          lower.equals("groupchat")
              ? scope.equals("groupChat") || (scope.equals(lower) && schema.spellsGroupchat())
              : scope.equals(lower);
      if (!allowed.contains(lower) || !spelt) {
        findings.add(
            "SchemaError_Enum", at, "Value %s is not defined in enum.".formatted(quoted(scope)));
      }
      found.add(lower);
      switch (lower) {
        case "team", "personal" -> scopes.add(lower);
        case "groupchat" -> scopes.add("groupChat");
        default -> {
          // copilot is no installation scope
        }
      }
    }
    return found;
  }

  private void enums(JsonNode parent, String member, int most, Set<String> allowed) {
    List<JsonNode> values = array(parent, "", member, most);
    for (int i = 0; i < values.size(); i++) {
      String path = member + "[" + i + "]";
      String value = text(values.get(i), path, 100, null);
      if (value != null && !allowed.contains(value)) {
        findings.add(
            "SchemaError_Enum", path, "Value %s is not defined in enum.".formatted(quoted(value)));
      }
    }
  }

  private void enumOf(JsonNode parent, String path, String member, Set<String> allowed) {
    String value = string(parent, path, member, false, 100, null);
    if (value != null && !allowed.contains(value)) {
      findings.add(
          "SchemaError_Enum",
          at(path, member),
          "Value %s is not defined in enum.".formatted(quoted(value)));
    }
  }

  private boolean flag(@Nullable JsonNode parent, String path, String member) {
    JsonNode value = parent == null ? null : parent.get(member);
    if (value != null && !value.isBoolean()) {
      type(value, at(path, member), "Boolean");
    }
    return value != null && value.booleanValue(false);
  }

  private void unique(List<JsonNode> items, String path) {
    Set<JsonNode> seen = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      if (!seen.add(items.get(i))) {
        findings.add(
            "SchemaError_UniqueItems", path, "Non-unique array item at index %d.".formatted(i));
      }
    }
  }

  private void closed(@Nullable JsonNode node, String path, Set<String> members) {
    if (node == null || !node.isObject()) {
      return;
    }
    for (String member : node.propertyNames()) {
      if (!members.contains(member)) {
        findings.add(
            "SchemaError_AdditionalProperties",
            at(path, shortened(member)),
            "Property '%s' has not been defined and the schema does not allow additional properties."
                .formatted(shortened(member)));
      }
    }
  }

  private @Nullable JsonNode object(
      @Nullable JsonNode parent, String path, String member, boolean required) {
    JsonNode value = parent == null ? null : parent.get(member);
    if (value == null) {
      if (required && parent != null) {
        missing(at(path, member));
      }
      return null;
    }
    return item(value, at(path, member));
  }

  private @Nullable JsonNode item(JsonNode value, String path) {
    if (!value.isObject()) {
      type(value, path, "Object");
      return null;
    }
    return value;
  }

  private List<JsonNode> array(@Nullable JsonNode parent, String path, String member, int most) {
    JsonNode value = parent == null ? null : parent.get(member);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      type(value, at(path, member), "Array");
      return List.of();
    }
    if (value.size() > most) {
      findings.add(
          "SchemaError_MaximumItems",
          at(path, member),
          "Array item count %d exceeds maximum count of %d.".formatted(value.size(), most));
    }
    List<JsonNode> items = new ArrayList<>();
    value.forEach(items::add);
    return items.subList(0, Math.min(items.size(), 1_000));
  }

  private @Nullable String filled(
      @Nullable JsonNode parent, String path, String member, int most, String emptyCode) {
    String value = string(parent, path, member, true, most, null);
    if (value != null && value.isBlank()) {
      findings.add(emptyCode, at(path, member), "The text is empty.");
    }
    return value;
  }

  private @Nullable String string(
      @Nullable JsonNode parent,
      String path,
      String member,
      boolean required,
      int most,
      @Nullable Pattern pattern) {
    if (parent == null) {
      return null;
    }
    JsonNode value = parent.get(member);
    if (value == null) {
      if (required) {
        missing(at(path, member));
      }
      return null;
    }
    return text(value, at(path, member), most, pattern);
  }

  private @Nullable String text(JsonNode value, String path, int most, @Nullable Pattern pattern) {
    if (!value.isString()) {
      type(value, path, "String");
      return null;
    }
    String text = value.stringValue();
    if (text.codePointCount(0, text.length()) > most) {
      findings.add(
          "SchemaError_MaximumLength",
          path,
          "String %s exceeds maximum length of %d.".formatted(quoted(text), most));
      return null;
    }
    if (!Texts.isStorable(text)) {
      findings.add(
          "SchemaError_Format",
          path,
          text.indexOf('\0') >= 0
              ? "The text holds the character U+0000."
              : "The text holds half of a surrogate pair, which is no character.");
      return null;
    }
    if (pattern != null && !pattern.matcher(text).find()) {
      findings.add(
          "SchemaError_Pattern",
          path,
          "String %s does not match regex pattern \"%s\".".formatted(quoted(text), pattern));
      return null;
    }
    return text;
  }

  private void missing(String path) {
    // The documented answer names the missing property as target and leaves the brackets empty.
    findings.add("SchemaError_Required", path, "Required properties are missing from object: [].");
  }

  private void type(JsonNode value, String path, String expected) {
    findings.add(
        "SchemaError_Type",
        path,
        "Invalid type. Expected %s but got %s.".formatted(expected, value.getNodeType()));
  }

  private static String at(String path, String member) {
    return path.isEmpty() ? member : path + "." + member;
  }

  private static String shown(JsonNode value) {
    return value.isString() ? quoted(value.stringValue()) : shortened(Json.text(value));
  }

  private static String quoted(String text) {
    return "\"" + shortened(text) + "\"";
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
