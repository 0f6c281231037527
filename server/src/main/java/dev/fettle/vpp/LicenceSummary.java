package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/** The sums of an app's licences in one vppToken, and of those in use. */
record LicenceSummary(
    String tokenId,
    @Nullable String appleId,
    @Nullable String organizationName,
    long total,
    long used) {

  /** The licences that are free, as they are shown. */
  int available() {
    return total(total(total) - (long) inUse());
  }

  /** The licences in use, as they are shown. */
  int inUse() {
    return used(used, total);
  }

  /** A total of licences as it is shown. */
  static int total(long sum) {
    return Math.clamp(sum, 0, Integer.MAX_VALUE);
  }

  /** The licences in use as they are shown: never below zero or above the total. */
  static int used(long sum, long totalSum) {
    return Math.clamp(sum, 0, total(totalSum));
  }
}
