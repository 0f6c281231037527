/**
 * The work of devices as their agents see it: what there is to do, its files, and how it went.
 *
 * <p>To an agent an operation is an <i>action</i> with a number, and what an update installs is a
 * <i>deployment</i>. A poll, a fetch and a note on the way are one statement each; what ends an
 * operation is decided by {@code operations} while its row is locked.
 *
 * <p>All types are safe for concurrent use. The device protocol is not here: {@code ddi} speaks it
 * and calls {@link dev.fettle.updates.agents.AgentWork}.
 */
@NullMarked
package dev.fettle.updates.agents;

import org.jspecify.annotations.NullMarked;
