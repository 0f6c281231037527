package dev.fettle.devices;

import dev.fettle.base.Refusal;
import dev.fettle.graph.ChangeableProperties;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of requests on devices, which fit the schema already, into what the facade takes. */
final class DeviceBodies {

  /** The properties of a device that can be changed. */
  static final ChangeableProperties CHANGEABLE =
      new ChangeableProperties(
          Set.of("notes", "companyAssetTag"),
          Set.of("activityState", "healthStatus", "lastModifiedBy", "lastModifiedDateTime"));

  private static final int LONGEST_NOTES = 4_000;
  private static final int LONGEST_TEXT = 256;
  private static final int MOST_MAC_ADDRESSES = 32;
  private static final Set<String> ENROLS =
      Set.of("deviceType", "hardwareDetail", "notes", "companyAssetTag", "currentUser");

  private DeviceBodies() {}

  static NewDevice newDevice(ObjectNode body) {
    refuseOthers(body, ENROLS, "set when a device is enrolled");
    String type = DeviceJson.text(body.get("deviceType"));
    if (type == null) {
      throw Refusal.invalid("deviceType", "The property 'deviceType' is required.");
    }
    DeviceType deviceType =
        DeviceType.of(type)
            .orElseThrow(
                () ->
                    Refusal.invalid(
                        "deviceType", "The property 'deviceType' must name a kind of device."));
    JsonNode hardware = body.path("hardwareDetail");
    return new NewDevice(
        deviceType,
        new Hardware(
            text(hardware, "hardwareDetail", "manufacturer", LONGEST_TEXT),
            text(hardware, "hardwareDetail", "model", LONGEST_TEXT),
            text(hardware, "hardwareDetail", "serialNumber", LONGEST_TEXT),
            text(hardware, "hardwareDetail", "uniqueId", LONGEST_TEXT),
            macAddresses(hardware.path("macAddresses"))),
        text(body, "", "notes", LONGEST_NOTES),
        text(body, "", "companyAssetTag", LONGEST_TEXT),
        currentUser(body.get("currentUser")));
  }

  static DeviceChange change(ObjectNode body) {
    refuseOthers(body, CHANGEABLE.names(), "changed");
    DeviceChange change =
        new DeviceChange(
            body.has("notes"),
            text(body, "", "notes", LONGEST_NOTES),
            body.has("companyAssetTag"),
            text(body, "", "companyAssetTag", LONGEST_TEXT));
    if (!change.changesNotes() && !change.changesCompanyAssetTag()) {
      throw Refusal.invalid(
          null, "Nothing to change: 'notes' and 'companyAssetTag' can be changed.");
    }
    return change;
  }

  static @Nullable String controllerId(@Nullable ObjectNode body) {
    return body == null ? null : DeviceJson.text(body.get("controllerId"));
  }

  static String displayName(ObjectNode body) {
    refuseOthers(body, Set.of("displayName"), "set");
    String name = text(body, "", "displayName", LONGEST_TEXT);
    if (name == null || name.isBlank()) {
      throw Refusal.invalid("displayName", "The property 'displayName' is required, not blank.");
    }
    return name;
  }

  /** Refuses properties that are not among the names, since they would not be kept. */
  private static void refuseOthers(ObjectNode body, Set<String> names, String verb) {
    for (String name : body.propertyNames()) {
      if (!names.contains(name) && name.indexOf('@') < 0) {
        throw Refusal.invalid(name, "The property '" + name + "' cannot be " + verb + ".");
      }
    }
  }

  private static @Nullable String text(JsonNode object, String parent, String name, int longest) {
    String text = DeviceJson.text(object.get(name));
    if (text != null && text.length() > longest) {
      String path = parent.isEmpty() ? name : parent + "/" + name;
      throw Refusal.invalid(
          path, "The property '" + path + "' has at most " + longest + " characters.");
    }
    return text;
  }

  private static List<String> macAddresses(JsonNode array) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode one : array) {
      String address = DeviceJson.text(one);
      if (address == null || address.length() > 64 || addresses.size() >= MOST_MAC_ADDRESSES) {
        throw Refusal.invalid(
            "hardwareDetail/macAddresses",
            "The property 'hardwareDetail/macAddresses' has at most "
                + MOST_MAC_ADDRESSES
                + " texts of at most 64 characters.");
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static @Nullable ObjectNode currentUser(@Nullable JsonNode user) {
    if (!(user instanceof ObjectNode given)) {
      return null;
    }
    ObjectNode kept = Json.object();
    for (String name : List.of("id", "displayName", "userIdentityType")) {
      kept.put(name, text(given, "currentUser", name, LONGEST_TEXT));
    }
    return kept;
  }
}
