/**
 * Updates: what is asked of devices, and what becomes of it.
 *
 * <p>An <i>operation</i> is what was asked of one device: to install a release, to restart, to send
 * diagnostics. One of a kind is open for a device, by a partial unique index; ended ones are kept
 * for a while and then removed with their reports.
 *
 * <p>Three rooms lie below: {@code releases} keeps what there is to install, {@code operations}
 * says what a report or a cancellation makes of an operation, {@code agents} is the work as devices
 * see it. Here is who asks for operations and reads them, and what time alone does.
 *
 * <p>All types are safe for concurrent use.
 */
@NullMarked
package dev.fettle.updates;

import org.jspecify.annotations.NullMarked;
