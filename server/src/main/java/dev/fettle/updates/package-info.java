/**
 * Updates: what there is to install, what is asked of devices, and what becomes of it.
 *
 * <p>A <i>release</i> is a version of one software type for some device types and models, with its
 * <i>artifacts</i>; it is a draft, published, or withdrawn, and only a draft changes. An
 * <i>operation</i> is what was asked of one device: to install a release, to restart, to send
 * diagnostics. One of a kind is open for a device, by a partial unique index; ended ones are kept
 * for a while and then removed with their reports. To an agent an operation is an <i>action</i>
 * with a number, what an update installs is a <i>deployment</i>, and a release is a <i>module</i>.
 *
 * <p>Invariants: a final operation (succeeded, failed, cancelled) never becomes another one; what
 * comes later is noted beside it. Every change is made with the row locked or by a conditional
 * update, so agents, administrators and the sweep may act at the same time; a device is locked
 * before its operations. A report is written together with its operation, by the same statement or
 * under its lock; no foreign key looks after that. The bytes of files lie in a {@link
 * dev.fettle.updates.ContentStore} under their SHA-256, written before the row that names them and
 * removed by a sweep when no row does; what has arrived of a file outlives the process. What is
 * published decides how fresh each device is: whoever publishes or withdraws has that worked out,
 * and a job does it once more.
 *
 * <p>All types are safe for concurrent use. The device protocol is not here: {@code ddi} speaks it
 * and calls {@link dev.fettle.updates.AgentActions}.
 */
@NullMarked
package dev.fettle.updates;

import org.jspecify.annotations.NullMarked;
