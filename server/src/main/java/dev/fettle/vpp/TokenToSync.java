package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/**
 * A vppToken at the beginning of a run.
 *
 * @param syncAttempts how often it was tried, from 1
 * @param libraryId the library that it opens, once Apple has said so
 * @param claimFromExternalMdm whether the library may be taken over from another service
 */
@SuppressWarnings("ArrayRecordComponent")
record TokenToSync(
    int syncAttempts,
    @Nullable String libraryId,
    boolean claimFromExternalMdm,
    String accountType,
    byte @Nullable [] sealed) {
  /** Names nothing: the secret is one. */
  @Override
  public String toString() {
    return "a vppToken to be synced";
  }
}
