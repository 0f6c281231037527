/**
 * The client of Apple's App and Book Management API, version 2: requests about volume licences, and
 * the meaning of Apple's answers.
 *
 * <p>Words: a <em>content token</em> opens one <em>library</em> (Apple's {@code uId}, a location);
 * a library has <em>assets</em>, each named by Adam id and pricing, with <em>assignments</em> to
 * users or serial numbers, the <em>holders</em> of licences. Writes are <em>events</em> that Apple
 * works on later.
 *
 * <p>Invariants. A content token's text leaves the process in the {@code Authorization} header to
 * the configured base URL and nowhere else; no type here prints it. Only that base URL is called:
 * the addresses in {@code service/config} are not followed, its limits are. An answer is judged by
 * its {@code errorNumber} before its status, since Apple sends errors with 200. Requests that may
 * be repeated are, within one deadline for the whole call; writes of licences are not.
 *
 * <p>Everything here may be used by many threads at once; the requests of one library share one
 * rate limit. Nothing here knows the database, or Graph.
 */
@NullMarked
package dev.fettle.vpp.apple;

import org.jspecify.annotations.NullMarked;
