/**
 * Who a device is to us: what it proves itself with, and the one statement that finds it by that.
 *
 * <p>A device shows a <i>target token</i>, which is its own, the <i>gateway token</i> of its site,
 * or a certificate that names it; each is a {@link
 * dev.fettle.devices.credentials.DeviceCredential}. A device that has proved itself is an {@link
 * dev.fettle.devices.credentials.EnrolledDevice}, and that is how the rooms above know it.
 *
 * <p>Invariants: tokens are stored and compared as hashes; what is issued is seen once and never
 * printed; a refusal does not tell whether the device or its token is unknown. Finding a device is
 * one indexed read, to which a room above may join what it wants to know.
 *
 * <p>All types are immutable. Left out: issuing, revoking and registering, which change the
 * inventory and are done by {@code Devices}.
 */
@NullMarked
package dev.fettle.devices.credentials;

import org.jspecify.annotations.NullMarked;
