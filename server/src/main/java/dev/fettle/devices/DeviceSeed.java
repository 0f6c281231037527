package dev.fettle.devices;

import dev.fettle.base.Guids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts devices of a seed document into a tenant exactly as the document describes them: nothing is
 * worked out anew, so that a fresh server answers as the public examples do. A device whose id is
 * there already is left alone.
 */
public final class DeviceSeed {

  private static final Sql INSERT =
      Sql.of(
          """
          insert into devices_device
            (tenant_id, id, controller_id, device_type, manufacturer, model, serial_number,
             unique_id, mac_addresses, notes, company_asset_tag, activity_state,
             current_user_identity, condition, connection_status, connection_date_time, activity,
             activity_date_time, configuration, configuration_date_time, health, health_date_time,
             software_update_health, current_versions, can_restart, can_run_diagnostics,
             created_date_time, last_modified_date_time)
          select :tenantId, :id, coalesce(d."controllerId", :id), d."deviceType", h.manufacturer,
            h.model, h."serialNumber", h."uniqueId", coalesce(h."macAddresses", '{}'), d.notes,
            d."companyAssetTag", d."activityState", d."currentUser",
            coalesce(d.condition, 'unknown'), coalesce(d."connectionStatus", 'unknown'),
            d."connectionDateTime", d.activity, d."activityDateTime", d.configuration,
            d."configurationDateTime", d.health, d."healthDateTime", :softwareUpdateHealth,
            :currentVersions, coalesce(d."canRestart" = 'true', false),
            coalesce(d."canRunDiagnostics" = 'true', false), d."createdDateTime",
            coalesce(d."lastModifiedDateTime", d."createdDateTime")
          from jsonb_to_record(:device) as d (
            "controllerId" text, "deviceType" text, "hardwareDetail" jsonb, notes text,
            "companyAssetTag" text, "activityState" text, "currentUser" jsonb, condition text,
            "connectionStatus" text, "connectionDateTime" timestamptz, activity jsonb,
            "activityDateTime" timestamptz, configuration jsonb,
            "configurationDateTime" timestamptz, health jsonb, "healthDateTime" timestamptz,
            "canRestart" text, "canRunDiagnostics" text, "createdDateTime" timestamptz,
            "lastModifiedDateTime" timestamptz),
            jsonb_to_record(coalesce(d."hardwareDetail", '{}')) as h (
              manufacturer text, model text, "serialNumber" text, "uniqueId" text,
              "macAddresses" text[])
          on conflict do nothing
          """);

  private final Db db;

  public DeviceSeed(Db db) {
    this.db = db;
  }

  /** Applies the member {@code devices} of the document; other members belong to other packages. */
  public void apply(String tenantId, JsonNode document) {
    db.run(
        tx -> {
          for (JsonNode device : document.path("devices")) {
            for (String name : List.of("id", "deviceType", "createdDateTime")) {
              if (!device.path(name).isString()) {
                throw new IllegalArgumentException("A seeded device lacks '" + name + "'.");
              }
            }
            ObjectNode versions =
                device.get("currentVersions") instanceof ObjectNode told ? told : Json.object();
            tx.update(
                INSERT
                    .with("tenantId", tenantId)
                    .with("id", Guids.canonical(device.get("id").stringValue()))
                    .with(
                        "softwareUpdateHealth",
                        DeviceJson.softwareUpdateHealth(versions, available(device)))
                    .with("currentVersions", versions)
                    .with("device", withTimes(device)));
          }
        });
  }

  /**
   * An entry of a seed with its times as the database takes them.
   *
   * @throws java.time.DateTimeException if one is no time
   */
  public static ObjectNode withTimes(JsonNode entry) {
    ObjectNode described = Json.object();
    for (Map.Entry<String, JsonNode> member : entry.properties()) {
      JsonNode value = member.getValue();
      if (member.getKey().endsWith("DateTime") && value.isString()) {
        described.put(member.getKey(), Instant.parse(value.stringValue()).toString());
      } else {
        described.set(member.getKey(), value);
      }
    }
    return described;
  }

  private static Map<SoftwareType, String> available(JsonNode device) {
    Map<SoftwareType, String> available = new EnumMap<>(SoftwareType.class);
    for (SoftwareType type : SoftwareType.values()) {
      JsonNode version = device.path("availableVersions").path(type.word());
      if (version.isString()) {
        available.put(type, version.stringValue());
      }
    }
    return available;
  }
}
