package dev.fettle.vpp;

import org.jspecify.annotations.Nullable;

/**
 * What a run has to know of its vppToken.
 *
 * @param attempt how often it was tried, from 1
 * @param libraryId the library that it opens, once Apple has said so
 * @param claims whether the library may be taken over from another service
 */
record TokenToSync(
    int attempt,
    @Nullable String libraryId,
    boolean claims,
    String accountType,
    @Nullable SealedSecret secret) {}
