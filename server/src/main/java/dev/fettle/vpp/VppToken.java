package dev.fettle.vpp;

import dev.fettle.vpp.apple.ContentToken;
import org.jspecify.annotations.Nullable;

/**
 * One vppToken, without its secret.
 *
 * @param contentKnown whether its secret is a content token, so that what is inside it counts
 * @param observed whether a sync was ever begun, so that its outcome counts
 * @param libraryId the library that it opens, once Apple has said so
 */
record VppToken(
    String id,
    VppTokenDetails details,
    boolean contentKnown,
    boolean observed,
    @Nullable String libraryId) {

  /** A new vppToken, with what is inside its content token if it has one. */
  static VppToken created(String id, VppTokenDetails said, @Nullable ContentToken content) {
    return content == null
        ? new VppToken(id, said, false, false, null)
        : new VppToken(id, said.with(VppTokenRules.UNKNOWN, content), true, false, null);
  }
}
