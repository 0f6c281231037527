/**
 * Updates: what is asked of devices, and what becomes of it.
 *
 * <p>An <i>operation</i> is what was asked of one device: to install a release, to restart, to send
 * diagnostics. Agents know it by its <i>action number</i>. What there is to install is the matter
 * of {@code releases}.
 *
 * <p>Invariants: a final operation (succeeded, failed, cancelled) never becomes another one; what
 * comes later is noted beside it. One operation of a kind is open for a device, by a partial unique
 * index. Every change of an operation is made with its row locked or by a conditional update, so
 * agents, administrators and the sweep may act at the same time. A report is written and removed
 * together with its operation, by the same statement or under its lock; no foreign key looks after
 * that. A device is locked before its operations.
 *
 * <p>All types are safe for concurrent use. The device protocol is not here: {@code ddi} speaks it
 * and calls {@link dev.fettle.updates.AgentWork}.
 */
@NullMarked
package dev.fettle.updates;

import org.jspecify.annotations.NullMarked;
