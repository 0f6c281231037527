/**
 * The sync of vppTokens: each library is read whole, written page by page, and rid of what is gone.
 *
 * <p>Words: a <em>run</em> is one try at a sync, with an id in the row of its vppToken; a
 * <em>page</em> is one answer of Apple's; a run that is <em>overtaken</em> has lost its row to
 * another.
 *
 * <p>Invariants. Every write of a run holds only while the run is the token's. Only a run that has
 * seen everything removes anything. No transaction spans a call of Apple's. Each answer is held
 * against our ownership of the library, since Apple offers no lock. Trouble that may pass is tried
 * again; a refusal is final until somebody acts, or the next day.
 *
 * <p>Concurrently: of one vppToken at most one run over all servers; at most two runs on one
 * server.
 */
@NullMarked
package dev.fettle.vpp.sync;

import org.jspecify.annotations.NullMarked;
