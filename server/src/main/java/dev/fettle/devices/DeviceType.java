package dev.fettle.devices;

import dev.fettle.base.EnumNames;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of devices. The sentinel of the enumeration is not one. */
public enum DeviceType {
  UNKNOWN,
  IP_PHONE,
  TEAMS_ROOM,
  SURFACE_HUB,
  COLLABORATION_BAR,
  TEAMS_DISPLAY,
  TOUCH_CONSOLE,
  LOW_COST_PHONE,
  TEAMS_PANEL,
  SIP,
  /** Above the sentinel: shown to callers who ask for it, as {@code unknownFutureValue} else. */
  SIP_ANALOG;

  /** The member's name in the schema. */
  public String word() {
    return EnumNames.of(this);
  }

  /** The type of that name in any letter case. */
  public static Optional<DeviceType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word().equalsIgnoreCase(word)).findFirst();
  }
}
