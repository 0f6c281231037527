package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/** How many licences of an app one vppToken has. */
record LicenceSummary(
    String tokenId,
    @Nullable String appleId,
    @Nullable String organizationName,
    int available,
    int used) {

  /**
   * The same with its numbers worked out, as they are shown.
   *
   * @param total the sum of the licences
   * @param used the sum of those in use
   */
  static LicenceSummary of(
      String tokenId,
      @Nullable String appleId,
      @Nullable String organizationName,
      long total,
      long used) {
    return new LicenceSummary(
        tokenId,
        appleId,
        organizationName,
        total(total(total) - (long) used(used, total)),
        used(used, total));
  }

  /** The total of a pile of licences as it is shown. */
  static int total(long sum) {
    return Math.clamp(sum, 0, Integer.MAX_VALUE);
  }

  /** The licences in use as they are shown: never below zero or above the total. */
  static int used(long sum, long totalSum) {
    return Math.clamp(sum, 0, total(totalSum));
  }
}
