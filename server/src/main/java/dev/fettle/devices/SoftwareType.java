package dev.fettle.devices;

import dev.fettle.base.EnumNames;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of software that a device runs and that can be updated by themselves. */
public enum SoftwareType {
  ADMIN_AGENT,
  OPERATING_SYSTEM,
  TEAMS_CLIENT,
  FIRMWARE,
  PARTNER_AGENT,
  COMPANY_PORTAL;

  /** The member's name in the schema. */
  public String word() {
    return EnumNames.of(this);
  }

  /** The attribute in which an agent reports the version that runs. */
  public String attribute() {
    return "version." + word();
  }

  /** The member of the health document that shows this type's update status. */
  public String statusMember() {
    return word() + "SoftwareUpdateStatus";
  }

  /** The member of the configuration document that shows the version; company portal has none. */
  public @Nullable String versionMember() {
    return this == COMPANY_PORTAL ? null : word() + "SoftwareVersion";
  }

  /** The type of that name in any letter case. */
  public static Optional<SoftwareType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word().equalsIgnoreCase(word)).findFirst();
  }
}
