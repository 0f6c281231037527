package dev.fettle.simulator.devices;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A product as it is sold, and what a fresh one of it says about itself. */
record DeviceModel(
    String deviceType, String manufacturer, String model, String macPrefix, List<String> software) {

  private static final List<String> ANDROID =
      List.of("teamsClient", "firmware", "partnerAgent", "adminAgent", "companyPortal");
  private static final List<String> WINDOWS =
      List.of("teamsClient", "operatingSystem", "firmware", "adminAgent");
  private static final List<String> SIP = List.of("firmware");

  static final List<DeviceModel> ALL =
      List.of(
          new DeviceModel("collaborationBar", "yealink", "vc210", "80:5e:c0", ANDROID),
          new DeviceModel("collaborationBar", "poly", "studio x50", "64:16:7f", ANDROID),
          new DeviceModel("collaborationBar", "logitech", "rally bar", "44:73:d6", ANDROID),
          new DeviceModel("collaborationBar", "neat", "bar pro", "c4:63:fb", ANDROID),
          new DeviceModel("teamsRoom", "lenovo", "thinksmart hub", "88:a4:c2", WINDOWS),
          new DeviceModel("teamsRoom", "logitech", "tap + nuc", "44:73:d6", WINDOWS),
          new DeviceModel("teamsRoom", "hp", "presence compute", "c8:5a:cf", WINDOWS),
          new DeviceModel("surfaceHub", "microsoft", "surface hub 2s", "28:18:78", WINDOWS),
          new DeviceModel("ipPhone", "yealink", "mp56", "80:5e:c0", ANDROID),
          new DeviceModel("ipPhone", "poly", "ccx 600", "64:16:7f", ANDROID),
          new DeviceModel("ipPhone", "audiocodes", "c470hd", "00:90:8f", ANDROID),
          new DeviceModel("teamsDisplay", "lenovo", "thinksmart view", "88:a4:c2", ANDROID),
          new DeviceModel("touchConsole", "yealink", "ctp18", "80:5e:c0", ANDROID),
          new DeviceModel("touchConsole", "poly", "tc8", "64:16:7f", ANDROID),
          new DeviceModel("lowCostPhone", "yealink", "mp52", "80:5e:c0", ANDROID),
          new DeviceModel("teamsPanel", "crestron", "tss-770", "00:10:7f", ANDROID),
          new DeviceModel("teamsPanel", "yealink", "roompanel", "80:5e:c0", ANDROID),
          new DeviceModel("sip", "poly", "vvx 450", "64:16:7f", SIP),
          new DeviceModel("sip", "cisco", "8851", "00:3a:99", SIP));

  /** The attributes of one device of this model, with software that is not of today. */
  Map<String, String> attributes(RandomGenerator random) {
    Map<String, String> attributes = new LinkedHashMap<>();
    byte[] rest = new byte[3];
    random.nextBytes(rest);
    attributes.put("manufacturer", manufacturer);
    attributes.put("model", model);
    attributes.put("deviceType", deviceType);
    attributes.put(
        "serialNumber",
        String.format(Locale.ROOT, "%010d", random.nextLong(1_000_000_000L, 9_999_999_999L)));
    attributes.put("macAddresses", macPrefix + ":" + HexFormat.ofDelimiter(":").formatHex(rest));
    for (String type : software) {
      attributes.put("version." + type, version(type, random));
    }
    return attributes;
  }

  private String version(String type, RandomGenerator random) {
    return switch (type) {
      case "teamsClient" -> "1.0.95." + random.nextInt(10, 100);
      case "operatingSystem" -> "10.0.22621." + random.nextInt(1000, 3000);
      // The vc210 is documented with numbers of its own.
      case "firmware" ->
          (model.equals("vc210") ? "1.2.2." : "122.15." + random.nextInt(0, 5) + ".")
              + random.nextInt(10, 90);
      case "adminAgent" -> "1.0.0.2023" + random.nextInt(10, 99);
      case "companyPortal" -> "5.0.5" + random.nextInt(400, 900);
      default -> "1.0.0." + random.nextInt(10, 99);
    };
  }

  /** Whether Graph's room-only parts of the configuration apply. */
  boolean isRoom() {
    return deviceType.equals("teamsRoom")
        || deviceType.equals("collaborationBar")
        || deviceType.equals("surfaceHub");
  }
}
