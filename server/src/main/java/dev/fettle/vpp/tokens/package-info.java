/**
 * The vppTokens: what is stored of them, what callers say and do, what Apple's word makes of it,
 * and how their end is seen early.
 *
 * <p>Words: the <em>details</em> are what Graph shows; of them some are <em>declared</em> by
 * callers and others <em>observed</em>, and the rules settle which count. The <em>holder</em> of a
 * library is the management service that Apple has noted for it. What <em>needs attention</em> is
 * what a person has to mend.
 *
 * <p>Invariants. Observed wins over declared. A content token of another library is refused, and so
 * is one that Apple refuses or cannot judge: the one stored before stays. A change holds only if
 * the row is still as it was read. A new content token ends the sync of the old one. Each warning
 * is given once.
 *
 * <p>All types are safe for concurrent use. A sync is asked for here, by the {@link
 * dev.fettle.vpp.tokens.SyncSchedule}, and run by a room above, as are the rest of what is done
 * with a library.
 */
@NullMarked
package dev.fettle.vpp.tokens;

import org.jspecify.annotations.NullMarked;
