/**
 * Teams devices: the inventory, what each device says about itself, and what it proves itself with.
 *
 * <p>A <i>device</i> is enrolled by an administrator or registers itself with the <i>gateway
 * token</i> of its site; it polls under its <i>controller id</i> with its <i>target token</i>. What
 * it reports (attributes, and documents on activity, configuration and health) is stored in the
 * shape in which it is read, so that every read is one statement: freshness and health are worked
 * out when a report comes in or a release is published, not when they are asked for.
 *
 * <p>Invariants: secrets are stored as hashes and shown once; the two write-only members of a
 * configuration are never stored; {@code healthStatus} is a generated column, offline while the
 * device is disconnected and its condition else. A row of {@code devices_device} is locked before
 * its condition is worked out anew. Last-seen times are collected in memory and written in batches.
 *
 * <p>Three rooms lie below: {@code credentials} says who a device is to us, {@code software} which
 * kinds and versions of software there are, {@code reports} what follows from what devices report.
 * Here is what is stored of them, and who changes it.
 *
 * <p>All types are safe for concurrent use. Operations, releases and the device protocol are not
 * here: those rooms stand above this one.
 */
@NullMarked
package dev.fettle.devices;

import org.jspecify.annotations.NullMarked;
