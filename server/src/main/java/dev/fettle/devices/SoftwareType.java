package dev.fettle.devices;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of software that a device runs and that can be updated by themselves. */
public enum SoftwareType {
  ADMIN_AGENT("adminAgent", "adminAgentSoftwareVersion"),
  OPERATING_SYSTEM("operatingSystem", "operatingSystemSoftwareVersion"),
  TEAMS_CLIENT("teamsClient", "teamsClientSoftwareVersion"),
  FIRMWARE("firmware", "firmwareSoftwareVersion"),
  PARTNER_AGENT("partnerAgent", "partnerAgentSoftwareVersion"),
  COMPANY_PORTAL("companyPortal", null);

  private final String word;
  private final @Nullable String versionMember;

  SoftwareType(String word, @Nullable String versionMember) {
    this.word = word;
    this.versionMember = versionMember;
  }

  /** The member's name in the schema. */
  public String word() {
    return word;
  }

  /** The attribute in which an agent reports the version that runs. */
  public String attribute() {
    return "version." + word;
  }

  /** The member of the health document that shows this type's update status. */
  public String statusMember() {
    return word + "SoftwareUpdateStatus";
  }

  /** The member of the configuration document that shows the version; company portal has none. */
  public @Nullable String versionMember() {
    return versionMember;
  }

  /** The type of that name in any letter case. */
  public static Optional<SoftwareType> of(String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    for (SoftwareType type : values()) {
      if (type.word.toLowerCase(Locale.ROOT).equals(wanted)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
