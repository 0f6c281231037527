package dev.fettle.devices;

import dev.fettle.base.Guids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts devices of a seed document into a tenant exactly as the document describes them: nothing is
 * worked out anew, so that a fresh server answers as the public examples do. A device whose id is
 * there already is left alone.
 */
public final class DeviceSeed {

  private final Db db;

  public DeviceSeed(Db db) {
    this.db = db;
  }

  /** Applies the member {@code devices} of the document; other members belong to other rooms. */
  public void apply(String tenantId, JsonNode document) {
    db.tx(
        tx -> {
          for (JsonNode device : document.path("devices")) {
            insert(tx, tenantId, device);
          }
          return null;
        });
  }

  private static void insert(Tx tx, String tenantId, JsonNode device) {
    String id = Guids.kept(required(device, "id"));
    JsonNode hardware = device.path("hardwareDetail");
    Instant created = Instant.parse(required(device, "createdDateTime"));
    Instant modified = time(device, "lastModifiedDateTime");
    ObjectNode versions = object(device, "currentVersions");
    ObjectNode current = versions == null ? Json.object() : versions;
    String controllerId = DeviceJson.text(device.get("controllerId"));
    tx.update(
        DeviceStore.seed(
            List.of(
                new DeviceStore.SeedColumn("tenant_id", tenantId),
                new DeviceStore.SeedColumn("id", id),
                new DeviceStore.SeedColumn(
                    "controller_id", controllerId == null ? id : controllerId),
                new DeviceStore.SeedColumn("device_type", required(device, "deviceType")),
                new DeviceStore.SeedColumn("manufacturer", text(hardware, "manufacturer")),
                new DeviceStore.SeedColumn("model", text(hardware, "model")),
                new DeviceStore.SeedColumn("serial_number", text(hardware, "serialNumber")),
                new DeviceStore.SeedColumn("unique_id", text(hardware, "uniqueId")),
                new DeviceStore.SeedColumn("mac_addresses", texts(hardware.path("macAddresses"))),
                new DeviceStore.SeedColumn("notes", text(device, "notes")),
                new DeviceStore.SeedColumn("company_asset_tag", text(device, "companyAssetTag")),
                new DeviceStore.SeedColumn("activity_state", text(device, "activityState")),
                new DeviceStore.SeedColumn("current_user_identity", object(device, "currentUser")),
                new DeviceStore.SeedColumn("condition", word(device, "condition")),
                new DeviceStore.SeedColumn("connection_status", word(device, "connectionStatus")),
                new DeviceStore.SeedColumn(
                    "connection_date_time", time(device, "connectionDateTime")),
                new DeviceStore.SeedColumn("activity", object(device, "activity")),
                new DeviceStore.SeedColumn("activity_date_time", time(device, "activityDateTime")),
                new DeviceStore.SeedColumn("configuration", object(device, "configuration")),
                new DeviceStore.SeedColumn(
                    "configuration_date_time", time(device, "configurationDateTime")),
                new DeviceStore.SeedColumn("health", object(device, "health")),
                new DeviceStore.SeedColumn("health_date_time", time(device, "healthDateTime")),
                new DeviceStore.SeedColumn(
                    "software_update_health",
                    DeviceJson.softwareUpdateHealth(current, available(device))),
                new DeviceStore.SeedColumn("current_versions", current),
                new DeviceStore.SeedColumn("can_restart", flag(device, "canRestart")),
                new DeviceStore.SeedColumn(
                    "can_run_diagnostics", flag(device, "canRunDiagnostics")),
                new DeviceStore.SeedColumn("created_date_time", created),
                new DeviceStore.SeedColumn(
                    "last_modified_date_time", modified == null ? created : modified))));
  }

  private static Map<SoftwareType, String> available(JsonNode device) {
    Map<SoftwareType, String> available = new EnumMap<>(SoftwareType.class);
    for (SoftwareType type : SoftwareType.values()) {
      String version = text(device.path("availableVersions"), type.word());
      if (version != null) {
        available.put(type, version);
      }
    }
    return available;
  }

  private static String required(JsonNode node, String name) {
    String text = text(node, name);
    if (text == null) {
      throw new IllegalArgumentException("A seeded device lacks '" + name + "'.");
    }
    return text;
  }

  private static String word(JsonNode node, String name) {
    String text = text(node, name);
    return text == null ? "unknown" : text;
  }

  private static boolean flag(JsonNode node, String name) {
    return node.path(name).asBoolean(false);
  }

  private static @Nullable Instant time(JsonNode node, String name) {
    String text = text(node, name);
    return text == null ? null : Instant.parse(text);
  }

  private static @Nullable String text(JsonNode node, String name) {
    return DeviceJson.text(node.get(name));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asString()));
    return texts;
  }

  private static @Nullable ObjectNode object(JsonNode node, String name) {
    return node.get(name) instanceof ObjectNode object ? object : null;
  }
}
