package dev.fettle.teams.packages;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A version of the manifest's schema: which members it knows.
 *
 * @param minor the number after {@code 1.}; above all numbers for {@code devPreview}
 */
record ManifestVersion(int minor) {

  private static final int PREVIEW = 1_000;
  private static final int NEWEST = 30;

  /** The top-level members of every version. */
  private static final Set<String> ALWAYS =
      Set.of(
          "$schema",
          "manifestVersion",
          "version",
          "id",
          "developer",
          "name",
          "description",
          "icons",
          "accentColor",
          "bots",
          "staticTabs",
          "configurableTabs",
          "composeExtensions",
          "connectors",
          "permissions",
          "validDomains");

  /** The version in which further top-level members appeared. */
  private static final Map<String, Integer> SINCE =
      Map.ofEntries(
          Map.entry("devicePermissions", 4),
          Map.entry("webApplicationInfo", 4),
          Map.entry("localizationInfo", 5),
          Map.entry("showLoadingIndicator", 6),
          Map.entry("activities", 7),
          Map.entry("isFullScreen", 7),
          Map.entry("defaultInstallScope", 9),
          Map.entry("defaultGroupCapability", 9),
          Map.entry("configurableProperties", 10),
          Map.entry("meetingExtensionDefinition", 10),
          Map.entry("subscriptionOffer", 10),
          Map.entry("defaultBlockUntilAdminAction", 11),
          Map.entry("graphConnector", 11),
          Map.entry("publisherDocsUrl", 11),
          Map.entry("authorization", 12),
          Map.entry("supportedChannelTypes", 14),
          Map.entry("dashboardCards", 17),
          Map.entry("extensions", 17),
          Map.entry("copilotAgents", 19),
          Map.entry("elementRelationshipSet", 20),
          Map.entry("intuneInfo", 20),
          Map.entry("backgroundLoadConfiguration", 21),
          Map.entry("agenticUserTemplates", 25),
          Map.entry("supportsChannelFeatures", 25),
          Map.entry("agentConnectors", 27),
          Map.entry("agentSkills", 28),
          Map.entry("scopeConstraints", PREVIEW));

  /** The version that a manifest names, or null for one that there is not. */
  static @Nullable ManifestVersion of(String text) {
    if (text.equals("devPreview")) {
      return new ManifestVersion(PREVIEW);
    }
    if (!text.matches("1\\.(0|[1-9][0-9]?)")) {
      return null;
    }
    int minor = Integer.parseInt(text.substring(2));
    return minor > NEWEST || minor == 18 ? null : new ManifestVersion(minor);
  }

  boolean atLeast(int other) {
    return minor >= other;
  }

  boolean isPreview() {
    return minor == PREVIEW;
  }

  /** Whether {@code groupchat} is known beside {@code groupChat}. */
  boolean spellsGroupchat() {
    return minor <= 16 || isPreview();
  }

  boolean packageNameRequired() {
    return minor <= 4;
  }

  boolean fullNameRequired() {
    return (minor >= 16 && minor <= 19) || isPreview();
  }

  /** The top-level members that the version knows. */
  Set<String> members() {
    Set<String> members = new HashSet<>(ALWAYS);
    SINCE.forEach(
        (member, since) -> {
          if (minor >= since) {
            members.add(member);
          }
        });
    if (minor <= 16 || isPreview()) {
      members.add("packageName");
    }
    return members;
  }
}
