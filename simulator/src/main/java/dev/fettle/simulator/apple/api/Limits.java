package dev.fettle.simulator.apple.api;

/**
 * The limits that service/config announces and that requests are held to.
 *
 * @param maxAssets assets in one associate or disassociate
 * @param maxUsers users in one create, update or retire
 * @param maxNotificationLength characters of the notification URL, and of its bearer
 * @param maxRevokeClientUserIds users in one revoke
 * @param maxClientUserIds users in one associate or disassociate
 * @param maxSerialNumbers devices in one associate or disassociate
 * @param maxRevokeSerialNumbers devices in one revoke
 * @param maxRequestPerSecond requests in any one second, for each library
 */
public record Limits(
    int maxAssets,
    int maxUsers,
    int maxNotificationLength,
    int maxRevokeClientUserIds,
    int maxClientUserIds,
    int maxSerialNumbers,
    int maxRevokeSerialNumbers,
    int maxRequestPerSecond) {

  static final int MAX_MDM_NAME_LENGTH = 100;
  static final int MAX_MDM_METADATA_LENGTH = 255;
  static final int MAX_MDM_ID_LENGTH = 100;

  /** The values that Apple's documentation shows. */
  public static Limits documented() {
    return new Limits(25, 100, 512, 100, 1000, 1000, 100, 15);
  }

  /** The same limits with another number of requests per second. */
  public Limits withMaxRequestPerSecond(int count) {
    return new Limits(
        maxAssets,
        maxUsers,
        maxNotificationLength,
        maxRevokeClientUserIds,
        maxClientUserIds,
        maxSerialNumbers,
        maxRevokeSerialNumbers,
        count);
  }
}
