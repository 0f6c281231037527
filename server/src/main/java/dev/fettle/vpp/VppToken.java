package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/**
 * One stored vppToken, without its secret.
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
    @Nullable String libraryId) {}
