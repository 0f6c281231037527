package dev.fettle.devices;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rules for the attributes by which a device describes itself. */
final class AttributeRules {

  /** The most attributes of one device. */
  static final int MOST = 100;

  /** The longest key and the longest value. */
  static final int LONGEST = 128;

  /**
   * The meaning of the known attributes. A null means that the attribute is not there, and then
   * what was known before stays.
   *
   * @param macAddresses null if not sent
   */
  record Facts(
      @Nullable String manufacturer,
      @Nullable String model,
      @Nullable String serialNumber,
      @Nullable String uniqueId,
      @Nullable List<String> macAddresses,
      @Nullable DeviceType deviceType,
      @Nullable String agent,
      boolean canRestart,
      boolean canRunDiagnostics) {}

  private AttributeRules() {}

  /**
   * The attributes after a change; a null value removes its key.
   *
   * @throws Refusal if the change or its result is not allowed
   */
  static Map<String, String> apply(
      Map<String, String> before, AttributeMode mode, Map<String, @Nullable String> sent) {
    if (sent.isEmpty()) {
      throw Refusal.invalid("data", "'data' must hold at least one attribute.");
    }
    sent.forEach(AttributeRules::check);
    Map<String, String> after =
        mode == AttributeMode.REPLACE ? new TreeMap<>() : new TreeMap<>(before);
    sent.forEach(
        (key, value) -> {
          if (value == null || mode == AttributeMode.REMOVE) {
            after.remove(key);
          } else {
            after.put(key, value);
          }
        });
    if (after.size() > MOST) {
      throw new Refusal(
          new Reason.TooManyRequests(
              Duration.ofMinutes(5), "A device has at most " + MOST + " attributes."));
    }
    return after;
  }

  private static void check(String key, @Nullable String value) {
    if (key.isEmpty() || key.length() > LONGEST) {
      throw Refusal.invalid("data", "The key of an attribute has 1 to " + LONGEST + " characters.");
    }
    if (key.indexOf('\0') >= 0 || (value != null && value.indexOf('\0') >= 0)) {
      throw Refusal.invalid(
          "data", "The attribute '" + key.replace('\0', ' ') + "' holds the character U+0000.");
    }
    if (value != null && value.length() > LONGEST) {
      throw Refusal.invalid(
          "data", "The attribute '" + key + "' is longer than " + LONGEST + " characters.");
    }
  }

  /**
   * The versions that a change reports. An attribute that it leaves alone was true when it was
   * sent, and is no word on what runs now.
   */
  static Map<SoftwareType, String> versions(
      AttributeMode mode, Map<String, ? extends @Nullable String> sent) {
    Map<SoftwareType, String> versions = new EnumMap<>(SoftwareType.class);
    for (SoftwareType type : SoftwareType.values()) {
      String version = text(sent, type.attribute());
      if (version != null && mode != AttributeMode.REMOVE) {
        versions.put(type, version);
      }
    }
    return versions;
  }

  /** Removes the reported versions that the attributes before had in the same words. */
  static void removeRepeated(Map<SoftwareType, String> reported, Map<String, String> before) {
    reported.entrySet().removeAll(versions(AttributeMode.MERGE, before).entrySet());
  }

  /** Reads the known attributes. */
  static Facts facts(Map<String, String> attributes) {
    String deviceType = text(attributes, "deviceType");
    String agent = text(attributes, "agent");
    String serial = text(attributes, "serialNumber");
    return new Facts(
        text(attributes, "manufacturer"),
        text(attributes, "model"),
        serial != null ? serial : text(attributes, "serialNo"),
        text(attributes, "uniqueId"),
        macAddresses(text(attributes, "macAddresses")),
        deviceType == null ? null : DeviceType.of(deviceType).orElse(null),
        agent == null ? null : program(agent),
        "true".equalsIgnoreCase(attributes.get("capability.restart")),
        "true".equalsIgnoreCase(attributes.get("capability.diagnostics")));
  }

  /** The name before the version; null if there is none. */
  private static @Nullable String program(String agent) {
    int slash = agent.indexOf('/');
    String name = (slash < 0 ? agent : agent.substring(0, slash)).strip().toLowerCase(Locale.ROOT);
    return name.isEmpty() ? null : name;
  }

  private static @Nullable String text(
      Map<String, ? extends @Nullable String> attributes, String key) {
    String value = attributes.get(key);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static @Nullable List<String> macAddresses(@Nullable String text) {
    if (text == null) {
      return null;
    }
    List<String> addresses = new ArrayList<>();
    Arrays.stream(text.split("[,; ]+")).filter(one -> !one.isBlank()).forEach(addresses::add);
    return addresses;
  }
}
