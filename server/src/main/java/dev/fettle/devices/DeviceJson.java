package dev.fettle.devices;

import dev.fettle.devices.HealthRules.Freshness;
import dev.fettle.devices.HealthRules.Peripheral;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents that devices report and that are read back, as far as the server looks into them.
 */
final class DeviceJson {

  /** A member of the health document, and its flag in the configuration; empty if it has none. */
  private record Member(String name, JsonPointer optional) {
    Member(String name, String optional) {
      this(name, JsonPointer.compile(optional));
    }
  }

  private static final List<Member> PERIPHERALS =
      List.of(
          new Member("roomCameraHealth", ""),
          new Member(
              "contentCameraHealth",
              "/cameraConfiguration/contentCameraConfiguration/isContentCameraOptional"),
          new Member("speakerHealth", "/speakerConfiguration/isSpeakerOptional"),
          new Member(
              "communicationSpeakerHealth", "/speakerConfiguration/isCommunicationSpeakerOptional"),
          new Member("microphoneHealth", "/microphoneConfiguration/isMicrophoneOptional"));

  private static final List<String> HARDWARE = List.of("computeHealth", "hdmiIngestHealth");
  private static final List<String> WRITE_ONLY = List.of("defaultPassword", "lockPin");

  private DeviceJson() {}

  /**
   * The documents as they are stored: without what the server knows better, and without what may be
   * written and never read.
   */
  static DeviceReport stored(DeviceReport reported) {
    ObjectNode configuration =
        only(
            reported.configuration(),
            "cameraConfiguration",
            "displayConfiguration",
            "hardwareConfiguration",
            "microphoneConfiguration",
            "softwareVersions",
            "speakerConfiguration",
            "systemConfiguration",
            "teamsClientConfiguration");
    if (configuration != null
        && configuration.get("systemConfiguration") instanceof ObjectNode system) {
      system.remove(WRITE_ONLY);
    }
    return new DeviceReport(
        only(reported.activity(), "activePeripherals"),
        reported.activityState(),
        configuration,
        only(reported.health(), "hardwareHealth", "loginStatus", "peripheralsHealth"));
  }

  /** The versions that a configuration and a health document name. */
  static Map<SoftwareType, String> versions(
      @Nullable JsonNode configuration, @Nullable JsonNode health) {
    Map<SoftwareType, String> versions = new EnumMap<>(SoftwareType.class);
    for (SoftwareType type : SoftwareType.values()) {
      String configured =
          configuration == null || type.versionMember() == null
              ? null
              : text(configuration.at("/softwareVersions/" + type.versionMember()));
      String running =
          health == null
              ? null
              : text(health.at("/softwareUpdateHealth/" + type.statusMember() + "/currentVersion"));
      for (String version : new @Nullable String[] {running, configured}) {
        if (version != null && !version.isBlank()) {
          versions.put(type, version);
        }
      }
    }
    return versions;
  }

  /**
   * The health member that compares what runs with what there is; a type without either is null.
   */
  static ObjectNode softwareUpdateHealth(ObjectNode current, Map<SoftwareType, String> available) {
    ObjectNode health = Json.object();
    for (SoftwareType type : SoftwareType.values()) {
      String running = text(current.get(type.word()));
      String newest = available.get(type);
      if (running == null && newest == null) {
        health.putNull(type.statusMember());
        continue;
      }
      ObjectNode status = health.putObject(type.statusMember());
      status.put("availableVersion", newest);
      status.put("currentVersion", running);
      status.put("softwareFreshness", HealthRules.freshness(running, newest).word());
    }
    return health;
  }

  /** The available versions of a {@code softwareUpdateHealth} that was stored. */
  static Map<SoftwareType, String> available(ObjectNode softwareUpdateHealth) {
    Map<SoftwareType, String> available = new EnumMap<>(SoftwareType.class);
    for (SoftwareType type : SoftwareType.values()) {
      String newest = text(softwareUpdateHealth.path(type.statusMember()).get("availableVersion"));
      if (newest != null) {
        available.put(type, newest);
      }
    }
    return available;
  }

  /**
   * Answers if the row has an available version of all software that the device runs; a device of
   * the seed has not, until it sends its attributes.
   */
  static boolean knowsAvailable(DeviceState state) {
    Map<SoftwareType, String> available = available(state.softwareUpdateHealth());
    return Arrays.stream(SoftwareType.values())
        .allMatch(type -> !state.currentVersions().has(type.word()) || available.containsKey(type));
  }

  /** Answers if each reported version is the one that was noted. */
  static boolean agree(Map<SoftwareType, String> reported, ObjectNode current) {
    return reported.entrySet().stream()
        .allMatch(one -> one.getValue().equals(text(current.get(one.getKey().word()))));
  }

  /** Answers if any software is older than the newest that fits. */
  static boolean updateAvailable(ObjectNode softwareUpdateHealth) {
    return softwareUpdateHealth
        .valueStream()
        .anyMatch(
            status ->
                Freshness.UPDATE_AVAILABLE.word().equals(text(status.get("softwareFreshness"))));
  }

  /** The versions as the configuration document shows them. */
  static ObjectNode softwareVersions(ObjectNode current) {
    ObjectNode versions = Json.object();
    for (SoftwareType type : SoftwareType.values()) {
      String member = type.versionMember();
      if (member != null) {
        versions.put(member, text(current.get(type.word())));
      }
    }
    return versions;
  }

  /**
   * The peripherals of a health document. The configuration's own flag counts for those that it
   * does not call optional or required.
   */
  static List<Peripheral> peripherals(@Nullable JsonNode health, @Nullable JsonNode configuration) {
    List<Peripheral> found = new ArrayList<>();
    if (health == null) {
      return found;
    }
    JsonNode configured = configuration == null ? Json.object() : configuration;
    JsonNode peripherals = health.path("peripheralsHealth");
    for (Member member : PERIPHERALS) {
      add(found, peripherals.path(member.name()), configured.at(member.optional()));
    }
    JsonNode displays = peripherals.path("displayHealthCollection");
    for (int i = 0; i < displays.size(); i++) {
      String flag = "/displayConfiguration/configuredDisplays/" + i + "/isOptional";
      add(found, displays.get(i), configured.at(flag));
    }
    for (String name : HARDWARE) {
      add(found, health.path("hardwareHealth").path(name), configured);
    }
    return found;
  }

  private static void add(List<Peripheral> found, JsonNode health, JsonNode configured) {
    if (health.isObject()) {
      JsonNode said = health.path("isOptional");
      found.add(
          new Peripheral(
              (said.isBoolean() ? said : configured).booleanValue(false),
              "disconnected".equals(text(health.path("connection").get("connectionStatus")))));
    }
  }

  /** The text of a string node; null for anything else. */
  static @Nullable String text(@Nullable JsonNode node) {
    return node != null && node.isString() ? node.stringValue() : null;
  }

  private static @Nullable ObjectNode only(@Nullable ObjectNode reported, String... members) {
    if (reported == null) {
      return null;
    }
    ObjectNode kept = Json.object();
    for (String member : members) {
      if (reported.hasNonNull(member)) {
        kept.set(member, reported.get(member).deepCopy());
      }
    }
    return kept;
  }
}
