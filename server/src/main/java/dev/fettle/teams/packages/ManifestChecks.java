package dev.fettle.teams.packages;

import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks of one manifest: by the schema of its version, and by the catalogue's own rules, which no
 * schema can say. The whole manifest is gone through whatever is found on the way, so the caller
 * learns everything at once. For one use on one thread.
 */
final class ManifestChecks {

  /** The codes of texts that must not be blank. */
  private static final Map<String, String> FILLED =
      new TreeMap<>(
          Map.of(
              "/name/short", "ShortNameIsRequiredField",
              "/description/short", "ShortDescriptionCannotBeEmpty",
              "/description/full", "FullDescriptionCannotBeEmpty",
              "/developer/name", "DeveloperNameIsRequiredField",
              "/version", "VersionCannotBeEmpty"));

  /** The codes of addresses that must be https, which the schema does not ask for. */
  private static final Map<String, String> HTTPS =
      new TreeMap<>(
          Map.of(
              "/developer/websiteUrl", "DeveloperWebsiteUrlMustBeHttps",
              "/developer/privacyUrl", "DeveloperPrivacyUrlMustBeHttps",
              "/developer/termsOfUseUrl", "DeveloperTermsOfUseUrlMustBeHttps"));

  private final ManifestSchemas schemas;
  private final Set<String> files;
  private final Findings findings;
  private final Map<String, String> icons = new HashMap<>();

  ManifestChecks(ManifestSchemas schemas, Set<String> files, Findings findings) {
    this.schemas = schemas;
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
    ManifestVersion version = manifest == null ? null : version(manifest);
    if (manifest == null || version == null) {
      return null;
    }
    schemas.check(manifest, version, findings);
    texts(manifest);
    files(manifest);
    groupChats(manifest, version);
    activities(manifest);
    return ManifestReader.read(manifest, version);
  }

  private @Nullable JsonNode parse(byte[] text) {
    boolean marked =
        text.length >= 3
            && text[0] == (byte) 0xef
            && text[1] == (byte) 0xbb
            && text[2] == (byte) 0xbf;
    byte[] bytes = marked ? Arrays.copyOfRange(text, 3, text.length) : text;
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

  private @Nullable ManifestVersion version(JsonNode manifest) {
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
          "Value %s does not match const.".formatted(Findings.shown(version)));
    }
    return known;
  }

  private void texts(JsonNode manifest) {
    FILLED.forEach(
        (pointer, code) -> {
          if (manifest.at(pointer).stringValue("-").isBlank()) {
            findings.add(code, path(pointer), "The text is empty.");
          }
        });
    HTTPS.forEach(
        (pointer, code) -> {
          JsonNode url = manifest.at(pointer);
          if (url.stringValue("").toLowerCase(Locale.ROOT).startsWith("http://")) {
            findings.add(
                code, path(pointer), "The URL %s must use https.".formatted(Findings.shown(url)));
          }
        });
    JsonNode version = manifest.path("version");
    String number = version.stringValue("");
    if (number.startsWith("0")) {
      findings.add(
          "VersionHasMajorLessThan1",
          "version",
          "The version %s starts with 0.".formatted(Findings.shown(version)));
    }
    if (!number.isBlank() && !Version.isVersion(number)) {
      findings.add(
          "VersionContainsOnlyNumbersDotSeparated",
          "version",
          "The version %s is not of the form #.#.#: numbers with dots between them."
              .formatted(Findings.shown(version)));
    }
  }

  private void files(JsonNode manifest) {
    for (String icon : List.of("color", "outline", "color32x32")) {
      String found = file(manifest.path("icons").path(icon), "icons." + icon);
      if (found != null) {
        icons.put(icon, found);
      }
    }
    JsonNode localization = manifest.path("localizationInfo");
    String _ =
        file(localization.path("defaultLanguageFile"), "localizationInfo.defaultLanguageFile");
    JsonNode languages = localization.path("additionalLanguages");
    for (int i = 0; i < languages.size(); i++) {
      String _ =
          file(
              languages.path(i).path("file"),
              "localizationInfo.additionalLanguages[" + i + "].file");
    }
  }

  /** The file in the package that a member names; what names none is a finding. */
  private @Nullable String file(JsonNode named, String path) {
    if (!named.isString()) {
      return null;
    }
    String name = named.stringValue();
    String plain = name.startsWith("./") ? name.substring(2) : name;
    if (files.contains(plain)) {
      return plain;
    }
    findings.add(
        "Serialization_FileMissing",
        path,
        "%s is not in the package.".formatted(Findings.shown(named)));
    return null;
  }

  private void groupChats(JsonNode manifest, ManifestVersion version) {
    if (version.atLeast(3)) {
      return;
    }
    groupChat(manifest, "bots", "GroupChatForBotsLessThanV13");
    groupChat(manifest, "configurableTabs", "GroupChatForConfigurableTabsLessThanV13");
  }

  private void groupChat(JsonNode manifest, String kind, String code) {
    JsonNode all = manifest.path(kind);
    for (int i = 0; i < all.size(); i++) {
      if (ManifestReader.scopes(all.path(i)).contains("groupchat")) {
        findings.add(
            code, kind + "[" + i + "].scopes", "The scope groupChat needs manifest version 1.3.");
      }
    }
  }

  private void activities(JsonNode manifest) {
    JsonNode types = manifest.path("activities").path("activityTypes");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < types.size(); i++) {
      JsonNode type = types.path(i).path("type");
      String path = "activities.activityTypes[" + i + "].type";
      if (type.stringValue("").equals("systemDefault")) {
        findings.add(
            "ReservedActivitiesValidation", path, "The activity type systemDefault is reserved.");
      }
      if (type.isString() && !seen.add(type.stringValue())) {
        findings.add(
            "UniqueActivityTypeInActivitiesValidation",
            path,
            "The activity type %s is there twice.".formatted(Findings.shown(type)));
      }
    }
  }

  private static String path(String pointer) {
    return pointer.substring(1).replace('/', '.');
  }
}
