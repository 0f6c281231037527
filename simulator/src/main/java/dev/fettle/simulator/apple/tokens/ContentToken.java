package dev.fettle.simulator.apple.tokens;

import java.time.Instant;

/**
 * What the stand-in knows of a content token that it gave out.
 *
 * @param secret the inner {@code token}
 * @param uId the library that it opens
 * @param expires when it ends by itself
 * @param revoked whether it was ended early
 * @param readOnly whether its content manager may only read
 */
public record ContentToken(
    String secret, String uId, Instant expires, boolean revoked, boolean readOnly) {
  /** A token's text contains its secret, so nothing prints it. */
  @Override
  public String toString() {
    return "ContentToken[uId="
        + uId
        + ", expires="
        + expires
        + ", revoked="
        + revoked
        + ", readOnly="
        + readOnly
        + "]";
  }
}
