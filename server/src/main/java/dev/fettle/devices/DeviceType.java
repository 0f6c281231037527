package dev.fettle.devices;

import java.util.Locale;
import java.util.Optional;

/** The kinds of devices. The sentinel of the enumeration is not one. */
public enum DeviceType {
  UNKNOWN("unknown"),
  IP_PHONE("ipPhone"),
  TEAMS_ROOM("teamsRoom"),
  SURFACE_HUB("surfaceHub"),
  COLLABORATION_BAR("collaborationBar"),
  TEAMS_DISPLAY("teamsDisplay"),
  TOUCH_CONSOLE("touchConsole"),
  LOW_COST_PHONE("lowCostPhone"),
  TEAMS_PANEL("teamsPanel"),
  SIP("sip"),
  /** Above the sentinel: shown to callers who ask for it, as {@code unknownFutureValue} else. */
  SIP_ANALOG("sipAnalog");

  private final String word;

  DeviceType(String word) {
    this.word = word;
  }

  /** The member's name in the schema. */
  public String word() {
    return word;
  }

  /** The type of that name in any letter case. */
  public static Optional<DeviceType> of(String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    for (DeviceType type : values()) {
      if (type.word.toLowerCase(Locale.ROOT).equals(wanted)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
