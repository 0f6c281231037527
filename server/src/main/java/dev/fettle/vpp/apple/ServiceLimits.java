package dev.fettle.vpp.apple;

/** How much Apple takes in one request, and how many requests in a second. */
public record ServiceLimits(
    int maxAssets,
    int maxUsers,
    int maxClientUserIds,
    int maxSerialNumbers,
    int maxRevokeClientUserIds,
    int maxRevokeSerialNumbers,
    int maxRequestPerSecond) {

  /** What the documentation prints: used for what an answer leaves out. */
  public static final ServiceLimits DOCUMENTED =
      new ServiceLimits(25, 100, 1000, 1000, 100, 100, 15);
}
