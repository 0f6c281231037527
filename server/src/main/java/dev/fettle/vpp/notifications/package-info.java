/**
 * What Apple tells between syncs: where and by which proof it is told, what it counts, and the
 * second look that it is owed.
 *
 * <p>A <em>notification</em> is one message of Apple's about one library; a <em>recount</em> reads
 * a single asset again.
 *
 * <p>Invariants: a notification is heard only with the bearer that was given to Apple for that
 * vppToken, of which the hash is stored; it counts once; the order does not matter. Nothing hangs
 * on notifications: without them everything is as right, only later.
 *
 * <p>All types are safe for concurrent use.
 */
@NullMarked
package dev.fettle.vpp.notifications;

import org.jspecify.annotations.NullMarked;
