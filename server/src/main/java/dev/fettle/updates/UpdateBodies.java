package dev.fettle.updates;

import dev.fettle.base.Refusal;
import dev.fettle.devices.DeviceType;
import dev.fettle.devices.SoftwareType;
import dev.fettle.devices.SoftwareVersion;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of requests, which fit the schema already, into what the facades take. */
final class UpdateBodies {

  private static final Set<String> SETTABLE =
      Set.of("softwareType", "version", "displayName", "deviceTypes", "models");

  private UpdateBodies() {}

  static SoftwareType softwareType(ObjectNode parameters) {
    String word = text(parameters.get("softwareType"));
    if (word == null) {
      throw Refusal.invalid("softwareType", "Parameter 'softwareType' is required.");
    }
    return SoftwareType.of(word)
        .orElseThrow(
            () ->
                Refusal.invalid(
                    "softwareType", "Parameter 'softwareType' must name a kind of software."));
  }

  static @Nullable String softwareVersion(ObjectNode parameters) {
    String version = text(parameters.get("softwareVersion"));
    if (version == null) {
      return null;
    }
    if (version.isBlank()
        || version.length() > SoftwareVersion.MAX_LENGTH
        || version.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw Refusal.invalid(
          "softwareVersion",
          "Parameter 'softwareVersion' has 1 to "
              + SoftwareVersion.MAX_LENGTH
              + " printable ASCII characters, or is null for the newest version.");
    }
    return version;
  }

  static Release newRelease(ObjectNode body) {
    refuseOthers(body);
    String type = text(body.get("softwareType"));
    String version = text(body.get("version"));
    if (type == null) {
      throw required("softwareType");
    }
    if (version == null) {
      throw required("version");
    }
    return new Release(
        SoftwareType.of(type).orElseThrow(() -> required("softwareType")),
        version,
        text(body.get("displayName")),
        deviceTypes(body.path("deviceTypes")),
        models(body.path("models")));
  }

  static ReleaseChange change(ObjectNode body) {
    refuseOthers(body);
    String type = text(body.get("softwareType"));
    return new ReleaseChange(
        type == null ? null : SoftwareType.of(type).orElseThrow(() -> required("softwareType")),
        text(body.get("version")),
        text(body.get("displayName")),
        body.has("deviceTypes") ? deviceTypes(body.path("deviceTypes")) : null,
        body.has("models") ? models(body.path("models")) : null);
  }

  private static List<String> deviceTypes(JsonNode array) {
    return array
        .valueStream()
        .map(
            one ->
                DeviceType.of(one.asString(""))
                    .map(DeviceType::word)
                    .orElseThrow(
                        () ->
                            Refusal.invalid(
                                "deviceTypes",
                                "The property 'deviceTypes' must hold kinds of devices.")))
        .distinct()
        .toList();
  }

  private static List<String> models(JsonNode array) {
    if (!array.valueStream().allMatch(JsonNode::isString)) {
      throw Refusal.invalid("models", "The property 'models' must hold texts, none of them null.");
    }
    return array.valueStream().map(JsonNode::stringValue).toList();
  }

  private static void refuseOthers(ObjectNode body) {
    for (String name : body.propertyNames()) {
      if (!SETTABLE.contains(name) && name.indexOf('@') < 0) {
        throw Refusal.invalid(name, "The property '" + name + "' is set by the server.");
      }
    }
  }

  private static Refusal required(String name) {
    return Refusal.invalid(name, "The property '" + name + "' is required.");
  }

  private static @Nullable String text(@Nullable JsonNode node) {
    return node != null && node.isString() ? node.stringValue() : null;
  }
}
