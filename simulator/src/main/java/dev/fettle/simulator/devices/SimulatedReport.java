package dev.fettle.simulator.devices;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The documents on activity, configuration and health of a pretend device. */
final class SimulatedReport {
  private static final String CAMERA = "4K Camera";
  private static final String SPEAKER = "Speaker";
  private static final String MICROPHONE = "Microphone array";

  private SimulatedReport() {}

  static ObjectNode of(DeviceModel model, Map<String, String> attributes) {
    JsonMapper json = JsonMapper.shared();
    ObjectNode report = json.createObjectNode();
    report.put("activityState", "idle");
    ObjectNode active = report.putObject("activity").putObject("activePeripherals");
    peripheral(active.putObject("speaker"), model, SPEAKER, "PID_0864");
    peripheral(active.putObject("microphone"), model, MICROPHONE, "PID_0865");
    if (model.isRoom()) {
      peripheral(active.putObject("roomCamera"), model, CAMERA, "PID_0866");
    }
    configuration(report.putObject("configuration"), model, attributes);
    health(report.putObject("health"), model);
    return report;
  }

  private static void peripheral(
      ObjectNode node, DeviceModel model, String name, String productId) {
    String full = name + " (" + model.manufacturer() + " " + model.model() + ")";
    node.put("id", full);
    node.put("displayName", full);
    node.put("vendorId", "VID_046D");
    node.put("productId", productId);
  }

  private static void configuration(
      ObjectNode configuration, DeviceModel model, Map<String, String> attributes) {
    ObjectNode versions = configuration.putObject("softwareVersions");
    version(versions, "adminAgentSoftwareVersion", attributes.get("version.adminAgent"));
    version(versions, "firmwareSoftwareVersion", attributes.get("version.firmware"));
    version(versions, "operatingSystemSoftwareVersion", attributes.get("version.operatingSystem"));
    version(versions, "partnerAgentSoftwareVersion", attributes.get("version.partnerAgent"));
    version(versions, "teamsClientSoftwareVersion", attributes.get("version.teamsClient"));
    if (model.isRoom()) {
      configuration
          .putObject("hardwareConfiguration")
          .put("processorModel", "Qualcomm Snapdragon 845");
      configuration
          .putObject("displayConfiguration")
          .put("displayCount", 1)
          .put("isDualDisplayModeEnabled", false)
          .put("isContentDuplicationAllowed", true);
      configuration.putObject("microphoneConfiguration").put("isMicrophoneOptional", false);
    } else {
      ObjectNode system = configuration.putObject("systemConfiguration");
      system.put("language", "en-US");
      system.put("isLoggingEnabled", true);
      system.put("isPowerSavingEnabled", false);
      system
          .putObject("dateTimeConfiguration")
          .put("timeZone", "UTC")
          .put("dateFormat", "yyyy-MM-dd")
          .put("timeFormat", "HH:mm");
      system
          .putObject("networkConfiguration")
          .put("isDhcpEnabled", true)
          .put("hostName", model.model().replace(' ', '-'));
    }
  }

  private static void version(ObjectNode versions, String member, @Nullable String version) {
    if (version != null) {
      versions.put(member, version);
    }
  }

  private static void health(ObjectNode health, DeviceModel model) {
    ObjectNode login = health.putObject("loginStatus");
    login.putObject("teamsConnection").put("connectionStatus", "connected");
    login.putObject("exchangeConnection").put("connectionStatus", "connected");
    login.putObject("skypeConnection").put("connectionStatus", "connected");
    ObjectNode peripherals = health.putObject("peripheralsHealth");
    connected(peripherals.putObject("speakerHealth"));
    connected(peripherals.putObject("microphoneHealth"));
    if (model.isRoom()) {
      connected(peripherals.putObject("roomCameraHealth"));
    }
    connected(health.putObject("hardwareHealth").putObject("computeHealth"));
  }

  private static void connected(ObjectNode node) {
    node.put("isOptional", false);
    node.putObject("connection").put("connectionStatus", "connected");
  }
}
