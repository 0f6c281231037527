/**
 * What becomes of an operation: the rules by which reports, cancellations and deadlines move it,
 * and the statements that do.
 *
 * <p>Invariants: a final operation (succeeded, failed, cancelled) never becomes another one; what
 * comes later is noted beside it. Every change is made with the row locked or by a conditional
 * update, so agents, administrators and the sweep may act at the same time. A report is written
 * together with its operation, by the same statement or under its lock; no foreign key looks after
 * that. A device is locked before its operations.
 *
 * <p>The rules are free of input and output. Who asks for operations, and what agents are told of
 * them, is decided in the rooms above.
 */
@NullMarked
package dev.fettle.updates.operations;

import org.jspecify.annotations.NullMarked;
