package dev.fettle.devices;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Operator;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;

/** The readable resources of devices, with the query options that the reference documents. */
final class DeviceResources {

  private static final int USUAL_PAGE = 20;
  private static final int LARGEST_PAGE = 50;

  static final Resource DEVICES =
      Resource.of("microsoft.graph.teamworkDevice")
          .from("devices_device t")
          .key("id", "id")
          .enumeration("deviceType", "device_type")
          .complex(
              "hardwareDetail",
              hardware ->
                  hardware
                      .text("serialNumber", "serial_number")
                      .text("uniqueId", "unique_id")
                      .texts("macAddresses", "mac_addresses")
                      .text("manufacturer", "manufacturer")
                      .text("model", "model"))
          .text("notes", "notes")
          .text("companyAssetTag", "company_asset_tag")
          .enumeration("healthStatus", "health_status")
          .enumeration("activityState", "activity_state")
          .time("createdDateTime", "created_date_time")
          .json("createdBy", "created_by")
          .time("lastModifiedDateTime", "last_modified_date_time")
          .json("lastModifiedBy", "last_modified_by")
          .json("currentUser", "current_user_identity")
          .typed()
          .options(Option.FILTER, Option.TOP, Option.SELECT, Option.COUNT)
          .entityOptions(Option.SELECT)
          .filterable("deviceType", Operator.EQ, Operator.NE, Operator.IN)
          .filterable("hardwareDetail/uniqueId", Operator.EQ, Operator.NE, Operator.IN)
          .filterable("currentUser/id", Operator.EQ, Operator.NE, Operator.IN)
          // Newest first: the order in which the reference prints its example.
          .orderBy("createdDateTime desc,id desc")
          .neverNull("createdDateTime")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .alwaysCount()
          .build();

  static final Resource ACTIVITY =
      Resource.of("microsoft.graph.teamworkDeviceActivity")
          .from("devices_device t")
          .key("id", "id")
          .json("activePeripherals", "t.activity -> 'activePeripherals'")
          .time("createdDateTime", "created_date_time")
          .time("lastModifiedDateTime", "coalesce(t.activity_date_time, t.created_date_time)")
          .json("createdBy", "created_by")
          .json("lastModifiedBy", "null::jsonb")
          .typed()
          .build();

  static final Resource CONFIGURATION =
      Resource.of("microsoft.graph.teamworkDeviceConfiguration")
          .from("devices_device t")
          .key("id", "id")
          .json("softwareVersions", "t.configuration -> 'softwareVersions'")
          .json("displayConfiguration", "t.configuration -> 'displayConfiguration'")
          .json("cameraConfiguration", "t.configuration -> 'cameraConfiguration'")
          .json("speakerConfiguration", "t.configuration -> 'speakerConfiguration'")
          .json("microphoneConfiguration", "t.configuration -> 'microphoneConfiguration'")
          .json("teamsClientConfiguration", "t.configuration -> 'teamsClientConfiguration'")
          .json("hardwareConfiguration", "t.configuration -> 'hardwareConfiguration'")
          .json("systemConfiguration", "t.configuration -> 'systemConfiguration'")
          // The reference prints no peripherals here, and those of the activity always.
          .expandable(
              "displayConfiguration",
              "cameraConfiguration",
              "speakerConfiguration",
              "microphoneConfiguration",
              "hardwareConfiguration")
          .time("createdDateTime", "created_date_time")
          .time("lastModifiedDateTime", "coalesce(t.configuration_date_time, t.created_date_time)")
          .json("createdBy", "created_by")
          .json("lastModifiedBy", "null::jsonb")
          .typed()
          .build();

  static final Resource HEALTH =
      Resource.of("microsoft.graph.teamworkDeviceHealth")
          .from("devices_device t")
          .key("id", "id")
          .complex(
              "connection",
              connection ->
                  connection
                      .enumeration("connectionStatus", "connection_status")
                      .time("lastModifiedDateTime", "connection_date_time"))
          .json("loginStatus", "t.health -> 'loginStatus'")
          .json("peripheralsHealth", "t.health -> 'peripheralsHealth'")
          .json("softwareUpdateHealth", "t.software_update_health")
          .json("hardwareHealth", "t.health -> 'hardwareHealth'")
          .expandable("peripheralsHealth", "hardwareHealth")
          .time("createdDateTime", "created_date_time")
          .time("lastModifiedDateTime", "coalesce(t.health_date_time, t.created_date_time)")
          .json("createdBy", "created_by")
          .json("lastModifiedBy", "null::jsonb")
          .typed()
          .build();

  static final Resource AGENTS =
      Resource.of("fettle.device")
          .from("devices_device t")
          .key("id", "id")
          .text("controllerId", "controller_id")
          .text("agent", "agent")
          .flag("canRestart", "can_restart")
          .flag("canRunDiagnostics", "can_run_diagnostics")
          .flag("hasCredential", "t.target_token_hash is not null")
          .time("credentialDateTime", "target_token_date_time")
          .time("certificateBlockedDateTime", "certificate_blocked_date_time")
          .time("lastSeenDateTime", "last_seen_date_time")
          .text("lastSeenAddress", "last_seen_address")
          .time("offlineDateTime", "offline_date_time")
          .json("attributes", "attributes")
          .options(Option.FILTER, Option.TOP, Option.SELECT, Option.COUNT)
          .filterable("controllerId", Operator.EQ, Operator.STARTSWITH)
          .filterable("agent", Operator.EQ)
          .orderBy("id")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .build();

  static final Resource GATEWAY_TOKENS =
      Resource.of("fettle.gatewayToken")
          .from("devices_gateway_token t")
          .key("id", "id")
          .text("displayName", "display_name")
          .alwaysNull("token")
          .json("createdBy", "created_by")
          .time("createdDateTime", "created_date_time")
          .time("revokedDateTime", "revoked_date_time")
          .options(Option.TOP, Option.SELECT, Option.COUNT)
          .orderBy("id")
          .page(USUAL_PAGE, LARGEST_PAGE, AboveMaximum.REFUSE)
          .build();

  private DeviceResources() {}
}
