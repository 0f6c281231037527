/**
 * Teams devices: the inventory, what each device says about itself, and what it authenticates with.
 *
 * <p>A <i>device</i> is enrolled by an administrator or registers itself with the <i>gateway
 * token</i> of its site; it polls under its <i>controller id</i> with its <i>target token</i> or a
 * certificate that names it. One that has proved its identity is an {@link
 * dev.fettle.devices.AuthenticatedDevice}. A <i>software type</i> is a kind of software that is
 * updated by itself; versions compare by their components, and their <i>key</i> is a text whose
 * order in the database is the order of versions. A version is <i>available</i> to a device if it
 * is published and fits its type and model; <i>freshness</i> compares what runs with the newest
 * that fits. A <i>peripheral</i> is a part that may be missing, <i>optional</i> if the device can
 * do without it; the <i>condition</i> is what a device is like as far as it can be asked.
 *
 * <p>What a device reports (attributes, and documents on activity, configuration and health) is
 * stored in the shape in which it is read, so that every read is one statement: freshness and
 * health are worked out when a report comes in or a release is published, not when they are asked
 * for.
 *
 * <p>Invariants: secrets are stored and compared as hashes and shown once; a refusal does not tell
 * whether the device or its token is unknown; of a reported document only the members that are read
 * back are kept, and the two write-only members of a configuration never are; {@code healthStatus}
 * is a generated column, offline while the device is disconnected and its condition else. A row of
 * {@code devices_device} is locked before its condition is worked out anew. Last-seen times are
 * collected in memory and written in batches.
 *
 * <p>All types are safe for concurrent use. Operations, releases and the device protocol are not
 * here: {@code updates} and {@code ddi} use this package, not the reverse.
 */
@NullMarked
package dev.fettle.devices;

import org.jspecify.annotations.NullMarked;
